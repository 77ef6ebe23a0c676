"""Ask the providers now how far they are, because somebody waits."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from compensation.rules.fate import ENDED
from integrations.services import intents

if TYPE_CHECKING:
    from compensation.models import DecisionRecord


def hurry(*, record: DecisionRecord, now: datetime) -> int:
    """Of how many of the decision's unfinished remedies somebody is asked at once; in the caller's transaction."""
    keys = record.remedies.exclude(state__in=ENDED).values_list("key", flat=True)
    return sum(intents.hurry(key=key, now=now) for key in keys)
