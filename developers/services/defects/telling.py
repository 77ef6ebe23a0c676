"""The buyers of a defect are told of its fix: each once, by day, batch by batch, and on from where it was killed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, Max, OuterRef
from django.urls import reverse

from accounts.services import inbox
from accounts.services.inbox import Message
from common import forks
from common.clock import shanghai
from common.quiet import sayable_at
from common.transitions import again_on_deadlock
from developers.models import DefectFix, DefectMember, DefectTold
from developers.models.defects import REAL
from developers.rules.defect_life import WITH_FIX
from developers.rules.defect_words import told
from developers.services.defects import recording
from integrations.services import moments

BATCH, LONGEST_PASS = 200, timedelta(seconds=8)


def run_due(*, now: datetime) -> int:
    """How many were told. Nobody is at night; of a fix that did not hold nobody is told any more."""
    if sayable_at(now, urgent=False) != now:
        return 0
    clock, done = moments.running_from(now), 0
    waiting = DefectFix.objects.filter(done_at=None, defect__state__in=WITH_FIX).order_by("pk")
    for pk in list(waiting.values_list("pk", flat=True)[:50]):
        while clock() - now <= LONGEST_PASS and not forks.gate.wanted:
            some = again_on_deadlock(lambda pk=pk: _tell(pk, clock()))  # type: ignore[misc]
            done += some
            if some < BATCH:
                break
    return done


@transaction.atomic
def _tell(pk: int, now: datetime) -> int:
    """The next of them, under the fix's row, which whoever is second waits for."""
    held = DefectFix.objects.filter(pk=pk, done_at=None, defect__state__in=WITH_FIX)
    if not held.update(told=F("told")):
        return 0
    fix = DefectFix.objects.select_related("defect__product").get(pk=pk)
    rows = _next(fix)
    DefectTold.objects.bulk_create(DefectTold(fix=fix, buyer_id=buyer, at=now) for buyer, _, _ in rows)
    inbox.write(messages=[_message(fix, *row, now=now) for row in rows], now=now)
    recording.told(fix, [order_no for _, order_no, _ in rows], now=now)
    ended: dict[str, Any] = {"done_at": now} if len(rows) < BATCH else {}
    DefectFix.objects.filter(pk=pk).update(told=F("told") + len(rows), **ended)
    return len(rows)


def _next(fix: DefectFix) -> list[tuple[int, str, str]]:
    """(buyer, order number, case) of those who were not told yet, by their newest case."""
    before = DefectTold.objects.filter(fix=fix, buyer=OuterRef("order__buyer"))
    real = DefectMember.objects.filter(defect=fix.defect, standing=REAL).exclude(Exists(before))
    newest = real.values("order__buyer").annotate(case=Max("pk")).order_by("order__buyer")
    cases = [row["case"] for row in newest[:BATCH]]
    rows = DefectMember.objects.filter(pk__in=cases).order_by("order__buyer")
    return list(rows.values_list("order__buyer", "order__order_no", "ticket__no"))


def _message(fix: DefectFix, buyer: int, order_no: str, no: str, *, now: datetime) -> Message:
    words = told(
        title=fix.defect.product.title, found=fix.found, version=fix.goods_version, on=fix.fixed_on,
        advice=fix.advice, today=shanghai(now).date(),
    )  # fmt: skip
    return Message(
        buyer_id=buyer, order_no=order_no, kind="notice", about=f"{fix.defect.no}:{fix.pk}:{buyer}", text=words,
        link=reverse("ticket", args=[no]),
    )  # fmt: skip
