"""The stretches of time a developer may look at, each with the one before it to compare with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from common.clock import shanghai
from common.money import half_up
from common.phrases import mark

MONTH, LAST_MONTH, DAYS_90 = "month", "last_month", "days_90"
PERIODS = {MONTH: mark("本月"), LAST_MONTH: mark("上月"), DAYS_90: mark("近 90 天")}
BEFORE = {MONTH: mark("上月同期"), LAST_MONTH: mark("再前一个月"), DAYS_90: mark("再前 90 天")}


@dataclass(frozen=True)
class Stretch:
    """From `start` on, up to but without `end`."""

    start: datetime
    end: datetime


@dataclass(frozen=True)
class Period:
    code: str
    this: Stretch
    before: Stretch


def period(code: str, *, now: datetime) -> Period:
    """The named period as of now; months are the shop's calendar months."""
    first = _first_of_month(now)
    previous = _first_of_month(first - timedelta(days=1))
    if code == LAST_MONTH:
        earlier = _first_of_month(previous - timedelta(days=1))
        return Period(code, Stretch(previous, first), Stretch(earlier, previous))
    if code == DAYS_90:
        start = now - timedelta(days=90)
        return Period(code, Stretch(start, now), Stretch(start - timedelta(days=90), start))
    # As far into the month before; the 31st of a long month has no like in a short one.
    alike = min(previous + (now - first), first)
    return Period(MONTH, Stretch(first, now), Stretch(previous, alike))


def change(now: int, before: int) -> int | None:
    """环比 in whole percent; None where there was nothing before."""
    return None if before == 0 else half_up(100 * (now - before), before)


def _first_of_month(at: datetime) -> datetime:
    return shanghai(at).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
