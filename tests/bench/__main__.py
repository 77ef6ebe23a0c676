"""`python -m tests.bench [--rows decide,backtest,create,claim] [--database D]`: what costs how much, as ratios.

Every figure stands beside the floor that was measured in the same run, in turns; nothing is asserted. BENCH_SCALE
(1) multiplies how often each is done. The databases are the run's own and are gone afterwards.
"""

import argparse
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urlsplit

from tests.bench import backtesting, claiming, creating, deciding
from tests.bench.table import drawn
from tests.chaos.__main__ import on_server
from tests.chaos.scenarios import seeded
from tests.chaos.system import System
from tests.services_present import POSTGRES_URL, missing_postgres

ROWS = ("decide", "backtest", "create", "claim")


def main():
    given = arguments()
    print(f"BENCH_SCALE={given.scale:g}, {os.cpu_count()} cores, Python {sys.version.split()[0]}", flush=True)
    began, rows = time.monotonic(), []
    if "decide" in given.rows:
        rows += deciding.measure(given.scale)
    if "backtest" in given.rows:
        rows += backtesting.measure(given.scale)
    for database in given.databases:
        if {"create", "claim"} & set(given.rows):
            rows += on_database(database, given)
    print(drawn(rows))
    print(f"{time.monotonic() - began:.0f} s")


def arguments():
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__.split("\n")[0])
    parser.add_argument("--rows", default=",".join(ROWS))
    parser.add_argument("--database", choices=["sqlite", "postgresql", "all"], default="all")
    given = parser.parse_args()
    given.scale = float(os.environ.get("BENCH_SCALE") or 1)
    given.rows = given.rows.split(",")
    given.databases = ["sqlite", "postgresql"] if given.database == "all" else [given.database]
    if "postgresql" in given.databases and (reason := missing_postgres()):
        print(reason)
        given.databases.remove("postgresql")
    return given


def on_database(database, given):
    """One shop with its floor beside it: first claims with nothing else at work, then the whole of it."""
    folder = Path(tempfile.mkdtemp(prefix="bench-"))
    name = f"bench_{os.getpid()}" if database == "postgresql" else ""
    names = [name, f"{name}_floor"] if name else []
    urls = [urlsplit(POSTGRES_URL)._replace(path=f"/{one}").geturl() for one in names] or ["", ""]
    system = floor = None
    try:
        for one in names:
            on_server(f'CREATE DATABASE "{one}"')
        system = System(folder=folder, database_url=urls[0])
        claims = seeded(
            system,
            C=max(2 * creating.BLOCK, round(creating.CLAIMS * given.scale)),
            P=max(5, round(claiming.CLAIMS * given.scale)),
        )
        system.python("manage.py", "collectstatic", "--noinput", "-v0")
        rows = []
        if "create" in given.rows:
            floor = creating.Floor(folder, urls[1])
            system.start("web")
            system.wait_until_answering()
            rows += creating.measure(system, floor, claims["C"], database=name)
            floor.stop()
            system.stop("web")
        if "claim" in given.rows:
            system.start("web", "worker", "beat", "sandbox")
            system.wait_until_ready()
            rows += claiming.measure(system, claims["P"], database=name)
        return rows
    finally:
        if system:
            system.stop()
        if floor and floor.process.poll() is None:
            floor.stop()
        for one in names:
            on_server(f'DROP DATABASE IF EXISTS "{one}" WITH (FORCE)')
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
