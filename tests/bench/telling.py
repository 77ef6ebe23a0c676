"""Ten thousand drops at once: written down, said, and carried to the sandbox's message service, by the whole program.

Run inside the program: `python -m tests.bench.telling 10000` lets so many lines fall and waits until the last is sent.
"""

import json
import os
import sqlite3
import sys
import time
from contextlib import closing

from tests.bench import databases
from tests.bench.table import Row

WARNINGS, GOAL_S = 10_000, 60
LONGEST_S = 4 * GOAL_S  # for so many as the goal is for


def measure(database, scale=1.0):
    many = max(500, round(WARNINGS * scale))
    with databases.program(database, "_told") as system:
        system.python("-m", "tests.bench.telling", "fill", str(many))
        system.start("web", "worker", "beat", "sandbox")
        system.wait_until_ready()
        told = databases.told(system, "telling", "fall", many)
        assert sent(system) >= set(told["keys"]), "one was not sent"
        assert len(told["keys"]) == many
    return [
        Row(
            f"write and send {many:,} warnings ({database})".replace(",", " "), f"{told['took']:.1f} s", "–", "–",
            f"≤ {GOAL_S * many / WARNINGS:g} s", "–",
        )
    ]  # fmt: skip


def sent(system):
    """The keys that the sandbox has carried out, each once, by its own log; the demo's own are among them."""
    with closing(sqlite3.connect(system.data / "sandbox.sqlite3")) as log:
        keys = [key for (key,) in log.execute(
            "SELECT key FROM request_log WHERE channel = 'messages' AND effect = 'created'"
        )]  # fmt: skip
    assert len(keys) == len(set(keys))
    return set(keys)


def fill(many):
    """Lines that have fallen, so far that they are told of by night too; nobody has been told to look yet."""
    from common import clock
    from orders.models import Rollup
    from tests.bench import watching

    watching.fill(many, clock.now(), falls=lambda n: True, left=watching.URGENT)
    Rollup.objects.update(changes=0)


def fall(many):
    """Seconds from the counts to the last message that its service has sent."""
    from django.db.models import F

    from integrations.models import Intent
    from orders.models import Rollup

    began, longest = time.perf_counter(), LONGEST_S * max(1, many / WARNINGS)
    Rollup.objects.filter(order__order_no__startswith="W-").update(changes=F("looked") + 1)
    ours = Intent.objects.filter(provider="messages", order_no__startswith="W-", state="settled")
    while (done := ours.count()) < many:
        assert time.perf_counter() - began < longest, done
        time.sleep(longest / 1000)  # what is asked costs more of more
    return {
        "took": time.perf_counter() - began,
        "keys": [str(key) for key in ours.values_list("key", flat=True)],
    }


if __name__ == "__main__":
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "shop_aftersales.settings"
    django.setup()
    from shop_aftersales import starting

    if sys.argv[1] == "fill":
        starting.fill_database()
        fill(int(sys.argv[2]))
    else:
        print(json.dumps(fall(int(sys.argv[2]))))
