"""What came of a gift becomes a line of its own, in the transaction that books it."""

from __future__ import annotations

from datetime import datetime

from compensation.models import LineBudget, Remedy
from orders.services import gifts
from orders.services.gifts import Gift


def open_line(*, remedy: Remedy, now: datetime) -> None:
    """For a gift that has ended with something delivered. Needs the lock of the line it was given for."""
    if remedy.kind != "gift" or not remedy.delivered:
        return
    came_at = remedy.ended_at or now
    gift = Gift(remedy.key, remedy.ordinal, remedy.delivered, remedy.created_at, came_at)
    line, fresh = gifts.add_line(origin=remedy.order, gift=gift, now=now)
    if fresh:  # else its first claim would have to
        LineBudget.objects.create(order=line, paid_fen=0)
