"""`python -m tests.bench [--rows decide,tell,…] [--database D]`: what costs how much, as ratios.

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

from tests.bench import (
    backtesting,
    claiming,
    creating,
    dashing,
    databases,
    deciding,
    ingesting,
    recalling,
    reporting,
    telling,
    watching,
)
from tests.bench.table import drawn
from tests.chaos.scenarios import seeded
from tests.chaos.system import System
from tests.services_present import missing_postgres

ROWS = ("decide", "backtest", "ingest", "watch", "tell", "report", "recall", "dash", "create", "claim")


def main():
    given = arguments()
    print(f"BENCH_SCALE={given.scale:g}, {os.cpu_count()} cores, Python {sys.version.split()[0]}", flush=True)
    began, rows = time.monotonic(), []
    if "decide" in given.rows:
        rows += deciding.measure(given.scale)
    for database in given.databases:
        if "backtest" in given.rows:
            rows += backtesting.measure(database, given.scale)
        if "ingest" in given.rows:
            rows += ingesting.measure(database, given.scale)
        if "watch" in given.rows:
            rows += watching.measure(database, given.scale)
        if "tell" in given.rows:
            rows += telling.measure(database, given.scale)
        if "report" in given.rows:
            rows += reporting.measure(database, given.scale)
        if "recall" in given.rows:
            rows += recalling.measure(database, given.scale)
        if "dash" in given.rows:
            rows += dashing.measure(database, given.scale)
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
    system = floor = None
    with databases.own(database, "", "_floor") as ((name, url), (_, floor_url)):
        try:
            system = System(folder=folder, database_url=url)
            claims = seeded(
                system,
                C=max(2 * creating.BLOCK, round(creating.CLAIMS * given.scale)),
                P=max(5, round(claiming.CLAIMS * given.scale)),
            )
            system.python("manage.py", "collectstatic", "--noinput", "-v0")
            rows = []
            if "create" in given.rows:
                floor = creating.Floor(folder, floor_url)
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
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
