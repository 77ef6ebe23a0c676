"""Recalls in the demo: one that the workers carry out as soon as the program runs, one that waits for approval."""

from datetime import datetime, timedelta

from accounts.models import User
from compensation.services import intake
from developers.rules.recalls import Rule
from developers.services.recalls import asking, ruling
from developers.services.recalls.asking import Wanted
from orders.services.intake import NewOrder
from shop_aftersales.demo_health import FROM

SKU, BATCH = "licence-key", "XT26-B7"
BUYERS = ("顾客庚", "顾客辛", "顾客壬")
SECOND = "an"  # of ops: whoever asked can't approve


def seed(*, now: datetime) -> None:
    """Three orders of a batch that stopped working: asked for by one of ops, agreed to by another."""
    paid_at = now - timedelta(days=4)
    for number, buyer in enumerate(BUYERS, start=1):
        _sell(number, buyer, paid_at + timedelta(hours=number))
    rule = Rule("paid", paid_at, paid_at + timedelta(hours=6))
    text = "11 月下旬的一批激活码被厂家停用，装不上了。"
    given = Wanted(sku=SKU, rule=rule, cause="defect", remedy="refund", text=text)
    recall = asking.ask(wanted=given, by=User.objects.get(username="qiao"), submit=True, now=now)
    ruling.approve(
        recall=recall, by=User.objects.get(username=SECOND), reason="试了三个，都装不上。", now=now
    )
    more = Wanted(
        sku=SKU, rule=rule, cause="platform_error", remedy="refund", quantity=1, text="扣款时多收了一份的钱。"
    )
    asking.ask(wanted=more, by=User.objects.get(username="yun"), submit=True, now=now)


def seed_of_supplier(*, now: datetime) -> None:
    """What one supplier delivered of a batch fell: their maker asks that it be topped up; ops may agree."""
    supplier, batch = FROM["metered-comments"]
    start = now - timedelta(days=20)
    rule = Rule("delivered", start, now - timedelta(days=1), batch=batch, supplier=supplier)
    text = "11 月下旬一家供货商的一批号被平台清掉，夜里成批掉了。"
    wanted = Wanted(
        sku="metered-comments", rule=rule, cause="supplier_failure", remedy="top_up", quantity=100, text=text
    )
    asking.ask(wanted=wanted, by=User.objects.get(username="bo"), submit=True, now=now)


def _sell(number: int, buyer: str, at: datetime) -> None:
    order_no = f"LD2026RECALL-{number:02d}"
    new = NewOrder(
        order_no=order_no, sku=SKU, buyer_external_id=buyer, buyer_name=buyer, buyer_contact="", quantity=1,
        paid_fen=2000, list_fen=2000, paid_at=at, gateway="shop", payment_reference=f"PAY-{order_no}",
        secrets=(f"{BATCH}-{number}",),
    )  # fmt: skip
    intake.take_order(new=new, now=at)
