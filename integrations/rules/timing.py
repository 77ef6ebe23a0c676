"""When to try again: every wait grows, is capped and is jittered by a random number that is passed in."""

from datetime import datetime, timedelta

FIRST_WAIT_S = 0.5
LONGEST_WAIT_S = 8.0  # so that everything unknown ends well within 120 s of the last fault
FASTEST_POLL_S = 2.0
SLOWEST_POLL_S = 60.0
FASTEST_HELD_S = 60.0
SLOWEST_HELD_S = 3600.0

FAULTS_TO_HOLD = 8
FAULTY_S_TO_HOLD = 90.0
REFUSED_SIGNATURES_TO_HOLD = 3


def backoff(*, faults: int, luck: float) -> timedelta:
    """After the n-th fault in a row: exponential, between half and the whole of the wait."""
    wait = min(LONGEST_WAIT_S, FIRST_WAIT_S * 2.0 ** min(max(faults - 1, 0), 10))
    return timedelta(seconds=wait * (0.5 + luck / 2))


def poll(*, age: timedelta, luck: float) -> timedelta:
    """While the provider works: a quarter of the age, from 2 s to 60 s."""
    return _share_of(age, low=FASTEST_POLL_S, high=SLOWEST_POLL_S, luck=luck)


def ask_held(*, age: timedelta, luck: float) -> timedelta:
    """While a person is waited for: questions go on slowly, the answer may settle it by itself."""
    return _share_of(age, low=FASTEST_HELD_S, high=SLOWEST_HELD_S, luck=luck)


def gives_up(*, faults: int, since: datetime, now: datetime) -> bool:
    """Whether it was nothing but faults, often enough and long enough, to tell a person."""
    return faults >= FAULTS_TO_HOLD and (now - since).total_seconds() > FAULTY_S_TO_HOLD


def _share_of(age: timedelta, *, low: float, high: float, luck: float) -> timedelta:
    wait = min(high, max(low, age.total_seconds() / 4))
    return timedelta(seconds=wait * (0.75 + luck / 4))
