"""The rows behind a developer's figures: the claims and remedies that were counted, newest first, in a period."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q

from compensation import queries as compensation
from compensation.rules.fate import ENDED, STATES
from developers.models import CountedClaim, CountedCost
from developers.rules.groups import ALL, CASH, GIFTS, QUESTIONS, REAL, RECALL, UNITS, questions
from developers.rules.periods import Stretch
from tickets import queries as tickets

GIFT = "gift"
OPEN = [state for state in STATES if state not in ENDED]


@dataclass(frozen=True)
class Cost:
    """Cash that was refunded and units that came; `gifts` of these were given on top."""

    fen: int = 0
    units: int = 0
    gifts: int = 0


@dataclass(frozen=True)
class Asked:
    """Which figure is opened: `what` of groups.OPENED_BY, narrowed to what else is given."""

    what: str = ALL
    reason: str = ""
    sku: str = ""
    no: str = ""
    cost: str = ""  # of groups.COSTS


def claims_of(*, developer: Any, stretch: Stretch) -> Any:
    """Claims on own goods opened in that time with all that a row shows, the newest first.

    What somebody filed: a recall's cases are the developer's own doing, and only what they cost counts.
    """
    found = tickets.tickets_of(developer).exclude(channel=RECALL)
    found = found.filter(opened_at__gte=stretch.start, opened_at__lt=stretch.end)
    return found.select_related("order__product", "order__buyer", "decision").order_by("-opened_at", "-id")


def behind(
    *, developer: Any, stretch: Stretch, asked: Asked, before: tuple[datetime, int] | None, most: int
) -> list[Any]:
    """The claims that a figure counts, the newest first, one more than `most` where there are more."""
    start, end = stretch.days()
    counted = CountedClaim.objects.filter(
        product__developer=developer, filed=True, day__gte=start, day__lt=end
    )
    if asked.reason:
        counted = counted.filter(reason=asked.reason)
    if asked.sku:
        counted = counted.filter(product__sku=asked.sku)
    if asked.no:
        counted = counted.filter(ticket__no=asked.no)
    if asked.what == REAL:
        counted = counted.filter(real=True)
    if asked.what == QUESTIONS:
        counted = counted.filter(reason__in=questions())
    rows = _back_from(counted, "opened_at", before)
    ids = list(rows.order_by("-opened_at", "-ticket_id").values_list("pk", flat=True)[: most + 1])
    return list(claims_of(developer=developer, stretch=stretch).filter(pk__in=ids))


def spent(
    *, developer: Any, stretch: Stretch, asked: Asked, before: tuple[datetime, int] | None, most: int
) -> list[Any]:
    """The remedies that a cost adds up, likewise: what was refunded, and units that came."""
    sorts = {CASH: Q(fen__gt=0), UNITS: Q(units__gt=0, gifts=0), GIFTS: Q(gifts__gt=0)}
    start, end = stretch.days()
    counted = CountedCost.objects.filter(
        sorts.get(asked.cost) or Q(fen__gt=0) | Q(units__gt=0),
        remedy=OuterRef("pk"),
        day__gte=start,
        day__lt=end,
    )
    if asked.reason:
        counted = counted.filter(reason=asked.reason)
    found = compensation.remedies().visible_to(developer).filter(Exists(counted))
    return _remedies(found, "ended_at", asked, before, most)


def waiting(*, developer: Any, asked: Asked, before: tuple[datetime, int] | None, most: int) -> list[Any]:
    """The remedies that are owed and have not come yet, whenever they were promised."""
    counted = CountedCost.objects.filter(remedy=OuterRef("pk"), day=None)
    found = compensation.remedies().visible_to(developer).filter(Exists(counted))
    return _remedies(found, "created_at", asked, before, most)


def _remedies(
    found: Any, column: str, asked: Asked, before: tuple[datetime, int] | None, most: int
) -> list[Any]:
    if asked.sku:
        found = found.filter(order__product__sku=asked.sku)
    recalled = Exists(CountedCost.objects.filter(remedy=OuterRef("pk"), reason=RECALL))
    found = found.select_related("decision__order", "order__product", "order__buyer").annotate(
        recalled=recalled
    )
    return list(_back_from(found.order_by(f"-{column}", "-id"), column, before)[: most + 1])


def _back_from(rows: Any, column: str, before: tuple[datetime, int] | None) -> Any:
    if before is None:
        return rows
    at, pk = before
    return rows.filter(Q(**{f"{column}__lt": at}) | Q(**{column: at}, pk__lt=pk))


def cost_of(ticket: Any) -> tuple[Cost, Cost]:
    """(what its remedies came to, what is still on its way)."""
    done, still = Cost(), Cost()
    for remedy in ticket.decision.remedies.all():
        gift = remedy.kind == GIFT
        if remedy.state not in ENDED:
            still = total((still, _owed(remedy)))
        paid = remedy.amount_fen or 0 if remedy.state == "settled" else 0
        done = total((done, Cost(paid, remedy.delivered, remedy.delivered * gift)))
    return done, still


def _owed(remedy: Any) -> Cost:
    left = (remedy.quantity or 0) - remedy.delivered
    return Cost(remedy.amount_fen or 0, left, left if remedy.kind == GIFT else 0)


def total(costs: Iterable[Cost]) -> Cost:
    sums: Counter[str] = Counter()
    for cost in costs:
        sums.update(fen=cost.fen, units=cost.units, gifts=cost.gifts)
    return Cost(**sums)
