"""Reads of orders that rooms above and pages use."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Case, Exists, OuterRef, Q, When

from common.phrases import mark
from common.refusals import Absent
from orders.models import Delivery, Licence, Observation, Order, Product, Usage
from orders.rules.licences import REVOKED
from orders.rules.line import Count, read_counts
from orders.rules.rows import storable

LICENSED = Exists(Licence.objects.filter(order=OuterRef("pk")))


class OrderAbsent(Absent):
    code = "order_not_found"
    detail = mark("没有找到这一单，请核对订单号。")


def find_order(*, reader: Any, order_no: str) -> Order:
    """The reader's order with product, buyer and rollup; another's looks absent."""
    mine = (
        Order.objects.visible_to(reader)
        .select_related("product", "buyer", "rollup")
        .annotate(licensed=LICENSED)
    )
    order = mine.filter(order_no=order_no).first() if storable(order_no) else None
    if order is None:
        raise OrderAbsent()
    return order


def orders_of(reader: Any) -> Any:
    """The reader's orders with product and rollup, the newest first."""
    return Order.objects.visible_to(reader).select_related("product", "rollup").order_by("-id")


def ids_matching(*, text: str, most: int) -> list[int]:
    """Orders whose number begins with the text, or ends with it, or whose buyer is called so; the newest first."""
    newest = Order.objects.order_by("-id").values_list("pk", flat=True)
    begins = list(newest.filter(order_no__startswith=text)[:most])
    buyers = newest.filter(
        Q(buyer__external_id=text) | Q(buyer__name__startswith=text) | Q(buyer__contact=text)
    )
    found = [*begins, *buyers[:most]]
    if not found and len(text) >= 4:  # a number as pages show it: its last digits
        found = list(newest.filter(order_no__endswith=text)[:most])
    return found[:most]


def order_called(order_no: str) -> Order:
    """For the program itself: no reader asks."""
    return Order.objects.get(order_no=order_no)


def numbers() -> Iterator[tuple[int, str]]:
    """(id, order number) of every order there is, the newest first."""
    return Order.objects.order_by("-id").values_list("pk", "order_no").iterator(chunk_size=2000)


def payments_of(buyers: set[str]) -> Iterator[tuple[int, str, datetime]]:
    """(order id, buyer, paid at) of what these buyers paid for, gifts and free orders left out."""
    wanted = sorted(buyers)
    for start in range(0, len(wanted), 1000):
        some = Order.objects.filter(buyer__external_id__in=wanted[start : start + 1000], paid_fen__gt=0)
        yield from some.values_list("pk", "buyer__external_id", "paid_at")


def metered_ended(*, by: datetime) -> Any:
    """Metered lines whose drop window ended by then, with product and rollup."""
    ended = Order.objects.filter(product__kind="metered", rollup__window_ends_at__lte=by)
    return ended.select_related("rollup", "product").order_by("id")


def products_called(skus: set[str]) -> dict[str, Product]:
    """{sku: product} of those that exist."""
    return {product.sku: product for product in Product.objects.filter(sku__in=skus)}


def products() -> Any:
    """All products with their developers."""
    return Product.objects.select_related("developer").order_by("sku")


def goods_of(developer: Any) -> Any:
    """The products that a developer makes."""
    return Product.objects.filter(developer=developer).order_by("sku")


def find_product(*, sku: str) -> Product:
    product = products().filter(sku=sku).first() if storable(sku) else None
    if product is None:
        raise Absent(mark("没有这件商品，请核对货号。"))
    return product


def curve(*, order: Order, most: int = 240) -> list[tuple[datetime, int | None]]:
    """(observed_at, present or None where it can't be trusted), oldest first, the newest `most`."""
    rows = list(
        Observation.objects.filter(order=order)
        .order_by("-observed_at")
        .values_list("observed_at", "count", "measurable")[:most]
    )
    counts = [Count(at, count, measurable) for at, count, measurable in reversed(rows)]
    return [(seen.at, seen.present) for seen in read_counts(counts, baseline=order.baseline)]


def _trusted(order: Order) -> Any:
    """Counts that can be believed of a line where something was delivered: a zero is a removal, not a count."""
    return Observation.objects.filter(order=order, measurable=True, count__gte=max(1, order.baseline))


def newest_present_until(*, order: Order, until: datetime) -> int | None:
    """The newest trusted present count at or before `until`."""
    rows = _trusted(order).filter(observed_at__lte=until).order_by("-observed_at")
    count = rows.values_list("count", flat=True).first()
    return None if count is None else count - order.baseline


def rose_after(*, order: Order, after: datetime, above: int) -> bool | None:
    """Whether any trusted count after the instant is above `above`; None where none was taken yet."""
    rows = _trusted(order).filter(observed_at__gt=after)
    highest = rows.order_by("-count").values_list("count", flat=True).first()
    return None if highest is None else highest - order.baseline > above


def handed_over(*, order: Order) -> tuple[int, datetime | None]:
    """(units that the shop said it delivered, the first delivery)."""
    rows = list(Delivery.objects.filter(order=order).values_list("quantity", "delivered_at"))
    return sum(q for q, _ in rows), min((at for _, at in rows), default=None)


def usage_of(*, order: Order) -> Usage | None:
    """What its reports of usage come to; None where nobody reported."""
    return Usage.objects.filter(order=order).first()


def licences_of(*, order: Order, reader: Any) -> Any:
    """Its licences as far as the reader may see them, by unit."""
    return Licence.objects.visible_to(reader).filter(order=order).order_by("unit")


def units_of_refund(*, key: UUID) -> Any:
    """What that refund takes back, those that may still work first."""
    revoked = Case(When(state=REVOKED, then=1), default=0)
    return Licence.objects.filter(taken_by=key).order_by(revoked, "unit")


def steps_of_refunds(*, keys: Iterable[UUID]) -> list[UUID]:
    """The newest step on each unit of these refunds that may still work."""
    rows = Licence.objects.filter(taken_by__in=list(keys)).exclude(Q(state=REVOKED) | Q(step_key=None))
    return [key for key in rows.order_by("id").values_list("step_key", flat=True) if key]


def not_taken_back(*, keys: Iterable[UUID]) -> set[UUID]:
    """Of these refunds, those that wait for a unit which may still work."""
    rows = Licence.objects.filter(taken_by__in=list(keys)).exclude(state=REVOKED).order_by()
    return {key for key in rows.values_list("taken_by", flat=True) if key}


def has_licences(*, order: Order) -> bool:
    known: bool | None = getattr(order, "licensed", None)  # licences come with their order, and never later
    return Licence.objects.filter(order=order).exists() if known is None else known


def licence_called(*, order_no: str, licence_id: str) -> Licence | None:
    """The order's licence of that id, for the program itself."""
    return (
        Licence.objects.select_related("order")
        .filter(order__order_no=order_no, licence_id=licence_id)
        .first()
    )


def interactions(*, order: Order) -> tuple[datetime, int] | None:
    """(observed_at, comments + shares since the baseline) by the newest look; None where it can't be counted."""
    row = Observation.objects.filter(order=order).order_by("-observed_at").first()
    if row is None or not row.measurable or row.comments is None or row.shares is None:
        return None
    before = (order.baseline_comments or 0) + (order.baseline_shares or 0)
    return row.observed_at, max(0, row.comments + row.shares - before)
