"""A contested case in the demo: comments that fell, put on their developer, who says that it was the supplier."""

from datetime import datetime

from accounts.models import User
from shop_aftersales.demo_recalls import SECOND
from tickets.models import Ticket
from tickets.services import contesting, desk

ORDER = "LD2026PAST-07"  # of demo_claims
RULED = "先按货的问题定给开发者，等他说明。"
AGAINST = "评论是供货商的号发的，送完以后成批不见，和商品本身无关。请看发货和计数的记录。"


def seed(*, now: datetime) -> None:
    """Set by the second of ops, so that whoever signs in as the first may answer."""
    case = Ticket.objects.select_related("order__product", "decision").get(order__order_no=ORDER)
    by = User.objects.get(username=SECOND)
    desk.set_responsibility(
        ticket=case, by=by, party="developer", reason=RULED, version=case.version, now=now
    )
    developer = case.order.product.developer
    assert developer is not None, ORDER
    contesting.contest(ticket=case, by=developer, text=AGAINST, now=now)
