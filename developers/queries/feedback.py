"""What buyers ask and wish for, apart from what is wrong with the goods: the newest, and what is asked most."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from developers.models import CountedClaim, MakerDay
from developers.queries.freshness import Freshness, freshness
from developers.queries.ranking import Asking, asked_for, ranks
from developers.rules import periods
from developers.rules.groups import questions
from orders import queries as orders

MOST_ASKED, TAUGHT = 10, 10


@dataclass(frozen=True)
class Feedback:
    """Of the last three months; `tutorials` with what their readers said of them."""

    period: periods.Period
    reasons: dict[str, tuple[int, int]]  # {reason: (in these days, in those before)}
    most: list[Asking]
    tutorials: list[Any]
    freshness: Freshness


def feedback_of(*, developer: Any, reason: str = "", sku: str = "") -> QuerySet[CountedClaim]:
    """Questions, wishes and whatever else is no defect, on own goods, with all that a row shows; by ticket."""
    rows = CountedClaim.objects.filter(product__developer=developer, filed=True, reason__in=questions())
    if reason:
        rows = rows.filter(reason=reason)
    if sku:
        rows = rows.filter(product__sku=sku)
    return rows.select_related("ticket__order__product", "ticket__order__buyer").order_by("-ticket_id")


def feedback(*, developer: Any, now: datetime) -> Feedback:
    period = periods.period(periods.MONTHS_3, now=now)
    return Feedback(
        period, _reasons(developer, period), _most(developer, period),
        list(orders.tutorials_of(developer)[:TAUGHT]), freshness(now=now),
    )  # fmt: skip


def _reasons(developer: Any, period: periods.Period) -> dict[str, tuple[int, int]]:
    (start, end), (before, _) = period.this.days(), period.before.days()
    rows = MakerDay.objects.filter(developer=developer, day__gte=before, day__lt=end, reason__in=questions())
    found = dict.fromkeys(questions(), (0, 0))
    for day, reason, number in rows.values_list("day", "reason", "questions"):
        this, earlier = found[reason]
        found[reason] = (this + number, earlier) if day >= start else (this, earlier + number)
    return found


def _most(developer: Any, period: periods.Period) -> list[Asking]:
    """Of the goods that were asked about most, what it was."""
    products = [one.pk for one in ranks(developer=developer, period=period).asked[:MOST_ASKED]]
    return asked_for(products=products, period=period, most=MOST_ASKED)
