"""Monthly reports: of ten thousand buyers with two orders each, made and written to them.

Run inside the program: `python -m tests.bench.reporting 10000` makes database and rows, prints seconds.
"""

import json
import os
import sys
import time
from datetime import timedelta

from tests.bench import databases
from tests.bench.table import Row

BUYERS, GOAL_S = 10_000, 120
LOOKS, BATCH = 24, 1000


def measure(database, scale=1.0):
    buyers = max(500, round(BUYERS * scale))
    with databases.program(database, "_reports") as system:
        took = databases.told(system, "reporting", buyers)
    return [
        Row(
            f"reports of {buyers:,} buyers, {took['counts']:,} counts ({database})".replace(",", " "),
            f"{took['spent']:.1f} s", f"{took['read']:.1f} s", f"{took['spent'] / took['read']:.1f}×",
            f"≤ {GOAL_S * buyers / BUYERS:g} s",
        )
    ]  # fmt: skip


def run(buyers):
    """Seconds for all reports with their messages, beside one bare read of the counts that they rest on."""
    from django.db import connection, transaction

    from accounts.models import InboxMessage
    from watch.models import MonthlyReport
    from watch.rules import report_months
    from watch.services import reporting, reporting_saying

    month = (2026, 10)
    now = report_months.ends(month) + timedelta(hours=10)
    fill(buyers, report_months.begins(month))
    began = time.perf_counter()
    run = reporting.make(month=month, now=now, seen=lambda run: None)
    while reporting_saying.say_due(now=now + timedelta(hours=1)):
        pass
    spent = time.perf_counter() - began
    made = MonthlyReport.objects.count()  # the demo's own too
    assert (run.state, run.failed, made >= buyers) == ("done", 0, True), made
    assert InboxMessage.objects.filter(kind="report").count() == made
    began = time.perf_counter()
    with transaction.atomic(), connection.chunked_cursor() as cursor:  # never all of them in memory
        cursor.execute("SELECT order_id, observed_at, count, comments, shares FROM orders_observation")
        counts = sum(1 for _ in cursor)
    read = time.perf_counter() - began
    return {"spent": spent, "read": read, "counts": counts}


def fill(many, october):
    """Two lines of a thousand each, one a month, complete on the sixth and counted twice a day since."""
    from django.db import transaction

    from accounts.models import Buyer
    from compensation.models import PolicyVersion
    from orders.models import Order, Product, Rollup

    version, goods = (
        PolicyVersion.objects.get(code="metered-standard", version=1),
        Product.objects.get(sku="likes"),
    )
    for at in range(0, many, BATCH):
        numbers = range(at, min(many, at + BATCH))
        with transaction.atomic():
            buyers = Buyer.objects.bulk_create(Buyer(external_id=f"bench-{n}") for n in numbers)
            lines = [
                Order(
                    order_no=f"W-{buyer.external_id}-{nth}", product=goods, buyer=buyer, quantity=1000, paid_fen=5000,
                    list_fen=5000, paid_at=paid, deadline_at=paid + timedelta(days=3), policy_code=version.code,
                    target=f"https://w.example/{buyer.external_id}/{nth}", policy_version=version.version,
                    policy_hash=version.hash, window_seconds=86_400, warranty_days=30, content_hash="", created_at=paid,
                )
                for buyer in buyers
                for nth, paid in enumerate((october - timedelta(days=25), october + timedelta(days=5)))
            ]  # fmt: skip
            Rollup.objects.bulk_create(_rollup(Rollup, order) for order in Order.objects.bulk_create(lines))
    _count()


def _rollup(model, order):
    done = order.paid_at + timedelta(hours=5)
    return model(
        order=order, completed_at=done, completed_by="count", window_ends_at=done + timedelta(days=1), delivered=1000,
        delivered_seen_at=done, window_seen_at=done, newest_seen_at=done, window_present=1000, newest_present=1000,
    )  # fmt: skip


def _count():
    """So many looks at each line, by the database itself."""
    from django.db import connection

    later = "o.paid_at + interval '1 hour' * %s"
    if connection.vendor == "sqlite":
        later = "strftime('%%Y-%%m-%%d %%H:%%M:%%S', o.paid_at, '+' || %s || ' hours')"
    with connection.cursor() as cursor:
        for look in range(LOOKS):
            cursor.execute(
                "INSERT INTO orders_observation (order_id, observed_at, count, measurable, comments, shares)"
                f" SELECT o.id, {later}, %s, %s, %s, 0 FROM orders_order o WHERE o.order_no LIKE %s",
                [5 + 12 * look, 1000 - 2 * look, True, 3 * look, "W-bench-%"],
            )


if __name__ == "__main__":
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "shop_aftersales.settings"
    django.setup()
    from shop_aftersales import starting

    starting.fill_database()
    print(json.dumps(run(int(sys.argv[1]))))
