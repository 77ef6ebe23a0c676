"""Reads of licences: which a line has, and which a refund takes."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Case, Q, When

from orders.models import (
    Licence,
    Order,
)
from orders.rules.licences import REVOKED


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
