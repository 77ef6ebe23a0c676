"""The lines of a product that were paid or delivered in a stretch of time: batch by batch, by index."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from orders.models import DeliveredBatch, Delivery, ListedSpecification, Order


class Place(NamedTuple):
    """How far the walk has come: the instant and the id of the last row read."""

    at: datetime
    pk: int


class Stretch(NamedTuple):
    """Both ends belong to it. By delivery: of that supplier, and of that batch, where they are named."""

    product_id: int
    start: datetime
    end: datetime
    supplier_id: int | None = None
    batch: str = ""


class Told(NamedTuple):
    """A delivery as the shop told of it: from whom, of which batch, and what it said of each unit."""

    supplier: str
    batch: str
    units: list[dict[str, object]]


def reached_by_payment(*, stretch: Stretch, after: Place | None, most: int) -> list[tuple[int, Place]]:
    """(order, place) of the next lines by their payment."""
    rows = Order.objects.filter(
        product_id=stretch.product_id, paid_at__gte=stretch.start, paid_at__lte=stretch.end
    )
    if after is not None:
        rows = rows.filter(paid_at__gte=after.at).filter(Q(paid_at__gt=after.at) | Q(pk__gt=after.pk))
    found = rows.order_by("paid_at", "id").values_list("pk", "paid_at")[:most]
    return [(pk, Place(at, pk)) for pk, at in found]


def reached_by_delivery(*, stretch: Stretch, after: Place | None, most: int) -> list[tuple[int, Place]]:
    """(order, place) of the next lines by the first such delivery in the stretch, so that each comes once."""
    such: dict[str, Any] = {"delivered_at__gte": stretch.start}
    if stretch.supplier_id is not None:
        such["supplier"] = stretch.supplier_id
    earlier = Delivery.objects.filter(
        order=OuterRef("order"), delivered_at__lt=OuterRef("delivered_at"), **such
    )
    if stretch.batch:
        earlier = earlier.filter(batches__batch=stretch.batch)
    # Not joined: a planner would begin with all orders of the product, whenever they were delivered.
    product = Order.objects.filter(pk=OuterRef("order")).values("product_id")
    rows = _handed_over(stretch).alias(goods=Subquery(product))
    rows = rows.filter(~Exists(earlier), goods=stretch.product_id)
    if after is not None:
        rows = rows.filter(delivered_at__gte=after.at).filter(
            Q(delivered_at__gt=after.at) | Q(order_id__gt=after.pk)
        )
    found = rows.order_by("delivered_at", "order_id").values_list("order_id", "delivered_at")[:most]
    return [(pk, Place(at, pk)) for pk, at in found]


def _handed_over(stretch: Stretch) -> QuerySet[Any]:
    """Deliveries in the stretch, or their batches, by the index that leaves the fewest to read."""
    within: dict[str, Any] = {"delivered_at__gte": stretch.start, "delivered_at__lte": stretch.end}
    if stretch.batch:
        rows = DeliveredBatch.objects.filter(batch=stretch.batch, **within)
        return rows if stretch.supplier_id is None else rows.filter(delivery__supplier=stretch.supplier_id)
    if stretch.supplier_id is not None:
        return Delivery.objects.filter(supplier=stretch.supplier_id, **within)
    return Delivery.objects.filter(**within)


def parcels_of(*, order_ids: Iterable[int]) -> dict[int, list[Told]]:
    """{order: what the shop said of each delivery}."""
    told: dict[int, list[Told]] = {}
    rows = Delivery.objects.filter(order_id__in=list(order_ids)).order_by("id")
    for order_id, code, batch, units in rows.values_list("order_id", "supplier__code", "batch", "units"):
        told.setdefault(order_id, []).append(Told(code or "", batch, units))
    return told


def listed_of(*, order_ids: Iterable[int]) -> dict[int, dict[str, object]]:
    """{order: what its product was said to be when it was paid}."""
    then = ListedSpecification.objects.filter(product=OuterRef("product"), listed_at__lte=OuterRef("paid_at"))
    rows = Order.objects.filter(pk__in=list(order_ids)).annotate(
        said=Subquery(then.order_by("-listed_at", "-id").values("content")[:1])
    )
    return {pk: said if isinstance(said, dict) else {} for pk, said in rows.values_list("pk", "said")}


def lines_reached(order_ids: Iterable[int]) -> dict[int, Order]:
    """{id: order} with product, buyer and rollup, as a decision on it wants them."""
    rows = Order.objects.filter(pk__in=list(order_ids))
    return {order.pk: order for order in rows.select_related("product", "rollup", "buyer__agent")}
