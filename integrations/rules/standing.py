"""Where an intent stands, and what becomes due for it next."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from common.quiet import sayable_at
from integrations.rules.answers import Abilities
from integrations.rules.lifecycle import DISPUTED, FINAL, State


@dataclass(frozen=True, kw_only=True)
class Standing:
    """The facts of an intent that decide what happens next."""

    key: UUID
    order_no: str
    state: str
    amount_fen: int | None
    quantity: int | None
    delivered: int
    reference: str
    faults: int
    faulty_since: datetime | None
    last_sent_at: datetime | None
    created_at: datetime
    next_at: datetime | None
    void_asked: bool
    void_sent: bool
    held_reason: str
    # Closed by a person, and so much of it was the provider known to have done by then.
    closed_knowing: int | None = None
    by_day: bool = False  # a message that can wait

    @property
    def final(self) -> bool:
        return self.state in FINAL

    @property
    def disputed(self) -> bool:
        return self.state == State.HELD and self.held_reason in DISPUTED


class Step(StrEnum):
    NOTHING = "nothing"
    WAIT = "wait"  # due, but sending is stopped for now, or it is night
    LAPSE = "lapse"  # the lease of a sender ran out
    SEND = "send"
    ASK = "ask"
    VOID = "void"
    HOLD_ABSENT = "hold_absent"
    HOLD_SECOND_SEND = "hold_second_send"


def next_step(
    *, standing: Standing, abilities: Abilities | None, submits: bool, voids: bool, now: datetime
) -> Step:
    """What is due now; `abilities` is None where no such provider is connected."""
    if standing.next_at is None or standing.next_at > now or standing.final or standing.disputed:
        return Step.NOTHING
    if standing.state == State.SENDING:
        return Step.LAPSE
    if abilities is None:
        return Step.HOLD_ABSENT
    if sleeps_until(standing=standing, now=now) is not None:
        return Step.WAIT
    if standing.state == State.PENDING:
        return Step.SEND if submits else Step.WAIT
    if voids and abilities.voidable and standing.void_asked and not standing.void_sent:
        return Step.VOID
    if abilities.query_by_our_key:
        return Step.ASK
    if standing.state == State.UNKNOWN and not abilities.submit_idempotent:
        return Step.HOLD_SECOND_SEND
    if may_send_again(standing=standing, abilities=abilities, submits=submits, now=now):
        return Step.SEND
    return Step.WAIT


def sleeps_until(*, standing: Standing, now: datetime) -> datetime | None:
    """The morning, for what might go out at night and can wait; not asked about either, as that might send it again."""
    morning = sayable_at(now, urgent=not standing.by_day)
    return morning if morning != now and standing.state in (State.PENDING, State.UNKNOWN) else None


def may_send_again(*, standing: Standing, abilities: Abilities, submits: bool, now: datetime) -> bool:
    """Whether an intent that is definitely not there may go out again, under the same key."""
    return (
        submits
        and standing.state == State.UNKNOWN
        and not standing.void_asked
        and abilities.submit_idempotent
        and sleeps_until(standing=standing, now=now) is None
        and old_enough(standing=standing, abilities=abilities, now=now)
    )


def old_enough(*, standing: Standing, abilities: Abilities, now: datetime) -> bool:
    """Whether "not there" can be believed."""
    if standing.last_sent_at is None:
        return True
    return now - standing.last_sent_at >= timedelta(seconds=abilities.minimum_age_s)
