"""What does not add up is written down and stays until a person closes it."""

import hashlib
import logging
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from common.phrases import mark
from common.refusals import Absent, Invalid, StateMoved
from common.transitions import again_on_deadlock
from ledger.models import Break, BreakClosing
from ledger.services import recording
from ledger.signals import break_closed

log = logging.getLogger(__name__)
LONGEST: int = Break._meta.get_field("reference").max_length or 0


class NoteMissing(Invalid):
    detail = mark("请写下核对的结果：看了哪里，谁的对。")


class AlreadyClosed(StateMoved):
    code = "break_closed"
    detail = mark("这一条刚刚由同事结案了。")


def open_break(*, kind: str, reference: str, detail: str, now: datetime) -> None:
    """Once while it is open, however often it is found; what a person has looked at is not told in the same words."""
    reference = _that_fits(reference)
    if _looked_at(kind, reference, detail):
        return
    fresh = Break(kind=kind, reference=reference, detail=detail, opened_at=now)
    if not Break.objects.filter(kind=kind, reference=reference, closed_at=None).exists():
        Break.objects.bulk_create([fresh], ignore_conflicts=True)
        log.error("对不上：%s %s：%s", kind, reference, detail)


def _looked_at(kind: str, reference: str, detail: str) -> bool:
    # What was explained later stands behind it.
    said = Q(found__detail=detail) | Q(found__detail__startswith=f"{detail}。")
    return BreakClosing.objects.filter(said, found__kind=kind, found__reference=reference).exists()


def close_break(*, pk: int, by: str, note: str, now: datetime) -> Break:
    """A person has looked: once, with what was found, in the record; whoever is bound by it hears of it."""
    return again_on_deadlock(lambda: _close_once(pk, by, note.strip(), now))


@transaction.atomic
def _close_once(pk: int, by: str, note: str, now: datetime) -> Break:
    if not note:
        raise NoteMissing()
    found = Break.objects.filter(pk=pk).first()
    if found is None:
        raise Absent()
    if not Break.objects.filter(pk=pk, closed_at=None).update(closed_at=now):
        raise AlreadyClosed()
    found.closed_at = now
    recording.closing(BreakClosing.objects.create(found=found, by=by, note=note, closed_at=now), now=now)
    break_closed.send(sender=Break, found=found, now=now)
    return found


def close_all(*, references: Iterable[str], kinds: Iterable[str], by: str, note: str, now: datetime) -> None:
    """What a person decided elsewhere closes what told of it; inside the caller's transaction."""
    fitting = [_that_fits(reference) for reference in references]
    rows = Break.objects.filter(reference__in=fitting, kind__in=list(kinds), closed_at=None)
    for pk in rows.order_by("pk").values_list("pk", flat=True):
        _close_once(pk, by, note, now)


def explain(*, kind: str, reference: str, more: str) -> Break | None:
    """What was found out since it was opened, said once; the row, if it is open."""
    row = Break.objects.filter(kind=kind, reference=_that_fits(reference), closed_at=None).first()
    if row and more not in row.detail:
        Break.objects.filter(pk=row.pk, closed_at=None).update(detail=f"{row.detail}。{more}")
    return row


def _that_fits(reference: str) -> str:
    """A provider names what it likes: too long a name keeps its beginning, and a digest that tells it from others."""
    if len(reference) <= LONGEST:
        return reference
    return f"{reference[: LONGEST - 17]}…{hashlib.sha256(reference.encode()).hexdigest()[:16]}"
