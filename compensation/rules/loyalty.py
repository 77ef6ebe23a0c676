"""Who is a long-term buyer at an order: a run of calendar months, each with an order that was paid and kept. §5."""

from __future__ import annotations

from collections.abc import Set

Month = tuple[int, int]  # year, month in Asia/Shanghai
USUAL_MONTHS = 3  # that make a long-term buyer, where no policy is spoken of


def streak(months: Set[Month], *, ending: Month) -> int:
    """How many consecutive months up to and with `ending` are in `months`."""
    length, month = 0, ending
    while month in months:
        length, month = length + 1, before(month)
    return length


def before(month: Month) -> Month:
    return (month[0], month[1] - 1) if month[1] > 1 else (month[0] - 1, 12)


def run(length: int, *, ending: Month) -> tuple[Month, ...]:
    """The months of a streak, the oldest first."""
    months, month = [], ending
    for _ in range(length):
        months.append(month)
        month = before(month)
    return tuple(reversed(months))


def alive(months: Set[Month], *, this: Month) -> int:
    """The streak that an order placed now would go on with: a month that isn't over yet doesn't end it."""
    return streak(months, ending=this) or streak(months, ending=before(this))
