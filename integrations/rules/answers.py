"""What can be heard from a provider, in our own words."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Meaning(StrEnum):
    """What a provider's state means to us; a state that nobody knows is no end, so it means RUNNING."""

    RUNNING = "running"
    DONE = "done"
    PARTIAL = "partial"
    REFUSED = "refused"


@dataclass(frozen=True, kw_only=True)
class Report:
    """One statement about one intent; None where the provider did not say."""

    meaning: Meaning
    reference: str = ""
    delivered: int | None = None
    amount_fen: int | None = None
    quantity: int | None = None
    order_no: str | None = None
    key: str | None = None
    at: datetime | None = None  # when it became so, where a call-back says it
    said: str = ""  # why it was refused, in the provider's own word


class Heard(StrEnum):
    REPORT = "report"
    ABSENT = "absent"  # asked by our key: definitely not there
    CONFLICT = "conflict"  # the key is there with another body
    UNAUTHORISED = "unauthorised"
    DECLINED = "declined"  # any other 4xx: says nothing about whether it was done
    LOST = "lost"  # time-out, reset, 5xx, unreadable: it may have happened or not


@dataclass(frozen=True, kw_only=True)
class Answer:
    """How one call ended."""

    heard: Heard
    report: Report | None = None
    why: str = ""


@dataclass(frozen=True, kw_only=True)
class Abilities:
    """What a provider can do; without `submit_idempotent` nothing is ever sent twice by itself."""

    submit_idempotent: bool
    query_by_our_key: bool
    voidable: bool
    minimum_age_s: float  # how long after a send "not there" may still become "there"
    # No money waits for it: it is asked about slowly, and goes on after an outage without a person.
    unhurried: bool = False


def told(report: Report) -> Answer:
    return Answer(heard=Heard.REPORT, report=report)


def lost(why: str) -> Answer:
    return Answer(heard=Heard.LOST, why=why)


def heard_at_submit(status: int) -> Heard:
    """How the status of a submit reads; REPORT means: read the body. No status is a definite refusal."""
    if 200 <= status < 300:
        return Heard.REPORT
    if status == 409:
        return Heard.CONFLICT
    return _unhappy(status)


def heard_at_query(status: int) -> Heard:
    """How the status of a question reads: only 404 says that it is not there."""
    if 200 <= status < 300:
        return Heard.REPORT
    if status == 404:
        return Heard.ABSENT
    heard = _unhappy(status)
    return Heard.LOST if heard == Heard.DECLINED else heard


def heard_at_void(status: int) -> Heard:
    """How the status of a void reads; DECLINED means that it can't be voided any more."""
    if 200 <= status < 300:
        return Heard.REPORT
    return Heard.ABSENT if status == 404 else _unhappy(status)


def _unhappy(status: int) -> Heard:
    if status in (401, 403):
        return Heard.UNAUTHORISED
    if 400 <= status < 500 and status not in (408, 425, 429):
        return Heard.DECLINED
    return Heard.LOST
