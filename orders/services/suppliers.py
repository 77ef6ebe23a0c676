"""Suppliers: known since a delivery first named them, called as ops call them, suspended and let in again."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from orders.models import Supplier


def called(codes: Iterable[str], *, now: datetime) -> dict[str, Supplier]:
    """{code: supplier}, each made where it is named for the first time; in the caller's transaction."""
    wanted = sorted(set(codes))
    if not wanted:
        return {}
    found = _found(wanted)
    if len(found) < len(wanted):
        missing = (code for code in wanted if code not in found)
        Supplier.objects.bulk_create(
            (Supplier(code=code, title=code, named_at=now) for code in missing), ignore_conflicts=True
        )
        found = _found(wanted)
    return found


def was_suspended(supplier: Supplier | None, *, at: datetime) -> bool:
    """Whether nothing was to be ordered from them at that instant, as far as it is known now."""
    return supplier is not None and supplier.suspended_at is not None and at >= supplier.suspended_at


def suspend(*, code: str, now: datetime) -> None:
    """What they hand over from now on is kept and flagged. In the transaction of whoever decided it."""
    Supplier.objects.filter(code=code, suspended_at=None).update(suspended_at=now)


def let_in(*, code: str) -> None:
    """What was flagged stays flagged."""
    Supplier.objects.filter(code=code).update(suspended_at=None)


def entitle(*, supplier: Supplier, title: str) -> None:
    """What ops call them, on every page."""
    supplier.title = title
    supplier.save(update_fields=["title"])


def _found(codes: list[str]) -> dict[str, Supplier]:
    return {row.code: row for row in Supplier.objects.filter(code__in=codes)}
