"""When the days of a line begin (rules §4): trial, cooling-off, refunds by the unit, the time it was sold for."""

from __future__ import annotations

from datetime import datetime

from compensation.rules.facts import TIME_BASED

# One is counted from outside, the other begins by itself.
NEVER_HANDED_OVER = TIME_BASED | {"metered"}


def days_begin(*, kind: str, paid_at: datetime, first_at: datetime | None, came: bool) -> datetime | None:
    """The later of payment and first delivery; None: of goods that are handed over, nothing says that any `came`."""
    if not came and kind not in NEVER_HANDED_OVER:
        return None
    return max(paid_at, first_at) if first_at else paid_at


def is_late(*, kind: str, deadline_over: bool, completed_by: str, came: bool) -> bool:
    """Whether the deadline passed before all was there; said to be complete though no unit `came` is not there."""
    empty = completed_by == "final" and not came and kind not in NEVER_HANDED_OVER
    return deadline_over and (completed_by == "deadline" or empty)
