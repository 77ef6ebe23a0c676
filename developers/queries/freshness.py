"""Up to when the figures by the day count, and whether they are complete."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from developers.models import Follower
from developers.queries import statements
from evidence import queries as evidence
from orders import queries as orders


@dataclass(frozen=True)
class Freshness:
    """`counting`: orders of before are still being walked, so that the figures are not complete."""

    until: datetime | None
    counting: bool


def freshness(*, now: datetime) -> Freshness:
    """Everything until now where nothing waits; else until what was counted last. One query."""
    for walked, counted_at, waits in _place():
        if walked is None and (counted_at or not waits):
            until = statements.moment(counted_at) if waits else now
            return Freshness(until, counting=False)
    return Freshness(None, counting=True)


@statements.once
def _place() -> Any:
    waits = evidence.more_than("seq") | Q(orders.used_days_wait())
    return Follower.objects.values_list("walked", "counted_at", waits)[:1]
