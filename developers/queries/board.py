"""What a developer's page shows, from figures kept by the day: the same few queries for ten claims as for millions."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from operator import add
from typing import Any

from django.db.models import Q, Sum

from developers.models import CountedClaim, GoodsDay, GoodsMonth, GoodsNow, MakerDay
from developers.queries.claims import Cost
from developers.queries.freshness import Freshness, freshness
from developers.rules import periods
from developers.rules.counting import SOLD
from developers.rules.groups import DEFECT, GROUPS, group_of
from developers.rules.periods import Period, Point
from orders import queries as orders

NEWEST, GOODS, RANKED = 10, 10, 20
READ = ("claims", "real", "questions", "checking", "fen", "units", "gifts", "orders", "sold")
SHOWN = (
    "ticket__no", "reason", "ticket__state", "opened_at", "order__order_no", "order__buyer__name",
    "product__sku", "product__title", "fen", "units", "gifts", "owed_fen", "owed_units", "owed_gifts",
)  # fmt: skip
NOTHING = (0,) * len(READ)
SOME = Q(claims__gt=0) | Q(fen__gt=0) | Q(units__gt=0)


@dataclass
class Tally:
    """Claims of one kind in the period, and in the one before; what they cost that ended in it; what was sold."""

    claims: int = 0
    reported: int = 0  # those about the goods, real or not
    real: int = 0
    questions: int = 0
    checking: int = 0
    fen: int = 0
    units: int = 0
    gifts: int = 0
    orders: int = 0
    sold: int = 0
    claims_before: int = 0
    real_before: int = 0
    questions_before: int = 0
    orders_before: int = 0
    sold_before: int = 0

    @property
    def cost(self) -> Cost:
        return Cost(self.fen, self.units, self.gifts)

    @classmethod
    def of(cls, this: Sequence[int], before: Sequence[int] = NOTHING, *, reported: int = 0) -> Tally:
        """From sums of the columns of READ."""
        claims, real, questions, checking, fen, units, gifts, orders_, sold = this
        return cls(
            claims, reported, real, questions, checking, fen, units, gifts, orders_, sold, before[0], before[1],
            before[2], before[7], before[8],
        )  # fmt: skip


@dataclass
class Goods:
    """One product with its claims and cost in the period."""

    sku: str
    title: str
    tally: Tally = field(default_factory=Tally)

    @property
    def cost(self) -> Cost:
        return self.tally.cost


@dataclass(frozen=True)
class Newest:
    """A case with what it came to and what is still on its way."""

    no: str
    reason: str
    state: str
    opened_at: datetime
    order_no: str
    buyer: str
    sku: str
    title: str
    settled: Cost
    still_open: Cost


@dataclass(frozen=True)
class Board:
    """All figures of the page. `goods`: those with most trouble; `quiet`: how many have none, None if more are left."""

    developer: Any
    period: Period
    total: Tally
    reasons: dict[str, Tally]
    trend: list[tuple[Point, Tally]]
    goods: list[Goods]
    made: int
    quiet: int | None
    cost: Cost
    still_open: Cost
    months: dict[str, Cost]
    newest: list[Newest]
    freshness: Freshness


def board(*, developer: Any, code: str, now: datetime) -> Board:
    """The developer's figures for the named period; seven queries however many claims and goods there are."""
    period = periods.period(code, now=now)
    days = _Days(developer, period, now)
    total = days.total
    goods, made = _goods(developer, period), orders.goods_of(developer).count()
    return Board(
        developer=developer, period=period, total=total, reasons=_by_group(days.reasons), trend=days.trend,
        goods=goods[:GOODS], made=made, quiet=made - len(goods) if len(goods) <= GOODS else None,
        cost=total.cost, still_open=_owed(developer), months=days.months,
        newest=_newest(developer, period, days.claims), freshness=freshness(now=now),
    )  # fmt: skip


def months(*, developer: Any, now: datetime) -> dict[str, Cost]:
    """{month, alike, previous}: what was settled this month, on the same days of the last one, and in all of that."""
    return _Days(developer, periods.period(periods.MONTH, now=now), now).months


class _Days:
    """The developer's days, read once and added up in every way that the page needs."""

    def __init__(self, developer: Any, period: Period, now: datetime) -> None:
        month, last = (periods.period(code, now=now) for code in (periods.MONTH, periods.LAST_MONTH))
        self._named = {
            "month": month.this.days(), "alike": month.before.days(), "previous": last.this.days(),
        }  # fmt: skip
        self._this, self._before = period.this.days(), period.before.days()
        self._now: dict[str, list[int]] = defaultdict(_zeros)
        self._then: dict[str, list[int]] = defaultdict(_zeros)
        self._day: dict[date, list[int]] = defaultdict(_zeros)
        self._month: dict[str, list[int]] = defaultdict(_zeros)
        self.claims, self._reported = Counter[date](), Counter[date]()
        for day, reason, *row in self._rows(developer):
            self._add(day, reason, row)
        self._points = periods.points(period.this)

    def _rows(self, developer: Any) -> Any:
        stretches = [self._this, self._before, *self._named.values()]
        since, until = min(start for start, _ in stretches), max(end for _, end in stretches)
        rows = MakerDay.objects.filter(developer=developer, day__gte=since, day__lt=until)
        return rows.values_list("day", "reason", *READ)

    def _add(self, day: date, reason: str, row: list[int]) -> None:
        if self._this[0] <= day < self._this[1]:
            sums = self._now[reason]
            sums[:] = map(add, sums, row)
            if row[0]:
                self.claims[day] += row[0]
                if group_of(reason) == DEFECT:
                    self._reported[day] += row[0]
            sums = self._day[day]
            sums[:] = map(add, sums, row)
        elif self._before[0] <= day < self._before[1]:
            sums = self._then[reason]
            sums[:] = map(add, sums, row)
        if row[4] or row[5]:
            for name, (start, end) in self._named.items():
                if start <= day < end:
                    sums = self._month[name]
                    sums[:] = map(add, sums, row)

    @property
    def months(self) -> dict[str, Cost]:
        return {name: Tally.of(self._month[name]).cost for name in self._named}

    @property
    def total(self) -> Tally:
        now, then = _summed(self._now.values()), _summed(self._then.values())
        return Tally.of(now, then, reported=self._reported.total())

    @property
    def reasons(self) -> dict[str, Tally]:
        known = [reason for reason in {**self._now, **self._then} if reason != SOLD]
        return {reason: Tally.of(self._now[reason], self._then[reason]) for reason in known}

    @property
    def trend(self) -> list[tuple[Point, Tally]]:
        found = []
        for point in self._points:
            days = [day for day in point.days() if day in self._day]
            reported = sum(self._reported[day] for day in days)
            found.append((point, Tally.of(_summed(self._day[day] for day in days), reported=reported)))
        return found


def _zeros() -> list[int]:
    return list(NOTHING)


def _summed(rows: Iterable[Sequence[int]]) -> list[int]:
    sums = _zeros()
    for row in rows:
        sums[:] = map(add, sums, row)
    return sums


def _goods(developer: Any, period: Period) -> list[Goods]:
    """Those with most trouble first, one more than is shown where there are more."""
    start, end = period.this.days()
    months = GoodsMonth.objects.filter(product__developer=developer, month__lt=end)
    if start.day == 1 and period.code != periods.DAYS_90:
        rows = months.filter(SOME, month=start)
        first = rows.order_by("-real", "-claims", "product__title")[: GOODS + 1]
        return _ranked(first.values_list("product__sku", "product__title", *READ))
    # Months reach further back than the ninety days, so that whoever has most in these is among the first of those.
    near = months.filter(month__gte=start.replace(day=1)).order_by().values("product_id")
    most = near.annotate(r=Sum("real"), c=Sum("claims")).order_by("-r", "-c")[:RANKED]
    days = GoodsDay.objects.filter(
        product__in=[row["product_id"] for row in most], day__gte=start, day__lt=end
    )
    sums = (
        days.order_by().values_list("product__sku", "product__title").annotate(*(Sum(name) for name in READ))
    )
    return [row for row in _ranked(sums) if row.tally.claims or row.cost.fen or row.cost.units][: GOODS + 1]


def _ranked(rows: Iterable[tuple[Any, ...]]) -> list[Goods]:
    found = []
    for sku, title, *figures in rows:
        found.append(Goods(sku, title, Tally.of(figures)))
    return sorted(found, key=lambda row: (-row.tally.real, -row.tally.claims, row.title))


def _owed(developer: Any) -> Cost:
    """What is owed now and has not come yet, whenever it was promised."""
    rows = GoodsNow.objects.filter(developer=developer)
    sums = rows.aggregate(
        fen=Sum("owed_fen", default=0), units=Sum("owed_units", default=0), gifts=Sum("owed_gifts", default=0)
    )
    return Cost(**sums)


def _newest(developer: Any, period: Period, claims: dict[date, int]) -> list[Newest]:
    """The newest ten: only the last days that have so many are read."""
    since, seen = period.this.days()[1], 0
    for day in sorted(claims, reverse=True):
        if seen >= NEWEST:
            break
        since, seen = day, seen + claims[day]
    rows = CountedClaim.objects.filter(
        product__developer=developer, filed=True, day__gte=since, day__lt=period.this.days()[1]
    )
    newest = rows.order_by("-opened_at", "-ticket_id").values("pk")[:NEWEST]  # before anything is joined
    found = CountedClaim.objects.filter(pk__in=newest).order_by("-opened_at", "-ticket_id")
    return [_as_shown(*row) for row in found.values_list(*SHOWN)]


def _as_shown(*row: Any) -> Newest:
    no, reason, state, opened_at, order_no, buyer, sku, title, *sums = row
    settled, still_open = Cost(*sums[:3]), Cost(*sums[3:])
    return Newest(no, reason, state, opened_at, order_no, buyer, sku, title, settled, still_open)


def _by_group(reasons: dict[str, Tally]) -> dict[str, Tally]:
    """Defects first, then questions, then refunds; the most frequent first in each."""
    places = list(GROUPS)
    return dict(
        sorted(reasons.items(), key=lambda row: (places.index(group_of(row[0])), -row[1].claims, row[0]))
    )
