"""The developer's days, read once and added up in every way that a page needs."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from operator import add
from typing import Any

from developers.models import MakerDay
from developers.queries import statements
from developers.queries.claims import Cost
from developers.rules import periods
from developers.rules.counting import FIGURES, SOLD
from developers.rules.groups import DEFECT, group_of
from developers.rules.periods import DAY, Period, Point

NOTHING = (0,) * len(FIGURES)


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
    active: int = 0  # lines that were used, each once a day
    claims_before: int = 0
    real_before: int = 0
    questions_before: int = 0
    orders_before: int = 0
    sold_before: int = 0
    active_before: int = 0

    @property
    def cost(self) -> Cost:
        return Cost(self.fen, self.units, self.gifts)

    @classmethod
    def of(cls, this: Sequence[int], before: Sequence[int] = NOTHING, *, reported: int = 0) -> Tally:
        """From sums of the columns of FIGURES."""
        claims, real, questions, checking, fen, units, gifts, orders, sold, active = this
        return cls(
            claims, reported, real, questions, checking, fen, units, gifts, orders, sold, active, before[0],
            before[1], before[2], before[7], before[8], before[9],
        )  # fmt: skip


class Days:
    """The database adds up the days between two places where the page cuts, so that as many rows are read for three
    months as the page draws points."""

    def __init__(self, developer: Any, period: Period, now: datetime) -> None:
        month, last = (periods.period(code, now=now) for code in (periods.MONTH, periods.LAST_MONTH))
        self._named = {
            "month": month.this.days(), "alike": month.before.days(), "previous": last.this.days(),
        }  # fmt: skip
        self._this, self._before = period.this.days(), period.before.days()
        self._points = periods.points(period.this)
        self._now: dict[str, list[int]] = defaultdict(_zeros)
        self._then: dict[str, list[int]] = defaultdict(_zeros)
        self._day: dict[date, list[int]] = defaultdict(_zeros)
        self._month: dict[str, list[int]] = defaultdict(_zeros)
        self.claims, self._reported = Counter[date](), Counter[date]()
        starts = self._starts()
        for part, reason, *row in _rows(developer, starts):
            self._add(starts[part], reason, row)

    def _starts(self) -> list[date]:
        """Where a sum ends and another begins; the last is the end of all."""
        stretches = [self._this, self._before, *self._named.values()]
        last = [
            max(self._this[1] - n * DAY, self._this[0]) for n in (1, 2)
        ]  # where the newest are looked for
        firsts = [point.first for point in self._points]
        return sorted({*firsts, *last, *(day for both in stretches for day in both)})

    def _add(self, day: date, reason: str, row: list[int]) -> None:
        if self._this[0] <= day < self._this[1]:
            _into(self._now[reason], row)
            _into(self._day[day], row)
            if row[0]:
                self.claims[day] += row[0]
                if group_of(reason) == DEFECT:
                    self._reported[day] += row[0]
        elif self._before[0] <= day < self._before[1]:
            _into(self._then[reason], row)
        if row[4] or row[5]:
            for name, (start, end) in self._named.items():
                if start <= day < end:
                    _into(self._month[name], row)

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
            days = [day for day in self._day if point.first <= day <= point.last]
            reported = sum(self._reported[day] for day in days)
            found.append((point, Tally.of(_summed(self._day[day] for day in days), reported=reported)))
        return found


def _rows(developer: Any, starts: list[date]) -> list[tuple[Any, ...]]:
    """(which part, reason, sums) of the days from the first to the last of these."""
    parts = " ".join(f"WHEN day < %s THEN {at}" for at in range(len(starts) - 2))
    part = f"CASE {parts} ELSE {len(starts) - 2} END" if parts else "0"
    sql = (
        f"SELECT {part} AS part, reason, {statements.sums(FIGURES)} FROM {statements.table(MakerDay)}"
        " WHERE developer_id = %s AND day >= %s AND day < %s GROUP BY 1, 2"
    )
    return statements.rows(sql, *starts[1:-1], developer.pk, starts[0], starts[-1])


def _into(sums: list[int], row: Sequence[int]) -> None:
    sums[:] = map(add, sums, row)


def _zeros() -> list[int]:
    return list(NOTHING)


def _summed(rows: Iterable[Sequence[int]]) -> list[int]:
    sums = _zeros()
    for row in rows:
        _into(sums, row)
    return sums
