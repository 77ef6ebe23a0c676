"""File what is to happen outside, ask to void it, and release what a person has looked at."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from common.inserting import insert
from common.jobs import enqueue_after_commit
from common.phrases import mark
from common.refusals import Absent, Refusal, StateMoved
from integrations.models import Intent
from integrations.rules import bodies, lifecycle
from integrations.rules.lifecycle import Action, Held, State
from integrations.services import moving, settling
from integrations.vendors import registry


class KeyTaken(Refusal):
    """The same key was filed before with other content: something above counts its remedies wrongly."""

    status = 409
    code = "intent_key_taken"
    title = mark("这一笔已经登记过")
    detail = mark("同一笔补偿已经登记过，内容却不一样，请联系客服核对。")


def file_intent(*, key: UUID, kind: str, order_no: str, body: Mapping[str, Any], now: datetime) -> Intent:
    """Write the intent in the caller's transaction; it is sent after commit. Filing twice is once."""
    frozen = bodies.freeze(kind=kind, key=str(key), order_no=order_no, body=body)
    intent = Intent.objects.filter(key=key).first()
    if intent is None:
        amount_fen, quantity = bodies.counts(kind=kind, body=body)
        new = Intent(
            key=key, kind=kind, provider=bodies.PROVIDER_OF[kind], order_no=order_no, body=frozen,
            amount_fen=amount_fen, quantity=quantity, state=State.PENDING.value,
            next_at=now, created_at=now,
        )  # fmt: skip
        try:
            with transaction.atomic():
                insert(new)
        except IntegrityError:  # filed by another this instant
            intent = _find(key)
        else:
            enqueue_after_commit("integrations.send", key=str(key))
            return new
    if (intent.kind, intent.body) != (kind, frozen):
        raise KeyTaken()
    return intent


def connected(*, kind: str) -> bool:
    """Whether there is somebody who could do this kind of thing."""
    return registry.provider(bodies.PROVIDER_OF[kind]) is not None


def ask_void(*, key: UUID, now: datetime) -> str:
    """ "voided" if nothing was sent yet, "asked" if the provider has to be asked, "final" if it is over."""
    for _ in range(moving.TRIES):
        try:
            with transaction.atomic():
                return _ask_void(_find(key), now)
        except StateMoved:  # a worker took it this instant: look again
            continue
    raise StateMoved()


def _ask_void(intent: Intent, now: datetime) -> str:
    if intent.state in lifecycle.FINAL:
        return "final"
    if intent.state == State.PENDING or (intent.state == State.HELD and intent.first_sent_at is None):
        moving.move(intent, action=Action.VOID, now=now, void_asked_at=now, held_reason="")
        return "voided"
    if intent.void_asked_at is None:
        # A sending intent keeps next_at: that is the end of its lease.
        due = {} if intent.state == State.SENDING else {"next_at": now}
        moving.touch(intent, void_asked_at=now, **due)
        enqueue_after_commit("integrations.send", key=str(intent.key))
    return "asked"


def hurry(*, key: UUID, now: datetime) -> bool:
    """Look at it now and not when its turn comes; False where there is nothing that could be hurried."""
    intent = Intent.objects.filter(key=key).first()
    if intent is None or intent.next_at is None or intent.state in (State.HELD, State.SENDING):
        return False
    if intent.next_at > now:
        with suppress(StateMoved):  # somebody is at it this instant
            moving.touch(intent, next_at=now)
    enqueue_after_commit("integrations.send", key=str(key))
    return True


def hold_unsent(*, order_no: str, now: datetime) -> None:
    """Whatever is still to go out for this order waits for a person; inside the caller's transaction."""
    unsent = Intent.objects.filter(order_no=order_no, state=State.PENDING, first_sent_at=None)
    for intent in unsent.filter(provider__in=bodies.OWING):
        settling.hold(intent=intent, reason=Held.RESTORED, now=now)


@transaction.atomic
def release(*, key: UUID, now: datetime) -> Intent:
    """A person has looked at a held intent: it goes on where it stopped, and the provider is asked first."""
    intent = _find(key)
    if intent.state == State.HELD:
        moving.move(
            intent, action=Action.RELEASE, now=now, next_at=now, faults=0, faulty_since=None, held_reason=""
        )
        enqueue_after_commit("integrations.send", key=str(key))
    return intent


def _find(key: UUID) -> Intent:
    try:
        return Intent.objects.get(key=key)
    except Intent.DoesNotExist:
        raise Absent() from None
