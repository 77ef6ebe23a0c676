"""What the board shows, read from days already counted and from bounded windows; the same queries for any size."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import TruncDate

from common.clock import SHANGHAI, shanghai
from tickets import queries as tickets
from watch import queries
from watch.models import DayFigure, Incident, Proposal
from watch.rules import health

DAYS, MAP_DAYS, MOST_SUBJECTS, MOST_PROPOSALS = 30, 7, 8, 400
OF_GOODS = (health.DROP, health.FAKE, health.DELAY, health.DEFECT)
OF_SUPPLIERS = (*health.OF_SUPPLIERS, health.SHORT, health.SLOW)
Sums = dict[str, tuple[int, int]]
ByDay = list[tuple[str, list[int]]]  # (subject, units by the day), those with most first
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
    fell: list[int]  # of all goods, by the hour
    falls: Falls  # of goods, those shown
    rates: Rates
    supplied_fell: list[int]  # of all suppliers, and of nobody known
    supplied_falls: Falls  # of suppliers, those of nobody known last
    supplied_rates: Rates
    names: dict[str, str]
    happened: int  # incidents of these days
    held: list[int]  # lines of theirs, of all of them, by the day
    held_of: ByDay  # of those shown
    incidents: list[Incident]  # those that wait, then the newest
    waiting: int  # incidents that nobody has looked at, also those not listed
    proposals: list[Proposal]
    standing: int  # proposals that wait or hold, also those not listed
    flagged: dict[str, int]  # {subject: deliveries that came since it was suspended}
    month: str  # the one of the newest reports
    stars: dict[int, int]  # what readers of them gave: {stars: how many}


def board(*, now: datetime) -> Board:
    today = shanghai(now).date()
    days = [today - timedelta(days=back) for back in reversed(range(DAYS))]
    shop, falls, rates = _shop(days), _falls(health.PRODUCT, today), _rates(OF_GOODS, health.PRODUCT, days[0])
    fell, supplied_falls = _fell(today), _falls(health.SUPPLIER, today)
    supplied_rates = _rates(OF_SUPPLIERS, health.SUPPLIER, days[0])
    proposals, standing, flagged = _proposals()
    happened, held, held_of = _held(days)
    shown: tuple[Iterable[tuple[str, Any]], ...] = (falls, rates, supplied_falls, supplied_rates, held_of)
    subjects = [one for rows in shown for one, _ in rows]
    breaches = tickets.breaches_since(at=_midnight(days[0]))
    month = f"{today.replace(day=1) - timedelta(days=1):%Y-%m}"
    return Board(
        days=days,
        states=tickets.open_by_state(),
        opened=[shop.get((day, health.OPENED), 0) for day in days],
        ended=[shop.get((day, health.ENDED), 0) for day in days],
        paid_fen=[shop.get((day, health.PAID), 0) for day in days],
        breaches=_by_day(breaches, days),
        fakes=_fakes(days),
        fell=fell[health.PRODUCT],
        falls=falls,
        rates=rates,
        supplied_fell=fell[health.SUPPLIER],
        supplied_falls=supplied_falls,
        supplied_rates=supplied_rates,
        names=queries.names_of([*subjects, *(one.subject for one in proposals)]),
        happened=happened,
        held=held,
        held_of=held_of,
        incidents=_incidents(),
        waiting=queries.open_incidents().count(),
        proposals=proposals,
        standing=standing,
        flagged=flagged,
        month=month,
        stars=queries.survey_figures(month=month),
    )  # fmt: skip


def _incidents() -> list[Incident]:
    """First those that nobody has looked at, however old; then the newest of the others."""
    rows = Incident.objects.select_related("product", "supplier").order_by("-id")
    waiting = list(rows.filter(state="open")[:MOST_SUBJECTS])
    return waiting + list(rows.exclude(state="open")[: MOST_SUBJECTS - len(waiting)])


def _proposals() -> tuple[list[Proposal], int, dict[str, int]]:
    """(those listed, how many there are, deliveries of the suspended): first who still delivers, then the newest."""
    standing = Proposal.objects.filter(state__in=("open", "accepted"))
    found = list(standing.order_by("-id")[:MOST_PROPOSALS])
    flagged = queries.flagged(one.subject for one in found if one.state == "accepted")
    found.sort(key=lambda one: (one.state == "open" or not flagged.get(one.subject), -one.pk))
    return found[:MOST_SUBJECTS], standing.count(), flagged


def _held(days: list[date]) -> tuple[int, list[int], ByDay]:
    """(incidents that began on these days, lines of theirs by the day, the same by subject)."""
    rows: QuerySet[Any, Any] = Incident.objects.filter(opened_at__gte=_midnight(days[0])).order_by()
    rows = rows.values_list(TruncDate("opened_at", tzinfo=SHANGHAI), "product__sku", "supplier__code")
    happened, held, found = 0, [0] * len(days), defaultdict[str, list[int]](lambda: [0] * len(days))
    place = {day: index for index, day in enumerate(days)}
    for day, product, supplier, n, lines in rows.annotate(n=Count("id"), held=Sum("lines")):
        if day in place:
            whose = (health.PRODUCT, product) if product else (health.SUPPLIER, supplier)
            happened += n
            held[place[day]] += lines
            found[health.subject(*whose)][place[day]] += lines
    most = sorted(found, key=lambda subject: (-sum(found[subject]), subject))[:MOST_SUBJECTS]
    return happened, held, [(subject, found[subject]) for subject in most]


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), SHANGHAI)


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


def _fell(today: date) -> dict[str, list[int]]:
    """{kind: units that fell, by the hour}, of every subject there is, shown or not."""
    kinds = (health.PRODUCT, health.SUPPLIER)
    found = {kind: [0] * 24 for kind in kinds}
    sums = [Sum("part", filter=_of(kind), default=0) for kind in kinds]
    rows = _figures(health.HOURS, _first_of_map(today)).values_list("figure")
    for figure, *units in rows.annotate(goods=sums[0], suppliers=sums[1]):
        for kind, number in zip(kinds, units, strict=True):
            found[kind][health.HOURS.index(figure)] = number
    return found


def _falls(kind: str, today: date) -> Falls:
    rows = _figures(health.HOURS, _first_of_map(today)).filter(_of(kind), part__gt=0)
    most, found = _most(rows), defaultdict[str, list[int]](lambda: [0] * 24)
    for subject, figure, part, _ in _summed(rows, most):
        found[subject][health.HOURS.index(figure)] = part
    return [(subject, found[subject]) for subject in most if subject in found]


def _rates(figures: Iterable[str], kind: str, since: date) -> Rates:
    rows = _figures(figures, since).filter(_of(kind))
    most, found = _most(rows), defaultdict[str, Sums](dict)
    for subject, figure, part, whole in _summed(rows, most):
        found[subject][figure] = part, whole
    return [(subject, found[subject]) for subject in most if subject in found]


def _first_of_map(today: date) -> date:
    return today - timedelta(days=MAP_DAYS - 1)


def _of(kind: str) -> Q:
    return Q(subject__startswith=health.subject(kind, ""))


def _figures(names: Iterable[str], since: date) -> QuerySet[DayFigure]:
    return DayFigure.objects.filter(figure__in=list(names), day__gte=since).order_by()


def _most(rows: QuerySet[DayFigure]) -> list[str]:
    """Subjects with most trouble, the largest first; what is of nobody known is always among them, and last."""
    known = rows.exclude(subject=health.NOBODYS).values_list("subject").annotate(n=Sum("part"))
    return [*(subject for subject, _ in known.order_by("-n", "subject")[:MOST_SUBJECTS]), health.NOBODYS]


def _summed(rows: QuerySet[DayFigure], subjects: Iterable[str]) -> Any:
    """(subject, figure, part, whole) of these, each whole."""
    chosen = rows.filter(subject__in=list(subjects)).values_list("subject", "figure")
    return chosen.annotate(n=Sum("part"), of=Sum("whole"))
