"""Whether a developer's goods are sold under better protection, from now on; said by the room that knows why."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from orders.models import MakerStanding


def stand(*, developer: Any, raised: bool, now: datetime) -> bool:
    """Whether that is new; in the caller's transaction. Whoever was never spoken of is not raised."""
    newest = MakerStanding.objects.filter(developer=developer).order_by("-since", "-id").first()
    if (newest.raised if newest else False) == raised:
        return False
    MakerStanding.objects.create(developer=developer, raised=raised, since=now)
    return True
