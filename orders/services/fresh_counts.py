"""Before a claim: a count that is too old is taken anew where the shop has a probe, else the last one stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from integrations.services import collecting
from orders import queries
from orders.models import Rollup
from orders.services.observations import take_observations

if TYPE_CHECKING:
    from orders.models import Order

STALE = timedelta(minutes=30)
PAUSED = collecting.PAUSED
UNITS, INTERACTIONS = "units", "interactions"


@dataclass(frozen=True)
class Missed:
    """A fresh count was asked for and not had: why, and how old the one is that stands."""

    why: str
    minutes: int | None  # None: nobody ever counted
    of: str  # units | interactions: what was to be counted


def connected() -> bool:
    """Whether there is a probe that could be asked."""
    return collecting.is_connected()


def count_anew(*, order: Order, now: datetime, interactions: bool = False) -> Missed | None:
    """Ask, and take the answer in as any other count; call it outside of a transaction.

    None where there is nothing to say of it: the count is recent, it was just taken, or nobody counts this one.
    With `interactions` a look without comments and shares is no count.
    """
    if order.product.kind != "metered" or not collecting.is_connected():
        return None
    seen_at = _interactions_seen_at(order) if interactions else _seen_at(order)
    if seen_at is not None and now - seen_at <= STALE:
        return None
    minutes = None if seen_at is None else int((now - seen_at).total_seconds() // 60)
    of = INTERACTIONS if interactions else UNITS
    try:
        row = collecting.count_of(order_no=order.order_no, target=order.target, now=now)
    except collecting.NotHad as error:
        return Missed(str(error), minutes, of)
    report = take_observations(raw_rows=[row], now=now) if row else None
    return Missed(report.rejected[0]["code"], minutes, of) if report and report.rejected else None


def _seen_at(order: Order) -> datetime | None:
    return Rollup.objects.filter(pk=order.pk).values_list("newest_seen_at", flat=True).first()


def _interactions_seen_at(order: Order) -> datetime | None:
    found = queries.interactions_of(order_ids=[order.pk])
    return found[order.pk][0] if found else None
