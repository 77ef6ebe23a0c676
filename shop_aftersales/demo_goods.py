"""Demo orders of the goods that are used up rather than counted: part of a course, of a month, items, codes."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from common.clock import rfc3339
from common.phrases import mark
from compensation.services import intake
from orders.services.deliveries import take_deliveries
from orders.services.intake import NewOrder
from orders.services.usage import take_usage


class Line(NamedTuple):
    """An order of `lin`, paid so many hours ago; `used` is what the shop reported half an hour ago."""

    order_no: str
    sku: str
    quantity: int
    paid_fen: int
    hours_ago: int
    used: dict[str, Any]
    licences: int
    hint: str


ORDERS = (
    Line("LD20261120-KC", "course-photo", 40, 19_920, 240, {"progress_percent": 30}, 40, mark("课程学了 30%")),
    Line(
        "LD20261120-HY", "cloud-month", 1, 3000, 240, {"used_seconds": 64_800, "outage_seconds": 86_400}, 1,
        mark("会员用了 10 天，停过 1 天"),
    ),
    Line("LD20261120-DJ", "sword", 5, 3240, 1, {"used_units": 0}, 5, mark("道具 5 件，还没用")),
    Line("LD20261120-SQ", "licence-key", 3, 6000, 6, {"used_units": 1}, 3, mark("激活码 3 份，用了 1 份")),
)  # fmt: skip


def seed(
    *, buyer: str, password: str, now: datetime, watched: Callable[[Sequence[Any]], Iterable[Any]] = iter
) -> None:
    for line in watched(ORDERS):
        sell(line=line, buyer=buyer, password=password, now=now)


def sell(*, line: Line, buyer: str, password: str, now: datetime) -> None:
    """Sold with a licence for each unit, so that a refund takes exactly its units back by itself."""
    numbers = tuple(f"{line.order_no}.{n}" for n in range(1, line.licences + 1))
    new = NewOrder(
        order_no=line.order_no, sku=line.sku, buyer_external_id=buyer, buyer_name=buyer, buyer_contact="",
        quantity=line.quantity, paid_fen=line.paid_fen, list_fen=line.paid_fen,
        paid_at=now - timedelta(hours=line.hours_ago), query_password=password, gateway="shop",
        payment_reference=f"PAY-{line.order_no}", licence_ids=numbers,
    )  # fmt: skip
    intake.take_order(new=new, now=now)
    came, seen = rfc3339(new.paid_at + timedelta(minutes=1)), rfc3339(now - timedelta(minutes=30))
    whole = {"delivered_at": came, "quantity": line.quantity, "final": True}
    take_deliveries(raw_rows=[{"order_no": line.order_no, **whole}], now=now)
    take_usage(raw_rows=[{"order_no": line.order_no, "observed_at": seen, **line.used}], now=now)
