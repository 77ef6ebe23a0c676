"""The watch: a scan over lines of which few fell, against the database's own read of all their counts; many warnings.

Run inside the program: `python -m tests.bench.watching 100000 10000` makes database and rows, prints seconds.
"""

import json
import os
import sys
import time
from datetime import timedelta

from tests.bench import databases
from tests.bench.table import Row

LINES, WARNINGS, GOAL_S = 100_000, 10_000, 60
LOOKS, GOODS, BATCH = 24, 100, 2000
OF_EACH = 150  # warnings of one product; beyond `mass.MOST` within the hour the rest waits for a person
LINES_OF_A_BUYER = 4
TURNS = 3  # the least of each counts: what else the machine does meanwhile only adds
HIT_EVERY = 66  # 1.5 % fell
URGENT = 650  # left of a thousand: told of by night too


def measure(database, scale=1.0):
    lines, warnings = max(2000, round(LINES * scale)), max(500, round(WARNINGS * scale))
    with databases.program(database, "_watch") as system:
        took = databases.told(system, "watching", lines, warnings)
    return [
        *(
            Row(
                f"{what}, {lines} lines × {LOOKS} counts ({database})", f"{took[name] * 1e3:.0f} ms",
                f"{took['read'] * 1e3:.0f} ms", f"{took[name] / took['read']:.3f}×", *goal,
            )
            for name, what, goal in (
                ("which", "which lines fell", ("≤ 0.10×", "0.05×")),
                ("find", "find and read them as objects", ("–", "–")),
                ("rules", "the rules' first look at it", ("–", "–")),
            )
        ),
        Row(
            f"write {warnings:,} warnings ({database})".replace(",", " "), f"{took['said']:.1f} s", "–",
            f"CPU {took['cpu']:.1f} s",
            f"≤ {GOAL_S * warnings / WARNINGS:g} s", "–",
        ),
    ]  # fmt: skip


def run(lines, warnings):
    from django.db import connection
    from django.db.models import F

    from common import clock
    from orders.models import Rollup
    from watch.models import DropWarning
    from watch.services import looking

    now = clock.now()
    fill(lines, now, falls=lambda n: n % HIT_EVERY == 0, goods=GOODS)
    counts(now)
    with connection.cursor() as cursor:  # as the server itself does after a while
        cursor.execute("ANALYZE")
    which, find, rules, floor = (
        min(took) for took in zip(*(in_turn(lines, now) for _ in range(TURNS)), strict=True)
    )
    Rollup.objects.filter(changes__gt=F("looked")).update(looked=F("changes"))
    fill(warnings, now, falls=lambda n: True, start=lines, left=URGENT)
    began, cpu = time.perf_counter(), time.process_time()
    while looking.run_due(now=now):
        pass
    said, cpu = time.perf_counter() - began, time.process_time() - cpu
    ours = DropWarning.objects.filter(order__order_no__startswith="W-", incident=None)
    assert ours.exclude(said_at=None).count() == warnings, ours.count()
    return {"which": which, "find": find, "rules": rules, "read": floor, "said": said, "cpu": cpu}


def in_turn(lines, now):
    """Seconds of finding which lines fell, of finding and reading them, of the rules' first look at them, and of the
    database's own read of all counts.

    By the scan's own functions in its own batches; read with all that the rules ask of a line.
    """
    from django.db import connection

    from compensation.services.falling import falling
    from orders import queries
    from watch.services import looking

    began, after, fell = time.perf_counter(), 0, 0
    while ids := queries.changed_lines(most=looking.BATCH, after=after):
        fell, after = fell + len(ids), ids[-1]
    which, began, found, after = time.perf_counter() - began, time.perf_counter(), [], 0
    while batch := queries.lines_to_look_at(most=looking.BATCH, after=after):
        found, after = [*found, batch], batch[-1].pk
    find, began = time.perf_counter() - began, time.perf_counter()
    hits = sum(len(falling(orders=batch, now=now)) for batch in found)
    rules, began = time.perf_counter() - began, time.perf_counter()
    with connection.cursor() as cursor:  # the database alone, row after row: nothing is handed over
        cursor.execute("SELECT count(*), sum(count), max(observed_at) FROM orders_observation")
        read = cursor.fetchone()[0]
    floor = time.perf_counter() - began
    assert fell >= hits >= lines // HIT_EVERY, (fell, hits)  # and the demo's own
    assert read >= lines * LOOKS, read
    return which, find, rules, floor


def fill(many, now, *, falls, start=0, left=850, goods=0):
    """Lines of a thousand, complete ten hours ago, written in bulk with their rollups; of what fell so many are left.

    Of so many goods, or of as many as it takes for each to be told of at once (`OF_EACH`). Nothing was handed over for
    them, so that they are of no supplier.
    """
    from django.db import transaction

    from accounts.models import Buyer
    from compensation.models import PolicyVersion
    from orders.models import Order, Product, Rollup

    version = PolicyVersion.objects.get(code="metered-standard")
    products = _products(Product, goods or -(-many // OF_EACH))
    done = now - timedelta(hours=10)
    for at in range(start, start + many, BATCH):
        numbers = range(at, min(start + many, at + BATCH))
        with transaction.atomic():
            buyers = Buyer.objects.bulk_create(
                Buyer(external_id=f"bench-{n}") for n in numbers[::LINES_OF_A_BUYER]
            )
            orders = Order.objects.bulk_create(
                Order(
                    order_no=f"W-{n:08d}", product_id=products[n % len(products)], quantity=1000, paid_fen=5000,
                    buyer=buyers[(n - at) // LINES_OF_A_BUYER], list_fen=5000, deadline_at=now,
                    paid_at=now - timedelta(hours=30), target=f"https://w.example/{n}",
                    policy_code=version.code, policy_version=version.version, policy_hash=version.hash,
                    window_seconds=86_400, warranty_days=30, content_hash="", created_at=now,
                )
                for n in numbers
            )  # fmt: skip
            Rollup.objects.bulk_create(
                Rollup(
                    order=order, completed_at=done, completed_by="count", window_ends_at=done + timedelta(days=1),
                    delivered=1000, delivered_seen_at=done, window_seen_at=now, newest_seen_at=now,
                    window_present=left if falls(n) else 1000, newest_present=left if falls(n) else 1000,
                    changes=int(falls(n)),
                )
                for n, order in zip(numbers, orders, strict=True)
            )  # fmt: skip


def _products(product, many):
    like, known = product.objects.get(sku="likes"), product.objects.filter(sku__startswith="bench-").count()
    values = {field.attname: getattr(like, field.attname) for field in product._meta.concrete_fields}
    product.objects.bulk_create(
        product(**values | {"id": None, "sku": f"bench-{n}"}) for n in range(known, many)
    )
    return list(
        product.objects.filter(sku__startswith="bench-").order_by("pk").values_list("pk", flat=True)[:many]
    )


def counts(now):
    """So many looks at each line, by the database itself."""
    from django.db import connection

    with connection.cursor() as cursor:
        for hour in range(LOOKS):
            cursor.execute(
                "INSERT INTO orders_observation (order_id, observed_at, count, measurable)"
                " SELECT id, %s, 1000, %s FROM orders_order WHERE order_no LIKE %s",
                [now - timedelta(hours=hour, seconds=1), True, "W-%"],
            )


if __name__ == "__main__":
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "shop_aftersales.settings"
    django.setup()
    from shop_aftersales import starting

    starting.fill_database()
    print(json.dumps(run(int(sys.argv[1]), int(sys.argv[2]))))
