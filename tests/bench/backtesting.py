"""`backtest`: a draft over stored decisions, against a bare loop that reads the same rows and decides nothing.

Run inside the program: `python -m tests.bench.backtesting 100000` makes database and rows, prints seconds.
"""

import json
import os
import sys
import time
from datetime import timedelta

from tests.bench import databases
from tests.bench.table import Row

DECISIONS, GOAL_S, STRETCH_S = 100_000, 60, 20
BUYERS_IN, DEVELOPERS, BATCH = 4, 20, 2000  # one buyer in so many orders, whole ones in a batch
LEFT = tuple(range(650, 1001, 7))


def measure(database, scale=1.0):
    count = max(1000, round(DECISIONS * scale))
    with databases.program(database, "_past") as system:
        took = databases.told(system, "backtesting", count)
    return [
        Row(
            f"backtest {count:,} decisions ({database})".replace(",", " "), f"{took['spent']:.1f} s",
            f"{took['floor']:.1f} s", f"{took['spent'] / took['floor']:.1f}×",
            f"< {GOAL_S * count / DECISIONS:g} s", f"< {STRETCH_S * count / DECISIONS:g} s",
        )
    ]  # fmt: skip


def run(count):
    from common import clock
    from compensation.models import DecisionRecord
    from compensation.queries import policy_version
    from compensation.rules.policy import Policy
    from compensation.services import backtesting

    fill(count)
    data = policy_version("metered-standard", 1).as_data()
    draft = Policy.from_data(data | {"version": 2, "tier_a_rate": [12, 100], "auto_limit_fen": 4000})
    now = clock.now()
    within = backtesting.Period(now - timedelta(days=90), now + timedelta(days=1))
    began = time.perf_counter()
    among = backtesting.chosen(policy=draft, within=within)
    found = backtesting.run(policy=draft, among=among)
    spent, began = time.perf_counter() - began, time.perf_counter()
    rows = DecisionRecord.objects.order_by("pk").values_list("pk", "order__order_no", "facts", "body")
    read = sum(1 for _ in rows.iterator(chunk_size=1000))
    floor = time.perf_counter() - began
    assert found.total.decisions >= count <= read, (found.total, read)  # and the demo's own
    return {"spent": spent, "floor": floor}


def fill(count):
    """Orders with one decision each, written in bulk: fallen by anything from nothing to a third."""
    from django.db import transaction

    from accounts.models import Buyer, User
    from common import clock
    from compensation.models import DecisionRecord, PolicyVersion
    from orders.models import Order, Product

    now, version = clock.now(), PolicyVersion.objects.get(code="metered-standard")
    made = decisions()
    users = User.objects.bulk_create(User(username=f"d{n}", role="developer") for n in range(DEVELOPERS))
    like = Product.objects.get(sku="likes")
    goods = []
    for n, user in enumerate(users):
        like.pk, like.sku, like.developer = None, f"likes-{n}", user
        like.save(force_insert=True)
        goods.append(like.pk)
    for start in range(0, count, BATCH):
        numbers = range(start, min(count, start + BATCH))
        with transaction.atomic():
            buyers = Buyer.objects.bulk_create(
                Buyer(external_id=f"b{n}") for n in range(start // BUYERS_IN, numbers[-1] // BUYERS_IN + 1)
            )
            orders = Order.objects.bulk_create(
                Order(
                    order_no=f"B-{n:07d}", product_id=goods[n % DEVELOPERS], buyer=buyers[(n - start) // BUYERS_IN],
                    quantity=1000, paid_fen=5000, list_fen=5000, paid_at=now, deadline_at=now,
                    policy_code=version.code, policy_version=version.version, policy_hash=version.hash,
                    window_seconds=86_400, warranty_days=30, content_hash="", created_at=now,
                )
                for n in numbers
            )  # fmt: skip
            DecisionRecord.objects.bulk_create(
                DecisionRecord(order=order, policy=version, sources={}, decided_at=now, **made[n % len(made)])
                for n, order in zip(numbers, orders, strict=True)
            )


def decisions():
    """The different ones, with their explanations, as they are stored."""
    from compensation.queries import policy_version
    from compensation.rules.decide import decide
    from compensation.rules.facts import Facts

    policy, made = policy_version("metered-standard", 1), []
    for left in LEFT:
        facts = Facts(reason="drop", ordered=1000, paid_fen=5000, delivered=1000, present=left)
        found = decide(facts, policy)
        body = found.as_data()
        made.append(
            {
                "reason": "drop", "facts": facts.as_data(), "clause": found.clause, "outcome": found.outcome,
                "requires_review": found.requires_review, "review_reasons": body["review_reasons"], "body": body,
            }
        )  # fmt: skip
    return made


if __name__ == "__main__":
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "shop_aftersales.settings"
    django.setup()
    from shop_aftersales import starting

    starting.fill_database()
    print(json.dumps(run(int(sys.argv[1]))))
