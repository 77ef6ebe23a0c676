"""While a standstill is open nothing is sent: the database was restored, and what it forgot is not known yet."""

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F

from common.phrases import mark
from common.refusals import Invalid, StateMoved
from integrations import signals
from integrations.models import Standstill
from integrations.services import reconcile

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
FIRST_WAIT_S, LONGEST_WAIT_S = 10, 60


class WhyMissing(Invalid):
    detail = mark("请写下为什么可以恢复：核对过哪几方，对不上的账看过没有。")


class OverBefore(StateMoved):
    code = "standstill_over"
    detail = mark("已经恢复了，或者又退回过一次：请看最新的情况。")


def sends() -> bool:
    """Whether anything may leave; questions always may."""
    return not (settings.RECONCILE_ONLY or is_open())


def is_open() -> bool:
    return Standstill.objects.filter(ended_at=None).exists()


def current() -> Standstill | None:
    return Standstill.objects.filter(ended_at=None).first()


@transaction.atomic
def begin(*, last_known: datetime | None, now: datetime) -> bool:
    """Stop; the lists are wanted from the last instant that the database knows of. Whether that is news."""
    since = last_known - reconcile.EDGE if last_known else EARLIEST
    if Standstill.objects.filter(ended_at=None, since__gt=since).update(since=since, next_at=now):
        return True
    given = {"since": since, "began_at": now, "next_at": now}
    _, begun = Standstill.objects.get_or_create(reason=Standstill.RESTORED, ended_at=None, defaults=given)
    return begun


def take_turn(*, now: datetime) -> Standstill | None:
    """The open standstill, if it is time to ask for the lists again and nobody else is about to."""
    row = current()
    if row is None or row.next_at > now:
        return None
    wait = timedelta(seconds=min(LONGEST_WAIT_S, FIRST_WAIT_S * (row.tries + 1)))
    mine = Standstill.objects.filter(pk=row.pk, ended_at=None, next_at=row.next_at)
    return row if mine.update(next_at=now + wait, tries=F("tries") + 1) else None


def end(*, row: Standstill, now: datetime) -> bool:
    """Go on; False where it was ended by another, or goes further back by now than what was asked for."""
    asked_for = Standstill.objects.filter(pk=row.pk, ended_at=None, since=row.since)
    return bool(asked_for.update(ended_at=now))


@transaction.atomic
def resume(*, row: Standstill, by: str, reason: str, now: datetime) -> None:
    """A person has looked: go on without the rest of the lists. What they would have named is not bound."""
    if not reason.strip():
        raise WhyMissing()
    if not end(row=row, now=now):
        raise OverBefore()
    signals.sending_resumed.send(sender=Standstill, row=row, by=by, reason=reason.strip(), now=now)
