"""What is beyond its range for certain is proposed to be suspended; one of ops says so, or not, and why.

Nothing is sold here, so nothing is stopped here: an accepted proposal is what the shop reads and acts on. What a
suspended supplier hands over all the same is a fact like any other, and flagged.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Sum

from common.clock import shanghai
from common.intervals import PARTS, interval
from common.phrases import mark
from common.refusals import StateMoved
from evidence.services import log as record
from orders.services import suppliers
from watch.models import DayFigure, Proposal
from watch.rules import health
from watch.services.mass import LONGEST_REASON, ReasonMissing

log = logging.getLogger(__name__)
KIND = "suspension"
STANDING = ("open", "accepted")
Sums = Mapping[str, tuple[int, int]]


class AlreadyAnswered(StateMoved):
    code = "proposal_answered"
    detail = mark("同事刚刚处理过这一条，请看最新的情况。")


def judge(*, subjects: Iterable[str], now: datetime) -> None:
    """Propose what is beyond its range; in the transaction that changed its figures. Three queries, and a row each.

    What a person has answered is judged by later days only: their answer was given on those before.
    """
    today, some = shanghai(now).date(), sorted(one for one in subjects if one != health.NOBODYS)
    last = {row.subject: row for row in Proposal.objects.filter(subject__in=some).order_by("id")}
    since: dict[date, list[str]] = defaultdict(list)
    for one in some:
        before = last.get(one)
        if before is None or before.state not in STANDING:
            since[_first_day(before, today)].append(one)
    for first, those in since.items():
        for whose, sums in _sums(those, first).items():
            for found in health.beyond(
                sums, limits=settings.HEALTH_LIMITS, at_least=settings.HEALTH_AT_LEAST
            )[:1]:
                _propose(whose, found, first, today, now)


def answer(*, pk: int, accept: bool, by: str, reason: str, now: datetime) -> Proposal:
    """Suspend, or don't. Refuses: ReasonMissing, AlreadyAnswered."""
    state = "accepted" if accept else "dismissed"
    return _move(pk, "open", now, state=state, by=by, reason=_said(reason), ended_at=now)


def lift(*, pk: int, by: str, reason: str, now: datetime) -> Proposal:
    """It may be sold again. Refuses: ReasonMissing, AlreadyAnswered."""
    said = {"lifted_by": by, "lifted_for": _said(reason), "lifted_at": now}
    return _move(pk, "accepted", now, state="lifted", **said)


@transaction.atomic
def _move(pk: int, before: str, now: datetime, **changes: object) -> Proposal:
    if not Proposal.objects.filter(pk=pk, state=before).update(**changes):
        raise AlreadyAnswered()
    row = Proposal.objects.get(pk=pk)
    _tell(row, now)
    _record(row, now)
    return row


def _tell(row: Proposal, now: datetime) -> None:
    """Deliveries of a supplier that come from now on are flagged, or no more; of goods there is nothing to tell."""
    kind, _, name = row.subject.partition(":")
    if kind == health.SUPPLIER and row.state == "accepted":
        suppliers.suspend(code=name, now=now)
    elif kind == health.SUPPLIER and row.state == "lifted":
        suppliers.let_in(code=name)


def _said(reason: str) -> str:
    said = reason.strip()[:LONGEST_REASON]
    if not said:
        raise ReasonMissing()
    return said


def _first_day(before: Proposal | None, today: date) -> date:
    first = today - timedelta(days=health.DAYS - 1)
    answered = before and (before.lifted_at or before.ended_at)
    return max(first, shanghai(answered).date() + timedelta(days=1)) if answered else first


def _sums(subjects: list[str], first: date) -> dict[str, Sums]:
    rows = DayFigure.objects.filter(subject__in=subjects, day__gte=first, figure__in=list(health.LIMITS))
    found: dict[str, dict[str, tuple[int, int]]] = defaultdict(dict)
    summed = rows.order_by().values_list("subject", "figure").annotate(Sum("part"), Sum("whole"))
    for whose, figure, part, whole in summed:
        found[whose][figure] = part, whole
    return dict(found)


def _propose(whose: str, found: health.Beyond, first: date, today: date, now: datetime) -> None:
    lower, upper = interval(part=found.part, whole=found.whole)
    row = Proposal.objects.create(
        subject=whose, figure=found.figure, part=found.part, whole=found.whole, lower=lower, upper=upper,
        limit=int(found.limit * PARTS), since=first, until=today, made_at=now,
    )  # fmt: skip
    _record(row, now)
    log.error(
        "%s 的「%s」%s / %s，超出允许的范围，提议停售，等人看", whose, found.figure, found.part, found.whole
    )


def _record(row: Proposal, now: datetime) -> None:
    data = {
        "id": row.pk, "subject": row.subject, "figure": row.figure, "part": row.part, "whole": row.whole,
        "lower": row.lower, "limit": row.limit, "since": row.since, "until": row.until, "state": row.state,
        "by": row.lifted_by or row.by, "reason": row.lifted_for or row.reason,
    }  # fmt: skip
    record.record(kind=KIND, order_no="", data=data, internal=True, now=now)
