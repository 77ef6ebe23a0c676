"""Ask the providers now how far they are, because somebody waits."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from compensation.rules.fate import ENDED
from integrations.services import intents
from orders import queries as orders

if TYPE_CHECKING:
    from compensation.models import DecisionRecord


def hurry(*, record: DecisionRecord, now: datetime) -> int:
    """Of how many of the decision's unfinished remedies somebody is asked at once; in the caller's transaction."""
    keys = list(record.remedies.exclude(state__in=ENDED).values_list("key", flat=True))
    first = orders.steps_of_refunds(keys=keys)  # a refund may wait until its units have been taken back
    return sum(intents.hurry(key=key, now=now) for key in (*keys, *first))
