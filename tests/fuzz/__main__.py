"""`python -m tests.fuzz`: 126 000 generated cases (FUZZ_SCALE), of a seed that is printed (FUZZ_SEED)."""

import os
import secrets
import sys
import time

from tests.fuzz.running import Failed, run

CASES = 126_000


def main():
    seed = int(os.environ.get("FUZZ_SEED") or secrets.randbelow(10**9))
    count = round(CASES * float(os.environ.get("FUZZ_SCALE") or 1))
    print(f"FUZZ_SEED={seed}, {count} cases", flush=True)
    began = time.monotonic()
    try:
        clauses = run(seed, count)
    except Failed as failure:
        print(failure)
        return 1
    for clause, times in sorted(clauses.items()):
        print(f"{times:7} {clause}")
    print(f"all hold, {time.monotonic() - began:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
