"""Goods of yun's that went bad, the lines of a day, and a recall on them."""

from datetime import timedelta

from accounts.models import User
from accounts.services import people
from common import clock
from compensation.services import intake
from developers.models import Recall, RecallLine
from developers.rules.recalls import Rule
from developers.services.recalls import asking, ruling, working
from developers.services.recalls.asking import Wanted
from tests.orders.conftest import new_order

HOUR = timedelta(hours=1)


def user(name, role="ops"):
    return people.ensure_user(username=name, role=role, password="pass")


def keys(order_no="K-1", *, ago=5 * HOUR, **changes):
    """Five activation codes for 50 yuan, bought so long ago; a refund shuts those that nobody looked at."""
    usual = {
        "sku": "licence", "quantity": 5, "paid_fen": 5000, "list_fen": 5000, "baseline": 0, "gateway": "shop",
        "payment_reference": f"PAY-{order_no}", "paid_at": clock.now() - ago,
        "secrets": tuple(f"{order_no}-SECRET-{n}" for n in range(5)),
    }  # fmt: skip
    return intake.take_order(new=new_order(order_no, **usual | changes), now=clock.now())[0]


def wanted(**changes):
    """All that was paid within the last ten hours is refunded: the developer's defect."""
    now = clock.now()
    rule = {"by": "paid", "start": now - 10 * HOUR, "end": now} | changes.pop("rule", {})
    usual = {"sku": "licence", "cause": "defect", "remedy": "refund", "text": "这一批激活码失效了"}
    return Wanted(rule=Rule(**rule), **usual | changes)


def asked(*, by=None, submit=True, **changes):
    return asking.ask(wanted=wanted(**changes), by=by or user("wen"), submit=submit, now=clock.now())


def fresh(recall):
    return Recall.objects.select_related("product__developer", "asked_by").get(pk=recall.pk)


def approved(recall=None, *, by=None, **changes):
    return ruling.approve(recall=fresh(recall or asked(**changes)), by=by or user("qiao"), now=clock.now())


def carried_out(recall):
    """The workers' part."""
    working.run_due(now=clock.now())
    return fresh(recall)


def lines(recall):
    """{order: (state, why not, fen, units)}"""
    rows = RecallLine.objects.filter(recall=recall).select_related("order").order_by("order__order_no")
    return {row.order.order_no: (row.state, row.skip, row.fen, row.units) for row in rows}


def named(name):
    return User.objects.get(username=name)
