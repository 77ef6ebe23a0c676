"""What a claim rests on is looked at once more before it is filed, while nothing is locked."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from orders.services import fresh_counts
from tickets.rules import triage

if TYPE_CHECKING:
    from orders.models import Order
    from orders.services.fresh_counts import Missed

LONGEST = 4000
DROP, LOW_INTERACTION = "drop", "low_interaction"


def look(*, order: Order, reason: str | None, text: str, now: datetime) -> Missed | None:
    """Where counts decide it: what was asked for and not had, if so. Never inside a transaction."""
    about = reason or triage.reason_of(text[:LONGEST], metered=order.product.kind == "metered")
    if about not in (DROP, LOW_INTERACTION):
        return None
    return fresh_counts.count_anew(order=order, now=now, interactions=about == LOW_INTERACTION)
