"""When people may be written to, and when it is tried again: not at night, unless it is urgent."""

from __future__ import annotations

from datetime import datetime, timedelta

from common.quiet import sayable_at

__all__ = ["again_at", "sayable_at"]
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=6)


def again_at(now: datetime, *, tries: int, urgent: bool) -> datetime:
    """When what could not be said `tries` times is tried again: later each time, so that it holds up no other."""
    wait = min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(tries, 10))
    return sayable_at(now + wait, urgent=urgent)
