"""Counts come in, ten thousand at a time with their rollups, against the same rows put into a bare table; and what a
file of them takes of memory.

Run inside the program: `python -m tests.bench.ingesting 100000 FILE` makes database, rows and file, prints seconds.
"""

import json
import os
import sys
import time
from datetime import timedelta
from io import StringIO
from pathlib import Path

from tests.bench import databases
from tests.bench.table import Row

ROWS, LOOKS, AT_ONCE = 100_000, 24, 10_000
NONE = ("–", "–")  # every rollup is written for one count: what is measured is then the writing of rollups
GOALS = {
    "postgresql": {"lines": ("≤ 6×", "4×"), "round": NONE},
    "sqlite": {"lines": ("≤ 10×", "6×"), "round": NONE},
}
# The n-th count: (which line, at which hour).
SHAPES = {"lines": lambda n: (n // LOOKS, n % LOOKS), "round": lambda n: (n, LOOKS + 1)}
BARE = "order_id bigint, observed_at {instant}, count bigint, comments bigint, shares bigint, measurable bool"


def measure(database, scale=1.0):
    many = max(AT_ONCE, round(ROWS * scale))
    with databases.program(database, "_ingest") as system:
        file = system.folder / "counts.csv"
        took = databases.told(system, "ingesting", many, file)
        began = time.monotonic()
        memory = databases.told(system, "ingesting", "file", file)
        took |= {"file": time.monotonic() - began, "memory": memory}
    return rows(database, many, took)


def rows(database, many, took):
    told = f"{many:,}".replace(",", " ")
    shapes = {"lines": f"of {many // LOOKS} lines", "round": "of a line each"}
    return [
        *(
            Row(
                f"ingest {told} counts {shapes[shape]} ({database})", f"{many / mine / 1e3:.0f} k/s",
                f"{many / bare / 1e3:.0f} k/s", f"{mine / bare:.1f}×", *GOALS[database][shape],
            )
            for shape, (mine, bare) in took["ingest"].items()
        ),
        Row(
            f"memory of importing a file of {told} counts ({database})", f"{took['memory']:.0f} MB", "–", "–",
            "≤ 200 MB", "–",
        ),
        *(
            Row(f"{what} on the disk ({database})", f"{size[0]:.0f} B and {size[1]:.0f} B of indexes")
            for what, size in took["room"].items() if size
        ),
    ]  # fmt: skip


def run(many, file):
    from common import clock

    now = clock.now()
    lines(many, now)
    took = {shape: in_turns(look, many, now) for shape, look in SHAPES.items()}
    with Path(file).open("w") as counts:
        counts.write("order_no,observed_at,count\n")
        counts.writelines(
            f"I-{n},{instant(now, 2 * LOOKS + hour)},{1000 - hour}\n"
            for n, hour in map(SHAPES["lines"], range(many))
        )
    sizes = {
        "a count": room("orders_observation"),
        "an order with its rollup": room("orders_order", "orders_rollup"),
    }
    return {"ingest": took, "room": sizes}


def room(*tables):
    """[bytes a row, and of its indexes] of these together, a row of each; nothing where the database doesn't tell."""
    from django.db import connection

    if connection.vendor != "postgresql":
        return []
    with connection.cursor() as cursor:
        of_each = ", ".join(
            f"pg_relation_size('{one}') * 1.0 / (SELECT count(*) FROM {one}),"
            f" pg_indexes_size('{one}') * 1.0 / (SELECT count(*) FROM {one})"
            for one in tables
        )
        cursor.execute(f"SELECT {of_each}")
        found = [float(one) for one in cursor.fetchone()]
    return [sum(found[0::2]), sum(found[1::2])]


def in_turns(look, many, now):
    """(seconds with rollups, seconds into a bare table) of the same rows, a batch of each after the other."""
    from orders.services.observations import take_observations

    make_bare()
    mine = bare = 0.0
    for start in range(0, many, AT_ONCE):
        some = [look(n) for n in range(start, min(many, start + AT_ONCE))]
        raw = [
            {"order_no": f"I-{n}", "observed_at": instant(now, hour), "count": 1000 + hour % 3}
            for n, hour in some
        ]
        plain = [(n, instant(now, hour), 1000 + hour % 3, None, None, True) for n, hour in some]
        began = time.perf_counter()
        put_bare(plain)
        bare, began = bare + time.perf_counter() - began, time.perf_counter()
        report = take_observations(raw_rows=raw, now=now)
        mine += time.perf_counter() - began
        assert report.accepted == len(some), report.rejected[:3]
    return mine, bare


def instant(now, hour):
    return (now - timedelta(days=10) + timedelta(hours=hour)).isoformat()


def make_bare():
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bare")
        kind = "timestamptz" if connection.vendor == "postgresql" else "datetime"
        cursor.execute(f"CREATE TABLE bare ({BARE.format(instant=kind)})")


def put_bare(some):
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            text = "".join(f"{n}\t{at}\t{count}\t\\N\t\\N\tt\n" for n, at, count, *_ in some)
            cursor.copy_expert("COPY bare FROM STDIN", StringIO(text))
        else:
            cursor.executemany("INSERT INTO bare VALUES (%s, %s, %s, %s, %s, %s)", some)


def lines(many, now):
    """Orders as they are when nothing was counted yet."""
    from django.db import connection

    from accounts.models import Buyer
    from compensation.models import PolicyVersion
    from orders.models import Order, Product, Rollup
    from orders.services import rollups

    version, goods = PolicyVersion.objects.get(code="metered-standard"), Product.objects.get(sku="likes")
    buyer, paid = Buyer.objects.get_or_create(external_id="bench")[0], now - timedelta(days=10, hours=1)
    for start in range(0, many, 2000):
        orders = Order.objects.bulk_create(
            Order(
                order_no=f"I-{n}", product=goods, buyer=buyer, quantity=1000, paid_fen=5000, list_fen=5000,
                paid_at=paid, deadline_at=paid + timedelta(days=3), target=f"https://w.example/{n}",
                policy_code=version.code,
                policy_version=version.version, policy_hash=version.hash, window_seconds=86_400, warranty_days=30,
                content_hash="", created_at=now,
            )
            for n in range(start, min(many, start + 2000))
        )  # fmt: skip
        Rollup.objects.bulk_create(rollups.first(order) for order in orders)
    with connection.cursor() as cursor:  # as the server itself does after a while
        cursor.execute("ANALYZE")


def take_file(path):
    """The whole job as the command does it; its highest memory, in MB."""
    import resource

    from django.core.management import call_command

    call_command("import_observations", path, stdout=StringIO())
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "shop_aftersales.settings"
    django.setup()
    if sys.argv[1] == "file":
        print(json.dumps(take_file(sys.argv[2])))
    else:
        from shop_aftersales import starting

        starting.fill_database()
        print(json.dumps(run(int(sys.argv[1]), sys.argv[2])))
