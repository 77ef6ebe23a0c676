"""`python -m tests.chaos [--scenario S] [--database D]`: the real program under faults, kills and crowds.

CHAOS_SCALE (1: the full size) and CHAOS_SEED (printed; the same seed makes the same faults) come from the environment.
"""

import argparse
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

from tests.chaos import scenarios
from tests.chaos.system import FileBroker, Redis, System
from tests.services_present import POSTGRES_URL, REQUIRED, missing_postgres

# A small run has no time for the waits of a real one.
HURRIED = {"SEND_TIMEOUT_S": "0.5", "LEASE_S": "3", "SWEEP_S": "0.5"}
FULL_SIZE = 0.5
SHOWN = 20


def main():
    given = arguments()
    print(f"CHAOS_SEED={given.seed} CHAOS_SCALE={given.scale:g}, {os.cpu_count()} cores", flush=True)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # as Ctrl-C: what was started is stopped
    # A small run mostly waits: both databases at once. A full one is measured: one after the other.
    if given.scale < FULL_SIZE and len(given.databases) > 1:
        return at_once(given)
    good = [attempt(database, given) for database in given.databases]
    return 0 if all(good) else 1


def at_once(given):
    """A process of its own for each database; the worst exit status."""
    command = [sys.executable, "-m", "tests.chaos", "--scenario", given.scenario, "--database"]
    environ = os.environ | {"CHAOS_SEED": given.seed}
    runs = [subprocess.Popen([*command, database], env=environ) for database in given.databases]
    try:
        return max(abs(one.wait()) for one in runs)
    finally:
        for one in runs:
            one.terminate()
        for one in runs:
            one.wait()


def attempt(database, given):
    """True if the run found nothing, or its database is absent and nobody insists on it."""
    reason = missing_postgres() if database == "postgresql" else ""
    if reason:
        print(f"{database}: {reason}")
        return not REQUIRED
    return run(database, given)


def arguments():
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__.split("\n")[0])
    parser.add_argument("--scenario", choices=["faults", "claims", "all"], default="all")
    parser.add_argument("--database", choices=["sqlite", "postgresql", "all"], default="all")
    given = parser.parse_args()
    given.scale = float(os.environ.get("CHAOS_SCALE") or 1)
    given.seed = os.environ.get("CHAOS_SEED") or secrets.token_hex(4)
    given.databases = ["sqlite", "postgresql"] if given.database == "all" else [given.database]
    given.scenarios = ["faults", "claims"] if given.scenario == "all" else [given.scenario]
    return given


def run(database, given):
    """One start of the program, both scenarios; True if nothing was found. A failing run keeps its folder."""
    began, folder = time.monotonic(), Path(tempfile.mkdtemp(prefix=f"chaos-{database}-"))
    name = f"chaos_{given.seed}_{os.getpid()}" if database == "postgresql" else ""
    results, system, redis = [], None, None
    try:
        if name:
            on_server(f'CREATE DATABASE "{name}"')
            redis = Redis(folder)
            redis.start()
        system = System(
            folder=folder, database_url=urlsplit(POSTGRES_URL)._replace(path=f"/{name}").geturl() if name else "",
            redis_url=redis.url if redis else "", settings=HURRIED if given.scale < FULL_SIZE else {},
        )  # fmt: skip
        for result in scenes(system, redis or FileBroker(system), given):
            results.append(result)
            if len(results) == len(given.scenarios):
                result.violations += scenarios.verify_evidence(system)
            show(database, result)
    except Exception as error:
        print(f"{database}: the harness failed: {error!r}", flush=True)
    finally:
        if system:
            system.stop()
        if redis:
            redis.kill()
        if name:
            on_server(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    good = len(results) == len(given.scenarios) and not any(result.violations for result in results)
    if good:
        shutil.rmtree(folder)
    else:
        print(f"{database}: FAILED with CHAOS_SEED={given.seed}; logs and files are in {folder}")
    print(f"{database}: {time.monotonic() - began:.0f} s", flush=True)
    return good


def scenes(system, broker, given):
    """Start, and play the scenarios one after the other; the crowd meets a sandbox without faults."""
    names = "".join({"faults": "F", "claims": "CR"}[one] for one in given.scenarios)
    claims = scenarios.seed_claims(system, names=names, scale=given.scale)
    faulty = f"--faults 1 --faults-per-key 2 --mute 0.5 --seed {given.seed}"
    system.start("web", "worker", "beat")
    system.start("sandbox", sandbox_options=faulty if "faults" in given.scenarios else "")
    system.wait_until_ready()
    if "faults" in given.scenarios:
        yield scenarios.faults(system, broker, claims, scale=given.scale, seed=given.seed)
        system.stop("sandbox")
        system.start("sandbox")
    if "claims" in given.scenarios:
        yield scenarios.crowd(system, broker, claims)


def on_server(statement):
    import psycopg2

    with closing(psycopg2.connect(POSTGRES_URL)) as db:
        db.autocommit = True
        db.cursor().execute(statement)


def show(database, result):
    """One print, so that two databases at once don't mix their lines."""
    found = f"{result.lost} lost, {result.doubled} doubled, {result.misbooked} mis-booked"
    lines = [f"{database} {result.name}: {found}"]
    for name, value in result.figures.items():
        said = ", ".join(f"{k} {v}" for k, v in sorted(value.items())) if isinstance(value, dict) else value
        lines.append(f"    {name:28} {said}")
    lines += [f"    VIOLATION {violation}" for violation in result.violations[:SHOWN]]
    if len(result.violations) > SHOWN:
        lines.append(f"    … and {len(result.violations) - SHOWN} more violations")
    print("\n".join(lines), flush=True)


if __name__ == "__main__":
    sys.exit(main())
