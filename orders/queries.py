"""Reads of orders that rooms above and pages use."""

from datetime import datetime
from typing import Any

from common.refusals import Absent
from orders.models import Delivery, Observation, Order, Product


class OrderAbsent(Absent):
    code = "order_not_found"
    detail = "没有找到这一单，请核对订单号。"


def find_order(*, reader: Any, order_no: str) -> Order:
    """The reader's order with product, buyer and rollup; another's looks absent."""
    order = (
        Order.objects.visible_to(reader)
        .select_related("product", "buyer", "rollup")
        .filter(order_no=order_no)
        .first()
    )
    if order is None:
        raise OrderAbsent()
    return order


def products() -> Any:
    """All products with their developers."""
    return Product.objects.select_related("developer").order_by("sku")


def find_product(*, sku: str) -> Product:
    product = products().filter(sku=sku).first()
    if product is None:
        raise Absent("没有这件商品，请核对货号。")
    return product


def curve(*, order: Order, most: int = 240) -> list[tuple[datetime, int | None]]:
    """(observed_at, present or None where it can't be trusted), oldest first, the newest `most`."""
    rows = list(
        Observation.objects.filter(order=order)
        .order_by("-observed_at")
        .values_list("observed_at", "count", "measurable")[:most]
    )
    return [
        (
            at,
            max(0, count - order.baseline)
            if measurable and count is not None and count >= order.baseline
            else None,
        )
        for at, count, measurable in reversed(rows)
    ]


def newest_present_until(*, order: Order, until: datetime) -> int | None:
    """The newest trusted present count at or before `until`."""
    rows = Observation.objects.filter(
        order=order, observed_at__lte=until, measurable=True, count__gte=order.baseline
    ).order_by("-observed_at")
    count = rows.values_list("count", flat=True).first()
    return None if count is None else count - order.baseline


def rose_after(*, order: Order, after: datetime, above: int) -> bool | None:
    """Whether any trusted count after the instant is above `above`; None where none was taken yet."""
    rows = Observation.objects.filter(
        order=order, observed_at__gt=after, measurable=True, count__gte=order.baseline
    )
    highest = rows.order_by("-count").values_list("count", flat=True).first()
    return None if highest is None else highest - order.baseline > above


def handed_over(*, order: Order) -> tuple[int, datetime | None]:
    """(units that the shop said it delivered, the first delivery)."""
    rows = list(Delivery.objects.filter(order=order).values_list("quantity", "delivered_at"))
    return sum(q for q, _ in rows), min((at for _, at in rows), default=None)


def interactions(*, order: Order) -> tuple[datetime, int] | None:
    """(observed_at, comments + shares since the baseline) by the newest look; None where it can't be counted."""
    row = Observation.objects.filter(order=order).order_by("-observed_at").first()
    if row is None or not row.measurable or row.comments is None or row.shares is None:
        return None
    before = (order.baseline_comments or 0) + (order.baseline_shares or 0)
    return row.observed_at, max(0, row.comments + row.shares - before)
