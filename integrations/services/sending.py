"""Take → send or ask → settle, one intent at a time; the network is only used between transactions."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction

from common.refusals import StateMoved
from common.transitions import again_on_deadlock
from integrations.models import Intent
from integrations.rules import answers, judging, standing
from integrations.rules.answers import Answer, Heard
from integrations.rules.lifecycle import Action, Held
from integrations.rules.standing import Step
from integrations.services import breaker, moments, moving, settling, standstill
from integrations.vendors import registry
from integrations.vendors.protocol import Provider

STOPPED_WAIT_S = 8.0


@dataclass(frozen=True)
class Taken:
    """An intent that this worker holds until its lease ends, and what it is to do with it."""

    intent: Intent
    step: Step
    token: UUID


def work(*, key: UUID, now: datetime) -> None:
    """Do what is due for this intent, if anything is and nobody else has it."""
    clock = moments.running_from(now)
    taken = take(key=key, now=now)
    if taken is None:
        return
    provider = registry.provider(taken.intent.provider)
    if provider is None:  # its URL went away this instant; the lease brings the row back
        return
    done = _perform(provider, taken, clock)
    if done is not None:
        taken, answer = done
        finish(taken=taken, answer=answer, now=clock())


def take(*, key: UUID, now: datetime) -> Taken | None:
    """Claim what is due by compare-and-set and commit; None if there is nothing to do over the network."""
    try:
        return again_on_deadlock(lambda: _take_once(key, now))
    except StateMoved:  # nothing got updated, another worker was first
        return None


@transaction.atomic(durable=True)
def _take_once(key: UUID, now: datetime) -> Taken | None:
    intent = Intent.objects.filter(key=key).first()
    return _take(intent, now) if intent else None


def finish(*, taken: Taken, answer: Answer, now: datetime) -> None:
    """Settle, unless the lease ran out and somebody else has taken it since."""
    voided = taken.step == Step.VOID and answer.heard in (Heard.REPORT, Heard.DECLINED)
    settling.settle(
        key=taken.intent.key, answer=answer, now=now, token=taken.token,
        # "Not there" is old news as soon as anything else was heard.
        version=taken.intent.version if answer.heard == Heard.ABSENT else None,
        lease_until=None, **({"void_sent_at": now} if voided else {}),
    )  # fmt: skip


def _perform(provider: Provider, taken: Taken, clock: Callable[[], datetime]) -> tuple[Taken, Answer] | None:
    """The network calls, none of them inside a transaction. None if the row was lost in between."""
    intent = taken.intent
    if taken.step == Step.VOID:
        return taken, provider.void(key=intent.key)
    if taken.step == Step.ASK:
        answer = provider.ask(key=intent.key, body=intent.body.encode())
        _tell_breaker(intent, answer, clock)
        if answer.heard != Heard.ABSENT or not _may_send_again(intent, clock()):
            return taken, answer
        again = _take_again(taken, now=clock())
        if again is None:
            return None
        taken = again
    return taken, _submit(provider, taken.intent, clock)


def _take(intent: Intent, now: datetime) -> Taken | None:
    paused = breaker.paused_until(provider=intent.provider)
    connected = registry.provider(intent.provider) is not None
    sends = standstill.sends()
    step = standing.next_step(
        standing=intent.standing(), abilities=registry.abilities(intent.provider) if connected else None,
        submits=sends and (paused is None or paused <= now), voids=sends, now=now,
    )  # fmt: skip
    if (
        step == Step.SEND
        and paused is not None  # that pause is over, and one of all that waited finds out for the others
        and not breaker.may_probe(provider=intent.provider, paused_until=paused, now=now)
    ):
        step, paused = Step.WAIT, now + breaker.OPEN_FOR
    if step in (Step.SEND, Step.ASK, Step.VOID):
        return _lease(intent, step=step, now=now)
    if step == Step.LAPSE:
        _lapse(intent, now)
    elif step == Step.WAIT:
        moving.touch(intent, next_at=_waits_until(intent, paused, now))
    elif step == Step.HOLD_ABSENT:
        settling.hold(intent=intent, reason=Held.PROVIDER_ABSENT, now=now)
    elif step == Step.HOLD_SECOND_SEND:
        settling.hold(intent=intent, reason=Held.NO_SECOND_SEND, now=now)
    return None


def _waits_until(intent: Intent, paused: datetime | None, now: datetime) -> datetime:
    morning = standing.sleeps_until(standing=intent.standing(), now=now)
    if morning is not None:
        return morning
    until = paused if paused is not None and paused > now else now + timedelta(seconds=STOPPED_WAIT_S)
    return until + timedelta(seconds=random.random())


def _lease(intent: Intent, *, step: Step, now: datetime) -> Taken:
    token, until = uuid4(), now + timedelta(seconds=settings.LEASE_S)
    held: dict[str, Any] = {"token": token, "lease_until": until, "next_at": until}
    if step == Step.SEND:
        moving.move(
            intent, action=Action.TAKE, now=now, attempts=intent.attempts + 1,
            first_sent_at=intent.first_sent_at or now, last_sent_at=now, **held,
        )  # fmt: skip
    else:
        moving.touch(intent, **held)
    return Taken(intent=intent, step=step, token=token)


def _lapse(intent: Intent, now: datetime) -> None:
    """The sender died or hangs: what it sent may have arrived. Its token is void from here on."""
    change = judging.judge(
        standing=intent.standing(), answer=answers.lost("lease ran out"), now=now, luck=random.random(),
        abilities=registry.abilities(intent.provider),
    )  # fmt: skip
    settling.apply(intent, change=change, now=now, token=None, lease_until=None)


def _may_send_again(intent: Intent, now: datetime) -> bool:
    # The breaker has no say here: what was just answered has closed it.
    return standing.may_send_again(
        standing=intent.standing(), abilities=registry.abilities(intent.provider),
        submits=standstill.sends(), now=now,
    )  # fmt: skip


def _take_again(taken: Taken, *, now: datetime) -> Taken | None:
    """From a question to a second send, only if nothing was heard since the question was taken."""
    try:
        return again_on_deadlock(lambda: _lease_again(taken.intent, now))
    except StateMoved:
        return None


@transaction.atomic(durable=True)
def _lease_again(intent: Intent, now: datetime) -> Taken:
    return _lease(intent, step=Step.SEND, now=now)


def _submit(provider: Provider, intent: Intent, clock: Callable[[], datetime]) -> Answer:
    answer = provider.submit(key=intent.key, body=intent.body.encode())
    _tell_breaker(intent, answer, clock, sent=True)
    return answer


def _tell_breaker(
    intent: Intent, answer: Answer, clock: Callable[[], datetime], *, sent: bool = False
) -> None:
    """Only a send counts as a fault: a provider whose questions alone are broken still gets what is owed."""
    if answer.heard not in (Heard.LOST, Heard.UNAUTHORISED):
        breaker.note_answer(provider=intent.provider)
    elif sent:
        breaker.note_fault(provider=intent.provider, now=clock())
