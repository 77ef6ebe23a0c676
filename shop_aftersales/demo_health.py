"""A month of orders behind the demo, so that the board has something to show: one product fell at night, too often.

What fell is mostly of one of two suppliers; of a few orders nobody knows whose they are.
All of it is older than a day when it comes in, so that nobody is warned of it.
"""

from datetime import datetime, timedelta
from typing import Any

from common.clock import rfc3339, shanghai
from compensation.services import intake
from orders.models import Supplier
from orders.services import suppliers
from orders.services.deliveries import take_deliveries
from orders.services.intake import NewOrder
from orders.services.observations import take_observations
from watch.services import health

# product, lines of a day over so many days, and every which one of them fell by how many of a thousand
GOODS = (("likes", 3, 12, 5, 60), ("metered-comments", 4, 10, 2, 130))
FELL_AT = (1, 3, 4, 15)  # hours of the shop's day, mostly at night
# of which supplier the goods are, and of which batch those that fell
FROM = {"likes": ("nan", "N-1118"), "metered-comments": ("bei", "B-1120")}
CALLED = {"nan": "南方号池", "bei": "北方号池"}
UNKNOWN_EVERY = 9


def seed(*, now: datetime) -> None:
    """Through the same services as everything else; then all of it is counted, up to this minute."""
    orders, counts, parcels = [], [], []
    for sku, a_day, days, every, lost in GOODS:
        for number in range(a_day * days):
            name = f"LD2026M{'A' if sku == 'likes' else 'B'}-{number + 1:02d}"
            full_at = _morning(now) - timedelta(days=3 + number // a_day)
            orders.append(_order(name, sku, full_at))
            fell = lost + 10 * (number % 4) if number % every == 0 else 0
            counts += _counts(name, full_at, fell, FELL_AT[number // every % len(FELL_AT)])
            parcels.append(_parcel(name, sku, full_at, fell=bool(fell), known=number % UNKNOWN_EVERY != 1))
    intake.take_orders(new=orders, now=min(order.paid_at for order in orders) + timedelta(hours=1))
    take_deliveries(raw_rows=parcels, now=now)
    for code, title in CALLED.items():
        suppliers.entitle(supplier=Supplier.objects.get(code=code), title=title)
    take_observations(raw_rows=counts, now=now)
    health.run(now=now, lag=timedelta(0))


def _morning(now: datetime) -> datetime:
    """Nine o'clock of the shop's day."""
    return shanghai(now).replace(hour=9, minute=0, second=0, microsecond=0)


def _order(name: str, sku: str, full_at: datetime) -> NewOrder:
    return NewOrder(
        order_no=name, sku=sku, buyer_external_id="顾客辛", buyer_name="顾客辛", buyer_contact="", quantity=1000,
        paid_fen=5000, list_fen=5000, paid_at=full_at - timedelta(hours=20), gateway="shop", baseline=23,
        target=f"https://example.com/shuoshuo/{name}", payment_reference=f"PAY-{name}",
    )  # fmt: skip


def _parcel(name: str, sku: str, at: datetime, *, fell: bool, known: bool) -> dict[str, Any]:
    supplier, batch = FROM[sku]
    said = {"supplier": supplier, "batch": batch if fell else ""} if known else {}
    return {"order_no": name, "delivered_at": rfc3339(at), "quantity": 1000, **said}


def _counts(name: str, full_at: datetime, fell: int, hour: int) -> list[dict[str, Any]]:
    """Full at nine in the morning; what fell had gone by that hour, and stayed away."""
    falls_at = full_at + timedelta(hours=(hour - 9) % 24)
    seen = (
        (full_at, 0),
        (falls_at - timedelta(hours=1), 0),
        (falls_at, fell),
        (full_at + timedelta(hours=24), fell),
    )
    return [
        {
            "order_no": name, "observed_at": rfc3339(at), "count": 1023 - gone, "measurable": True, "comments": 60,
            "shares": 5,
        }
        for at, gone in seen
    ]  # fmt: skip
