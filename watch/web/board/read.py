"""What the board shows, read from days already counted and from bounded windows; the same queries for any size."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Sum

from common.clock import SHANGHAI, shanghai
from tickets import queries as tickets
from watch import queries
from watch.models import DayFigure, Incident, Proposal
from watch.rules import health

DAYS, MAP_DAYS, MOST_SUBJECTS, MOST_ROWS = 30, 7, 8, 400
OF_GOODS = (health.DROP, health.FAKE, health.DELAY, health.DEFECT)
OF_SUPPLIERS = (*health.OF_SUPPLIERS, health.SHORT, health.SLOW)
Sums = dict[str, tuple[int, int]]
Falls = list[tuple[str, list[int]]]  # (subject, units by the hour), those that fell most first
Rates = list[tuple[str, Sums]]  # (subject, {figure: (part, whole)}), those with most trouble first


@dataclass(frozen=True)
class Board:
    """Figures only; what they are called is written elsewhere. `names`: what subjects are called."""

    days: list[date]
    states: list[tuple[str, int]]  # (state, cases in it, no further counted than tickets.queries.CAP)
    opened: list[int]
    ended: list[int]
    paid_fen: list[int]
    breaches: dict[str, list[int]]  # {clock: by the day}
    fakes: list[tuple[int, int]]  # (fake, delivered) by the day
    falls: Falls  # of goods
    rates: Rates
    supplied_falls: Falls  # of suppliers, those of nobody known last
    supplied_rates: Rates
    names: dict[str, str]
    incidents: list[Incident]
    proposals: list[Proposal]
    standing: int  # proposals that wait or hold, also those not listed
    flagged: dict[str, int]  # {subject: deliveries that came since it was suspended}


def board(*, now: datetime) -> Board:
    today = shanghai(now).date()
    days = [today - timedelta(days=back) for back in reversed(range(DAYS))]
    shop, falls, rates = _shop(days), _falls(health.PRODUCT, today), _rates(OF_GOODS, health.PRODUCT, days[0])
    supplied_falls = _falls(health.SUPPLIER, today)
    supplied_rates = _rates(OF_SUPPLIERS, health.SUPPLIER, days[0])
    proposals, standing, flagged = _proposals()
    subjects = [*(one for rows in (falls, rates, supplied_falls, supplied_rates) for one, _ in rows)]
    breaches = tickets.breaches_since(at=datetime.combine(days[0], time(), SHANGHAI))
    return Board(
        days=days,
        states=tickets.open_by_state(),
        opened=[shop.get((day, health.OPENED), 0) for day in days],
        ended=[shop.get((day, health.ENDED), 0) for day in days],
        paid_fen=[shop.get((day, health.PAID), 0) for day in days],
        breaches=_by_day(breaches, days),
        fakes=_fakes(days),
        falls=falls,
        rates=rates,
        supplied_falls=supplied_falls,
        supplied_rates=supplied_rates,
        names=queries.names_of([*subjects, *(one.subject for one in proposals)]),
        incidents=list(Incident.objects.select_related("product", "supplier").order_by("-id")[:MOST_SUBJECTS]),
        proposals=proposals,
        standing=standing,
        flagged=flagged,
    )  # fmt: skip


def _proposals() -> tuple[list[Proposal], int, dict[str, int]]:
    """(those listed, how many there are, deliveries of the suspended): first who still delivers, then the newest."""
    standing = Proposal.objects.filter(state__in=("open", "accepted"))
    found = list(standing.order_by("-id")[:MOST_ROWS])
    flagged = queries.flagged(one.subject for one in found if one.state == "accepted")
    found.sort(key=lambda one: (one.state == "open" or not flagged.get(one.subject), -one.pk))
    return found[:MOST_SUBJECTS], standing.count(), flagged


def _shop(days: list[date]) -> dict[tuple[date, str], int]:
    rows = DayFigure.objects.filter(subject=health.SHOP, day__gte=days[0])
    return {(day, figure): part for day, figure, part in rows.values_list("day", "figure", "part")}


def _by_day(breaches: Iterable[tuple[date, str, int]], days: list[date]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(lambda: [0] * len(days))
    place = {day: index for index, day in enumerate(days)}
    for day, kind, number in breaches:
        if day in place:
            found[kind][place[day]] += number
    return dict(found)


def _fakes(days: list[date]) -> list[tuple[int, int]]:
    rows = DayFigure.objects.filter(figure=health.UNITS, day__gte=days[0]).order_by().values_list("day")
    sums = {day: (part, whole) for day, part, whole in rows.annotate(Sum("part"), Sum("whole"))}
    return [sums.get(day, (0, 0)) for day in days]


def _falls(kind: str, today: date) -> Falls:
    since = today - timedelta(days=MAP_DAYS - 1)
    found: dict[str, list[int]] = defaultdict(lambda: [0] * 24)
    for subject, figure, part, _ in _summed(health.HOURS, kind, since):
        found[subject][health.HOURS.index(figure)] = part
    return _most({subject: units for subject, units in found.items() if any(units)}, sum)


def _rates(figures: Iterable[str], kind: str, since: date) -> Rates:
    found: dict[str, Sums] = defaultdict(dict)
    for subject, figure, part, whole in _summed(figures, kind, since):
        found[subject][figure] = part, whole
    return _most(found, lambda sums: sum(part for part, _ in sums.values()))


def _most(found: dict[str, Any], trouble: Callable[[Any], int]) -> list[tuple[str, Any]]:
    """Those with most trouble, the largest first; what is of nobody known is always among them, and last."""
    known = [one for one in found.items() if one[0] != health.NOBODYS]
    most = sorted(known, key=lambda one: (-trouble(one[1]), one[0]))[:MOST_SUBJECTS]
    return most + [(subject, seen) for subject, seen in found.items() if subject == health.NOBODYS]


def _summed(names: Iterable[str], kind: str, since: date) -> Any:
    """(subject, figure, part, whole), the largest first, and no more than can be shown."""
    rows = DayFigure.objects.filter(figure__in=list(names), day__gte=since).order_by()
    rows = rows.filter(subject__startswith=health.subject(kind, ""))
    summed = rows.values_list("subject", "figure").annotate(n=Sum("part"), of=Sum("whole"))
    return summed.order_by("-n", "-of", "subject")[:MOST_ROWS]
