"""The stretches of time a developer may look at, each with the one before it to compare with: whole days."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from common.clock import SHANGHAI, shanghai
from common.money import half_up
from common.phrases import mark

MONTH, LAST_MONTH, MONTHS_3 = "month", "last_month", "months_3"
PERIODS = {MONTH: mark("本月"), LAST_MONTH: mark("上月"), MONTHS_3: mark("近三个月")}
BEFORE = {MONTH: mark("上月同期"), LAST_MONTH: mark("再前一个月"), MONTHS_3: mark("前三个月同期")}
DAY, WEEK = timedelta(days=1), timedelta(days=7)
BY_THE_DAY = 31  # longer stretches are drawn by the week


@dataclass(frozen=True)
class Stretch:
    """From `start` on, up to but without `end`; both are midnights of the shop."""

    start: datetime
    end: datetime

    def days(self) -> tuple[date, date]:
        """The first day, and the first that is no longer in it."""
        return shanghai(self.start).date(), shanghai(self.end).date()


@dataclass(frozen=True)
class Period:
    code: str
    this: Stretch
    before: Stretch


@dataclass(frozen=True)
class Point:
    """A day or a week of a chart; both days belong to it."""

    first: date
    last: date

    def days(self) -> Iterator[date]:
        return (self.first + n * DAY for n in range((self.last - self.first).days + 1))


def period(code: str, *, now: datetime) -> Period:
    """The named period as of now, today with it; months are the shop's calendar months."""
    first, tomorrow = _first_of_month(now), _midnight(now) + DAY
    previous = _first_of_month(first - DAY)
    if code == LAST_MONTH:
        return Period(code, Stretch(previous, first), Stretch(_first_of_month(previous - DAY), previous))
    if code == MONTHS_3:
        first = _months_before(first, 2)
        previous = _months_before(first, 3)
    # The same days of the months before; the 31st of a long month has no like in a short one.
    alike = min(previous + (tomorrow - first), first)
    return Period(code if code in PERIODS else MONTH, Stretch(first, tomorrow), Stretch(previous, alike))


def points(stretch: Stretch) -> list[Point]:
    """Its days; its weeks, counted back from the end, where there are more than fit into a picture."""
    first, end = stretch.days()
    if (end - first).days <= BY_THE_DAY:
        return [Point(day, day) for day in Point(first, end - DAY).days()]
    found = []
    while end > first:
        start = max(first, end - WEEK)
        found.append(Point(start, end - DAY))
        end = start
    return found[::-1]


def stretch_of(first: date, last: date) -> Stretch:
    """From the first day to the last, both in it."""
    midnight = datetime(first.year, first.month, first.day, tzinfo=SHANGHAI)
    return Stretch(midnight, midnight + (last - first + DAY))


def change(now: int, before: int) -> int | None:
    """环比 in whole percent; None where there was nothing before."""
    return None if before == 0 else half_up(100 * (now - before), before)


def _midnight(at: datetime) -> datetime:
    return shanghai(at).replace(hour=0, minute=0, second=0, microsecond=0)


def _months_before(first: datetime, many: int) -> datetime:
    for _ in range(many):
        first = _first_of_month(first - DAY)
    return first


def _first_of_month(at: datetime) -> datetime:
    return _midnight(at).replace(day=1)
