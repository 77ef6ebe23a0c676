"""The very rows that facts were read from, by their numbers; and all rows of a line, a page at a time."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import CharField, Q, Subquery, Value

from orders.models import Delivery, Observation, Order, UsageReport

FIGURES = ("used_units", "used_seconds", "revealed_units", "outage_seconds", "supplier_unused")


COUNT_FIELDS = ("pk", "order_id", "observed_at", "count", "measurable")


class CountRow(NamedTuple):
    id: int
    order_id: int
    at: datetime
    counted: int | None
    measurable: bool


def counts_at(*, lines: Iterable[int], instants: Iterable[datetime]) -> list[CountRow]:
    """The counts of these lines at these instants, the oldest first; one statement."""
    rows = Observation.objects.filter(order__in=list(lines), observed_at__in=list(instants))
    found = rows.order_by("observed_at", "pk")
    return [CountRow(*row) for row in found.values_list(*COUNT_FIELDS)]


def said_of(*, order: Order) -> list[tuple[str, int, datetime]]:
    """(`usage` or `delivery`, row, instant) of the reports that some figure is from, and of what was handed over.

    Of each figure the newest report that says it counts. One statement.
    """
    reports = UsageReport.objects.filter(order=order)
    newest = Q(pk=None)
    for name in FIGURES:
        saying = reports.exclude(**{name: None}).order_by("-observed_at").values("pk")[:1]
        newest |= Q(pk=Subquery(saying))
    kind = Value("usage", CharField()), Value("delivery", CharField())
    used = reports.filter(newest).values_list(kind[0], "pk", "observed_at")
    handed = Delivery.objects.filter(order=order).values_list(kind[1], "pk", "delivered_at")
    return sorted(used.union(handed, all=True), key=lambda row: (row[2], row[1]))


def counts_page(*, order: Order, upto: datetime | None, most: int) -> list[Any]:
    """Its counts, the newest first, from that instant back; one more than `most` where there are more."""
    rows = Observation.objects.filter(order=order)
    if upto is not None:
        rows = rows.filter(observed_at__lte=upto)
    return list(rows.order_by("-observed_at")[: most + 1])


def reports_page(*, order: Order, upto: datetime | None, most: int) -> list[Any]:
    """Its reports of usage, likewise."""
    rows = UsageReport.objects.filter(order=order)
    if upto is not None:
        rows = rows.filter(observed_at__lte=upto)
    return list(rows.order_by("-observed_at")[: most + 1])


def deliveries_of(*, order: Order, most: int) -> list[Any]:
    """What was handed over, the newest first."""
    return list(Delivery.objects.filter(order=order).order_by("-delivered_at")[:most])
