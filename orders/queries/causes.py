"""The rows that show what went wrong beside the counts: outages, the listing an order was paid under, batches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orders.models import Delivery, ListedSpecification, UsageReport

if TYPE_CHECKING:
    from orders.models import Order

MOST = 3


def outages_of(*, order: Order) -> list[int]:
    """The newest reports of use that tell of an outage."""
    rows = UsageReport.objects.filter(order=order, outage_seconds__gt=0).order_by("-observed_at")
    return list(rows.values_list("pk", flat=True)[:MOST])


def batches_of(*, order: Order) -> list[int]:
    """The newest batches that were handed over."""
    rows = Delivery.objects.filter(order=order).order_by("-delivered_at")
    return list(rows.values_list("pk", flat=True)[:MOST])


def listing_of(*, order: Order) -> list[int]:
    """What the goods were said to be when they were paid, by its number."""
    rows = ListedSpecification.objects.filter(product=order.product_id, listed_at__lte=order.paid_at)
    return list(rows.order_by("-listed_at", "-id").values_list("pk", flat=True)[:1])
