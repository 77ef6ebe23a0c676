"""Whom a buyer may ask for haste, and how often."""

from datetime import datetime, timedelta

EVERY = timedelta(minutes=30)
# Whose turn it has to be: nobody hurries a buyer, nor a case that is over.
HURRIED = frozenset({"system", "ops", "developer", "panel"})


def again_at(nudged_at: datetime | None, *, now: datetime) -> datetime | None:
    """From when the buyer may ask again; None: now."""
    if nudged_at is None or nudged_at + EVERY <= now:
        return None
    return nudged_at + EVERY
