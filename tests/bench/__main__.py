"""`python -m tests.bench [--rows decide,tell,…] [--database D]`: what costs how much, as ratios.

Every figure stands beside the floor that was measured in the same run, in turns; nothing is asserted of it. A row is
printed as soon as it is known, and all of them as one table at the end; one that fails says so, the others go on, and
the exit status is 1. The databases are the run's own and are gone afterwards.
"""

import argparse
import os
import signal
import sys
import time
import traceback
from functools import partial

from tests.bench import (
    backtesting,
    claiming,
    counters,
    creating,
    dashing,
    deciding,
    ingesting,
    recalling,
    reporting,
    telling,
    watching,
)
from tests.bench.table import Row, drawn, told
from tests.services_present import missing_postgres

WITHOUT_DATABASE = {"decide": deciding.measure}
ON_EACH = {
    "backtest": backtesting.measure,
    "ingest": ingesting.measure,
    "watch": watching.measure,
    "tell": telling.measure,
    "real": counters.measure,
    "report": reporting.measure,
    "recall": recalling.measure,
    "dash": dashing.measure,
    "create": creating.measure,
    "claim": claiming.measure,
}
ROWS = (*WITHOUT_DATABASE, *ON_EACH)
SCALE = (
    "BENCH_SCALE (1) multiplies how often each is done: at 1 a scan is of 100 000 lines, an import of 100 000 counts"
    " and there are 10 000 warnings and reports; at 10 of a million, and 100 000. Sizes do not fall below what still"
    " measures something."
)


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended"))  # what is the run's own goes then too
    given = arguments()
    print(f"BENCH_SCALE={given.scale:g}, {os.cpu_count()} cores, Python {sys.version.split()[0]}", flush=True)
    began, rows, failed = time.monotonic(), [], []
    for name, measure in planned(given):
        try:
            found = measure()
        except Exception:  # whatever it is, the others are measured all the same
            traceback.print_exc()
            failed.append(name)
            found = [Row(name, "failed")]
        for row in found:
            print(told(row), flush=True)
        rows += found
    print(f"\n{drawn(rows)}\n{time.monotonic() - began:.0f} s")
    if failed:
        sys.exit(f"failed: {', '.join(failed)}")


def planned(given):
    """(name, what measures it) of each, one database after the other."""
    for name, measure in WITHOUT_DATABASE.items():
        if name in given.rows:
            yield name, partial(measure, given.scale)
    for database in given.databases:
        for name, measure in ON_EACH.items():
            if name in given.rows:
                yield f"{name} ({database})", partial(measure, database, given.scale)


def arguments():
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench", description=__doc__.split("\n")[0], epilog=SCALE
    )
    parser.add_argument("--rows", default=",".join(ROWS), help="of these, with commas: %(default)s")
    parser.add_argument("--database", choices=["sqlite", "postgresql", "all"], default="all")
    given = parser.parse_args()
    given.scale = float(os.environ.get("BENCH_SCALE") or 1)
    given.rows = given.rows.split(",")
    if unknown := [name for name in given.rows if name not in ROWS]:
        parser.error(f"no such row: {', '.join(unknown)}")
    given.databases = ["sqlite", "postgresql"] if given.database == "all" else [given.database]
    if "postgresql" in given.databases and (reason := missing_postgres()):
        print(reason)
        given.databases.remove("postgresql")
    return given


if __name__ == "__main__":
    main()
