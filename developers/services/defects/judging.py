"""A defect that changed is looked at: does its developer owe an answer, did it come back, are there buyers to tell?"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from common import transitions
from common.clock import rfc3339
from common.transitions import again_on_deadlock
from developers.models import AnswerOwed, Defect, DefectFix, DefectMember
from developers.models.defects import REAL
from developers.rules import defect_life as life
from developers.rules.defect_life import State
from developers.rules.versions import at_least
from developers.services.defects import recording

AT_ONCE = 200


def run_due(*, now: datetime) -> int:
    """How many were looked at. Whoever is second finds nothing to do."""
    touched = Defect.objects.filter(touched=True).order_by("pk").values_list("pk", flat=True)[:AT_ONCE]
    for pk in list(touched):
        again_on_deadlock(lambda pk=pk: _look(pk, now))  # type: ignore[misc]
    return len(touched)


@transaction.atomic
def _look(pk: int, now: datetime) -> None:
    if not Defect.objects.filter(pk=pk, touched=True).update(touched=False):
        return
    defect = Defect.objects.select_related("product").get(pk=pk)
    if came_back(defect):
        transitions.move(defect, to=life.MOVES[State(defect.state)][life.BACK].to)
        recording.word(defect, action=life.BACK, data={"fix_version": defect.fix_version}, now=now)
    if defect.state in life.WITH_FIX:
        tell_the_rest(defect)
    if _owes(defect):
        owe(defect, now=now)


def came_back(defect: Defect) -> bool:
    """Whether a real case is about the version that was to be the good one, or a later one."""
    if defect.state not in life.WITH_FIX:
        return False
    later = [version for version in defect.versions if at_least(version, defect.fix_version)]
    real = DefectMember.objects.filter(defect=defect, standing=REAL, goods_version__in=later)
    return bool(later) and real.exists()


def tell_the_rest(defect: Defect) -> None:
    """The fix in force is told once more to whoever was not told of it; where all were, nobody is."""
    newest = DefectFix.objects.filter(defect=defect).order_by("-pk").values("pk")[:1]
    DefectFix.objects.filter(pk__in=list(newest.values_list("pk", flat=True))).update(done_at=None)


def _owes(defect: Defect) -> bool:
    if defect.product.developer_id is None:
        return False
    major = DefectMember.objects.filter(defect=defect, standing=REAL, major=True).exists()
    return life.owes(state=defect.state, real=defect.real, major=major, enough=settings.DEFECT_ANSWER_FROM)


def owe(
    defect: Defect, *, now: datetime, owed_at: datetime | None = None, due_at: datetime | None = None
) -> None:
    """One at a time; an answer that is owed already keeps the earlier limit."""
    due = due_at or now + timedelta(days=settings.DEFECT_ANSWER_DAYS)
    running = open_debts(defect)
    if running.exists():
        running.filter(due_at__gt=due).update(due_at=due)
        return
    AnswerOwed.objects.create(defect=defect, owed_at=owed_at or now, due_at=due)
    recording.word(defect, action=life.OWED, data={"due_at": rfc3339(due)}, now=now)


def open_debts(defect: Defect):  # type: ignore[no-untyped-def]
    return AnswerOwed.objects.filter(defect=defect, answered_at=None, void_at=None)
