"""When people may be written to: not at night, unless it is urgent. Hours of Shanghai."""

from __future__ import annotations

from datetime import datetime, timedelta

from common.clock import shanghai

FROM, UNTIL = 22, 8


def sayable_at(now: datetime, *, urgent: bool) -> datetime:
    """Now, or eight in the morning where it is night and can wait."""
    local = shanghai(now)
    if urgent or UNTIL <= local.hour < FROM:
        return now
    morning = local.replace(hour=UNTIL, minute=0, second=0, microsecond=0)
    return morning if local.hour < UNTIL else morning + timedelta(days=1)
