"""Days on which lines were used, as far as nobody has added them up yet."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from django.db.models import Exists

from orders.models import UsageDay


class UsedOn(NamedTuple):
    pk: int
    product: int
    day: date
    lines: int


def used_days_due(*, most: int) -> list[UsedOn]:
    rows = UsageDay.objects.filter(touched=True).order_by("pk")
    return [UsedOn(*row) for row in rows.values_list("pk", "product_id", "day", "lines")[:most]]


def used_days_wait() -> Exists:
    """Whether there are any, as part of another query."""
    return Exists(UsageDay.objects.filter(touched=True))
