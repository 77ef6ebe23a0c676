"""Messages are taken, sent and settled by the hundred: one request, but each under its own key with its own end.

A batch whose answer was lost is unknown message by message: each is asked about, and sent again alone, as all else.
"""

import random
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction
from django.db.models import Case, F, QuerySet, Value, When

from common import forks
from common.quiet import sayable_at
from common.resting import Rest
from common.transitions import again_on_deadlock
from integrations.models import Intent
from integrations.rules import answers, judging
from integrations.rules.answers import Answer, Heard
from integrations.rules.bodies import MESSAGES
from integrations.rules.lifecycle import Action, State
from integrations.services import breaker, moments, moving, standstill, sweep
from integrations.services.messages import TOO_LATE
from integrations.vendors import registry
from integrations.vendors.messages import BatchNotOffered, Messages

AT_ONCE, MAX_BYTES = 100, 192 * 1024
LONGEST_PASS = timedelta(seconds=8)
ONE_BY_ONE = Rest(quiet_s=600)  # a backend without batches is not offered one each time


@dataclass(frozen=True)
class Batch:
    """Messages that this worker holds until the lease ends."""

    rows: Sequence[Intent]
    token: UUID


def run_due(*, now: datetime, hands: int = 1) -> int:
    """New messages by the hundred, then whatever else is due of messages; how many were worked on."""
    clock, done, together = moments.running_from(now), 0, ONE_BY_ONE.over()
    _let_sleep(now)
    while together and clock() - now <= LONGEST_PASS and not forks.gate.wanted:
        sent = send_some(now=clock())
        if not sent:
            break
        done += sent
    return done + sweep.run_due(now=clock(), hands=hands, providers=(MESSAGES,), unsent=not together)


def send_some(*, now: datetime) -> int:
    """One batch, if any is due and may go: take → send → settle."""
    provider, clock = registry.provider(MESSAGES), moments.running_from(now)
    if not isinstance(provider, Messages) or not standstill.sends() or not _is_due(now) or _paused(now):
        return 0
    batch = again_on_deadlock(lambda: _take(now))
    if batch.rows:
        heard = _submit(provider, batch, clock)
        again_on_deadlock(lambda: _settle(batch, heard, clock()))
    return len(batch.rows)


def _let_sleep(now: datetime) -> None:
    """What was due by day and could not be sent then waits for the morning, so that the night's passes are short."""
    morning = sayable_at(now, urgent=False)
    late = Intent.objects.filter(
        provider=MESSAGES, next_at__lte=now, state__in=(State.PENDING, State.UNKNOWN), by_day=True
    )
    if morning != now and late.exists():  # asked first: an UPDATE takes SQLite's write lock for nothing, too
        again_on_deadlock(lambda: late.update(next_at=morning, version=F("version") + 1))


def _is_due(now: datetime) -> bool:
    return _due(now).exists()


def _due(now: datetime) -> QuerySet[Intent]:
    rows = Intent.objects.filter(provider=MESSAGES, next_at__lte=now, state=State.PENDING)
    if sayable_at(now, urgent=False) != now:
        rows = rows.filter(by_day=False)
    return rows.filter(created_at__gt=now - TOO_LATE).order_by("next_at")  # older ones are ended, not sent


def _paused(now: datetime) -> bool:
    """The breaker is open; when its pause is over, one batch finds out for all."""
    until = breaker.paused_until(provider=MESSAGES)
    if until is None:
        return False
    return until > now or not breaker.may_probe(provider=MESSAGES, paused_until=until, now=now)


@transaction.atomic(durable=True)
def _take(now: datetime) -> Batch:
    """Where another worker holds them this instant, the next hundred."""
    chosen: list[Intent] = []
    size = 0
    for intent in _due(now).select_for_update(skip_locked=True)[:AT_ONCE]:
        size += len(intent.body.encode())
        if chosen and size > MAX_BYTES:
            break
        chosen.append(intent)
    token, until = uuid4(), now + timedelta(seconds=settings.LEASE_S)
    moving.move_many(
        chosen, action=Action.TAKE, now=now, token=token, lease_until=until, next_at=until, attempts=F("attempts") + 1,
        first_sent_at=now, last_sent_at=now,
    )  # fmt: skip
    taken = Intent.objects.filter(pk__in=[row.pk for row in chosen], token=token, state=State.SENDING)
    return Batch(list(taken.order_by("next_at", "pk")), token)


def _submit(provider: Messages, batch: Batch, clock: Callable[[], datetime]) -> Mapping[UUID, Answer]:
    """One request, no transaction open; the breaker counts it as one."""
    try:
        heard = provider.submit_many(rows=[(row.key, row.body.encode()) for row in batch.rows])
    except BatchNotOffered:
        ONE_BY_ONE.begin()
        return {row.key: answers.lost("no batches there") for row in batch.rows}
    if any(answer.heard not in (Heard.LOST, Heard.UNAUTHORISED) for answer in heard.values()):
        breaker.note_answer(provider=MESSAGES)
    else:
        breaker.note_fault(provider=MESSAGES, now=clock())
    return heard


@transaction.atomic(durable=True)
def _settle(batch: Batch, heard: Mapping[UUID, Answer], now: datetime) -> None:
    """Each by its own answer; those that end alike in one statement, and only while this worker holds them."""
    alike: dict[tuple[Any, ...], list[tuple[Intent, str]]] = defaultdict(list)
    abilities, luck = registry.abilities(MESSAGES), random.random()
    for row in batch.rows:
        answer = heard[row.key]
        change = judging.judge(
            standing=row.standing(), answer=answer, abilities=abilities, now=now, luck=luck
        )
        written = dict(change.fields)
        reference = written.pop("reference", "")
        if answer.report is not None:
            written["heard_at"] = now
        alike[change.action, *sorted(written.items())].append((row, reference))
    for (action, *fields), rows in alike.items():
        named = [When(pk=row.pk, then=Value(reference)) for row, reference in rows if reference]
        said = {"reference": Case(*named, default=F("reference"))} if named else {}
        moving.move_many(
            [row for row, _ in rows], action=action, now=now, held_by=batch.token, token=None, lease_until=None,
            **dict(fields), **said,
        )  # fmt: skip
