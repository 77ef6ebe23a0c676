"""Who is a long-term buyer at an order: a run of calendar months, each with an order that was paid and kept. §5."""

from __future__ import annotations

from collections.abc import Set

Month = tuple[int, int]  # year, month in Asia/Shanghai


def streak(months: Set[Month], *, ending: Month) -> int:
    """How many consecutive months up to and with `ending` are in `months`."""
    length, (year, month) = 0, ending
    while (year, month) in months:
        length += 1
        year, month = (year, month - 1) if month > 1 else (year - 1, 12)
    return length
