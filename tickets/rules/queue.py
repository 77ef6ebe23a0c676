"""Which ticket a person takes up next. rules.md §3 and §5."""

from datetime import datetime

from tickets.rules.lifecycle import TURN

# What is still ours to do, and the promises that are ours to keep.
OURS = tuple(state.value for state, turn in TURN.items() if turn == "ops")
PROMISES = ("first_reply", "next_reply", "intervention", "decision", "fulfilment", "keep_in_loop")
URGENT = ("urgent", "major")
FIRST, PRESSING, USUAL = 0, 1, 2


def place(*, long_term: bool, severity: str) -> int:
    """Long-term buyers first, then what is urgent; inside a place the nearest limit decides."""
    if long_term:
        return FIRST
    return PRESSING if severity in URGENT else USUAL


def order_key(
    *, state: str, limit: datetime, long_term: bool, severity: str, pk: int, now: datetime
) -> tuple[bool, bool, int, datetime, int]:
    """Ours before others', late before in time, then the place, then the limit."""
    return state not in OURS, limit >= now, place(long_term=long_term, severity=severity), limit, pk
