"""How the counts of a line held over the days after completion, and what several lines come to. Whole numbers only."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from common.money import ceil_div

LONGEST = 30  # days that the curve shows
DAY = timedelta(days=1)
Ratio = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Held:
    """One line. `days`: how many of its units were there at the end of each day after completion, at most as many
    as were delivered; the first is the day zero, completion itself. It ends with the day of its newest count."""

    delivered: int
    days: tuple[int, ...]
    lowest: int
    present: int
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class Day:
    """So many days after completion: of how many lines it is known, what these delivered and what was there."""

    day: int
    lines: int
    delivered: int
    present: int


def held(
    seen: Sequence[tuple[datetime, int | None]], *, delivered: int, completed_at: datetime
) -> Held | None:
    """From counts in time order, None where one can't be trusted; None where nothing was counted since completion."""
    counts = [(at, present) for at, present in seen if at >= completed_at and present is not None]
    if not counts:
        return None
    last: dict[int, int] = {0: delivered}
    for at, present in counts:
        day = ceil_div((at - completed_at) // timedelta(microseconds=1), DAY // timedelta(microseconds=1))
        if day:
            last[day] = min(present, delivered)
    days: list[int] = []
    for day in range(min(max(last), LONGEST) + 1):
        days.append(last.get(day, days[-1] if days else delivered))
    lowest = min(present for _, present in counts)
    return Held(delivered, tuple(days), min(lowest, delivered), counts[-1][1] or 0, counts[-1][0])


def together(lines: Sequence[Held]) -> tuple[Day, ...]:
    """Day by day, each of the lines that were followed so long."""
    longest = max((len(line.days) for line in lines), default=0)
    return tuple(_day(day, [line for line in lines if len(line.days) > day]) for day in range(longest))


def _day(day: int, lines: Sequence[Held]) -> Day:
    delivered, present = sum(line.delivered for line in lines), sum(line.days[day] for line in lines)
    return Day(day, len(lines), delivered, present)


@dataclass(frozen=True, slots=True)
class Moved:
    """One line whose comments and shares were counted; `promise` (5, 100) of its rules, None before it is due."""

    delivered: int
    count: int
    promise: Ratio | None


def promised(lines: Iterable[Moved]) -> tuple[int, list[Ratio]]:
    """(interactions that the rules promise on the lines where they are due, the rates of these rules)."""
    due = [(line.delivered, line.promise) for line in lines if line.promise]
    return sum(ceil_div(rate[0] * n, rate[1]) for n, rate in due), sorted({rate for _, rate in due})


def tenths(part: int, whole: int, *, of: int = 100) -> str:
    """`part` on each `of` of the whole with one decimal, cut and never rounded up: 2922 of 3000 is 97.4."""
    scaled = part * of * 10 // whole
    return f"{scaled // 10}.{scaled % 10}" if scaled % 10 else str(scaled // 10)
