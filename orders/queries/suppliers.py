"""Reads of suppliers: who they are, whose deliveries a line consists of, and what came from them while suspended."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Count, F, Max

from orders.models import Delivery, Supplier
from orders.rules.rows import storable


def supplier_called(code: str) -> Supplier | None:
    return Supplier.objects.filter(code=code).first() if code and storable(code) else None


def suppliers_called(codes: Iterable[str]) -> dict[str, Supplier]:
    return {row.code: row for row in Supplier.objects.filter(code__in=list(codes))}


def suppliers_of(*, order_ids: Iterable[int]) -> dict[int, Supplier]:
    """{line: whose it is}, of lines of which every delivery names the same one; of others nobody can tell."""
    found = supplier_ids_of(order_ids=order_ids)
    known = Supplier.objects.in_bulk(set(found.values()))
    return {line: known[supplier] for line, supplier in found.items()}


def supplier_ids_of(*, order_ids: Iterable[int]) -> dict[int, int]:
    """The same by the suppliers' ids, in one statement."""
    rows = Delivery.objects.filter(order_id__in=list(order_ids), quantity__gt=0).order_by()
    counted = rows.values("order_id").annotate(
        all=Count("id"),
        named=Count("supplier"),
        different=Count("supplier", distinct=True),
        one=Max("supplier"),
    )
    return dict(counted.filter(named=F("all"), different=1).values_list("order_id", "one"))


def came_while_suspended(*, codes: Iterable[str]) -> dict[str, int]:
    """{code: deliveries handed over since it was suspended}, of those that are."""
    rows = Delivery.objects.filter(
        while_suspended=True, supplier__code__in=list(codes), delivered_at__gte=F("supplier__suspended_at")
    )
    return dict(rows.order_by().values_list("supplier__code").annotate(n=Count("id")))
