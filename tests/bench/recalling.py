"""A recall carried out: lines given something, against as many plain claims on lines alike in the same process.

Run inside the program: `python -m tests.bench.recalling 1000` makes database and rows, prints seconds.
"""

import json
import os
import sys
import time
from datetime import timedelta

from tests.bench import databases
from tests.bench.table import Row

LINES = 1000


def measure(database, scale=1.0):
    many = max(80, round(LINES * scale))
    with databases.program(database, "_recall") as system:
        took = databases.told(system, "recalling", many)
    return [
        Row(
            f"recall gives {many} lines something ({database})", f"{many / took['given']:.0f} lines/s",
            f"{many / took['claimed']:.0f} claims/s", f"{took['given'] / took['claimed']:.2f}×", "≤ 2×", "–",
        ),
        Row(
            f"its dry run over {many} lines, and the walk before it gives ({database})",
            f"{many / took['walked']:.0f} lines/s",
        ),
    ]  # fmt: skip


def run(many):
    """Seconds of the walks, and of what is given beside what is claimed: a batch of each, in turns."""
    from django.urls import reverse

    from common import clock
    from developers.models import RecallLine
    from developers.services.recalls import carrying
    from tickets.models import Ticket
    from tickets.services import claims

    reverse("ticket", args=["-"])  # reads all addresses there are, once in a process
    now = clock.now()
    recalled, claimed = fill(many, now, "recalled"), fill(many, now, "claimed")
    recall, walked = walk(recalled, now)
    given = plain = 0.0
    for start in range(0, many, carrying.BATCH):
        began = time.perf_counter()
        carrying.step(recall=recall, now=now)
        given, began = given + time.perf_counter() - began, time.perf_counter()
        for order in claimed[start : start + carrying.BATCH]:
            claims.open_claim(
                order=order, reason="drop", text="", quantity=None, channel="web", actor="", side="buyer", now=now
            )  # fmt: skip
        plain += time.perf_counter() - began
    assert RecallLine.objects.filter(recall=recall, state="given").count() == many
    assert Ticket.objects.filter(order__in=claimed, decision__clause="drop.tier_b").count() == many
    return {"walked": walked, "given": given, "claimed": plain}


def walk(goods, now):
    """A recall of all lines of these goods, that has been counted and agreed to, and held against its lines."""
    from accounts.models import User
    from developers.models import Recall
    from developers.rules.recalls import Rule
    from developers.services.recalls import asking, ruling, walking

    wanted = asking.Wanted(
        sku="recalled", rule=Rule("paid", now - timedelta(days=2), now), cause="supplier_failure", remedy="top_up",
        quantity=100, text="这一批号被平台清掉了",
    )  # fmt: skip
    began = time.perf_counter()
    recall = asking.ask(wanted=wanted, by=User.objects.get(username="qiao"), submit=True, now=now)
    recall = on(recall, walking, "counting", now)
    ruling.approve(recall=recall, by=User.objects.get(username="an"), reason="抽了三单", now=now)
    recall = on(recall, walking, "checking", now)
    assert (recall.state, recall.figures["gets"]) == ("running", len(goods)), (recall.state, recall.figures)
    return Recall.objects.select_related("product__developer", "asked_by").get(pk=recall.pk), (
        time.perf_counter() - began
    )


def on(recall, walking, state, now):
    from developers.services.recalls.working import _read

    recall = _read(recall.pk)
    while recall.state == state:
        walking.step(recall=recall, now=now)
        recall = _read(recall.pk)
    return recall


def fill(many, now, sku):
    """Lines of a thousand that lost 150, of goods of their own and each of a buyer of its own."""
    from accounts.models import Buyer
    from compensation.models import PolicyVersion
    from orders import queries as orders
    from orders.models import Order, Product, Rollup

    version, goods = PolicyVersion.objects.get(code="metered-standard"), Product.objects.get(sku="likes")
    goods.pk, goods.sku = None, sku
    goods.save(force_insert=True)
    done = now - timedelta(hours=10)
    buyers = Buyer.objects.bulk_create(Buyer(external_id=f"{sku}-{n}") for n in range(many))
    lines = Order.objects.bulk_create(
        Order(
            order_no=f"{sku}-{n:06d}", product=goods, buyer=buyer, quantity=1000, paid_fen=5000, list_fen=5000,
            paid_at=now - timedelta(hours=30), deadline_at=now, target=f"https://r.example/{sku}/{n}",
            policy_code=version.code, policy_version=version.version, policy_hash=version.hash,
            window_seconds=86_400, warranty_days=30, content_hash="", created_at=now,
        )
        for n, buyer in enumerate(buyers)
    )  # fmt: skip
    Rollup.objects.bulk_create(
        Rollup(
            order=order, completed_at=done, completed_by="count", window_ends_at=done + timedelta(days=1),
            delivered=1000, delivered_seen_at=done, window_seen_at=now, newest_seen_at=now, window_present=850,
            newest_present=850,
        )
        for order in lines
    )  # fmt: skip
    return orders.lines_called(ids=[order.pk for order in lines])


if __name__ == "__main__":
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "shop_aftersales.settings"
    django.setup()
    from shop_aftersales import starting

    starting.fill_database()
    print(json.dumps(run(int(sys.argv[1]))))
