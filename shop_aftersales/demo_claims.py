"""Claims in the demo, so that both developers have figures: defects, questions, and what they cost.

Only answered ones are old: a promise that was broken before anybody started the program would be reported at once.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from common.clock import rfc3339
from compensation.services import intake
from orders.models import Order
from orders.services.intake import NewOrder
from orders.services.observations import take_observations
from tickets.services import claims


class Past(NamedTuple):
    """An order of somebody without an account, and what they said of it so many minutes ago."""

    sku: str
    buyer: str
    quantity: int
    paid_fen: int
    minutes_ago: int
    reason: str
    text: str = ""
    left: int | None = None
    gateway: str = "shop"


PAST = (
    Past("likes", "顾客甲", 1000, 5000, 34 * 24 * 60, "question", "怎么看补了没有"),
    Past("metered-comments", "顾客乙", 300, 1500, 33 * 24 * 60, "question", "可以分天送吗"),
    Past("cloud-month", "顾客丙", 1, 3000, 5 * 24 * 60, "question", "会员从哪天算起"),
    Past("sword", "顾客丁", 1, 648, 3 * 24 * 60, "question", "到账了在哪里领"),
    Past("likes", "顾客丙", 1000, 5000, 20 * 60, "drop", left=940),
    Past("likes", "顾客甲", 500, 2500, 6 * 60, "drop", left=430),
    Past("metered-comments", "顾客乙", 300, 1500, 5 * 60, "drop", left=225),
    Past("licence-key", "顾客戊", 1, 2000, 4, "defect", "换电脑后激活码失效"),
    Past("course-photo", "顾客己", 40, 19920, 2, "not_as_described", "说是 40 讲，只看得到 38 讲"),
)


def seed(*, now: datetime, watched: Callable[[Sequence[Any]], Iterable[Any]] = iter) -> None:
    """Through the same services as everything else, at the time it is said to have happened."""
    for number, past in enumerate(watched(PAST), start=1):
        file(order_no=f"LD2026PAST-{number:02d}", past=past, now=now)


def file(*, order_no: str, past: Past, now: datetime) -> None:
    at = now - timedelta(minutes=past.minutes_ago)
    claims.open_claim(
        order=_order(order_no, past, at), reason=past.reason, text=past.text, quantity=None, channel="web",
        actor=past.buyer, now=at,
    )  # fmt: skip


def _order(order_no: str, past: Past, at: datetime) -> Order:
    """Bought two days before the claim; likes were full eighteen hours before it."""
    new = NewOrder(
        order_no=order_no, sku=past.sku, buyer_external_id=past.buyer, buyer_name=past.buyer, buyer_contact="",
        quantity=past.quantity, paid_fen=past.paid_fen, list_fen=past.paid_fen, paid_at=at - timedelta(hours=48),
        target=f"https://example.com/shuoshuo/{order_no}", baseline=23, gateway=past.gateway,
        payment_reference=f"PAY-{order_no}",
    )  # fmt: skip
    intake.take_order(new=new, now=at - timedelta(hours=47))
    if past.left is not None:
        counted = ((18, past.quantity), (1, past.left))
        rows = [
            {
                "order_no": order_no, "observed_at": rfc3339(at - timedelta(hours=ago)), "count": 23 + count,
                "measurable": True,
            }
            for ago, count in counted
        ]  # fmt: skip
        take_observations(raw_rows=rows, now=at)
    return Order.objects.select_related("product", "rollup", "buyer").get(order_no=order_no)
