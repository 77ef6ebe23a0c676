"""Which month a report is of, when it is made, and which orders it follows. Months of Shanghai."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from common.clock import SHANGHAI, month_of, shanghai
from compensation.rules.loyalty import Month, before

# So many consecutive months with an order, up to the report's, make a returning buyer.
RETURNING = 2
# On the first, not before this hour: the last counts of the month have come by then.
FROM_HOUR = 2
LINK_DAYS = 60
SURVEY_AFTER = timedelta(days=3)


def ended(now: datetime) -> Month:
    """The month that has just ended."""
    return before(month_of(now))


def due(now: datetime) -> Month | None:
    """The month whose reports should be there by now; None in the first hours of the next."""
    local = shanghai(now)
    return None if local.day == 1 and local.hour < FROM_HOUR else ended(now)


def followed(month: Month) -> tuple[Month, Month]:
    """The months whose orders a report follows: its own and the one before."""
    return before(month), month


def begins(month: Month) -> datetime:
    return datetime(*month, 1, tzinfo=SHANGHAI)


def ends(month: Month) -> datetime:
    """The first instant that isn't of the month any more."""
    return begins((month[0] + month[1] // 12, month[1] % 12 + 1))


def name_of(month: Month) -> str:
    """2026-10"""
    return f"{month[0]:04d}-{month[1]:02d}"


def named(text: str) -> Month | None:
    """The month that is called so; None for what names none."""
    found = re.fullmatch(r"(\d{4})-(\d{2})", text, re.ASCII)
    if not found:
        return None
    year, month = int(found[1]), int(found[2])
    return (year, month) if year >= 1970 and 1 <= month <= 12 else None
