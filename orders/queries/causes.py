"""The rows that show what went wrong beside the counts: outages, the listing an order was paid under, batches."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from orders.models import Delivery, ListedSpecification, Observation, Order, Supplier, UsageReport

if TYPE_CHECKING:
    from django.db.models import Model

MOST = 3
# In which table a kind of record is numbered, as one statement reads it.
_TABLES: dict[str, tuple[type[Model], str]] = {
    "counts": (Observation, "order"), "unshown": (Observation, "order"), "usage": (UsageReport, ""),
    "outages": (UsageReport, ""), "deliveries": (Delivery, "supplier"), "suppliers": (Supplier, ""),
    "listed": (ListedSpecification, ""), "orders": (Order, ""),
}  # fmt: skip


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


def rows_numbered(rows: Mapping[str, Iterable[int]]) -> dict[str, dict[int, Any]]:
    """{kind: {number: row}} of the kinds that are kept here; what was pruned since is left out. A statement a kind."""
    return {kind: _rows(*_TABLES[kind], ids) for kind, ids in rows.items() if kind in _TABLES}


def _rows(table: type[Model], beside: str, ids: Iterable[int]) -> dict[int, Any]:
    rows = table._default_manager.filter(pk__in=list(ids))
    return {row.pk: row for row in (rows.select_related(beside) if beside else rows)}
