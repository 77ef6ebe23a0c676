"""What a developer says of a defect, with a fix or without; and how ops end one, or take it up again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction

from common import transitions
from common.clock import shanghai
from common.jobs import enqueue_after_commit
from common.phrases import mark, phrase
from common.refusals import Absent, Invalid, StateMoved
from developers import permissions
from developers.models import Defect, DefectFix, DefectMember
from developers.models.defects import REAL
from developers.rules import defect_life as life
from developers.rules.defect_life import LABELS, MOVES, State
from developers.rules.versions import LONGEST, at_least
from developers.services.defects import judging, recording
from orders.rules.rows import storable

if TYPE_CHECKING:
    from accounts.models import User

LONGEST_TEXT, FARTHEST = 1000, timedelta(days=366)
TASK = "developers.defects"


class DefectMoved(StateMoved):
    detail = mark("这个缺陷刚刚有人动过，请刷新看过再来；您写的还在下面。")


@dataclass(frozen=True)
class Fix:
    """A fix as it is announced: in which version, from which day, and what buyers can do now."""

    version: str
    on: date | None
    advice: str


def answer(
    *, defect: Defect, by: User, text: str, fix: Fix | None = None, version: int | None, now: datetime
) -> Defect:
    """What was found; with a fix it is announced and the buyers are told. Refuses: Absent, Invalid, StateMoved."""
    offered(defect, by, life.ANNOUNCE if fix else life.ANSWER)
    said = text.strip()
    faults = _faults_of_text("text", said) + (_faults_of_fix(defect, fix, now) if fix else [])
    if faults:
        raise Invalid(errors=faults)
    with transaction.atomic():
        if fix is None:
            _move(defect, life.ANSWER, version, by, said, now)
        else:
            _announce(defect, fix, version, by, said, now)
        judging.open_debts(defect).update(answered_at=now)
    return defect


def _announce(defect: Defect, fix: Fix, version: int | None, by: User, said: str, now: datetime) -> None:
    name, advice = fix.version.strip(), fix.advice.strip()
    assert fix.on is not None, "looked at before"
    data = {"version": name, "on": str(fix.on), "advice": advice}
    _move(defect, life.ANNOUNCE, version, by, said, now, data=data, fix_version=name)
    DefectFix.objects.filter(defect=defect, done_at=None).update(
        done_at=now
    )  # what it corrects is told no more
    DefectFix.objects.create(
        defect=defect,
        goods_version=name,
        fixed_on=fix.on,
        found=said,
        advice=advice,
        by=by.get_username(),
        at=now,
    )
    enqueue_after_commit(TASK)


def fixed(*, defect: Defect, by: User, version: int | None, now: datetime) -> Defect:
    """The announced version is out."""
    return _act(defect, life.FIXED, version, by, "", now)


def close(*, defect: Defect, by: User, reason: str, version: int | None, now: datetime) -> Defect:
    """Ops end it: no answer is owed any more, and the next claim begins another."""
    return _act(
        defect, life.CLOSE, version, by, because(reason), now,
        also=lambda: judging.open_debts(defect).update(void_at=now),
    )  # fmt: skip


def reopen(*, defect: Defect, by: User, reason: str, version: int | None, now: datetime) -> Defect:
    return _act(
        defect, life.REOPEN, version, by, because(reason), now, touched=True,
        also=lambda: enqueue_after_commit(TASK),
    )  # fmt: skip


def because(reason: str) -> str:
    """Refuses: Invalid."""
    faults = _faults_of_text("reason", reason.strip())
    if faults:
        raise Invalid(errors=faults)
    return reason.strip()


def offered(defect: Defect, by: User, action: str) -> None:
    """Refuses: Absent to whom it isn't for, StateMoved where the graph has no such step."""
    side = permissions.side_of(by, defect.product)
    if side not in {move.who for moves in MOVES.values() for name, move in moves.items() if name == action}:
        raise Absent()
    if action not in life.allowed(defect.state, side):
        state = phrase(LABELS[State(defect.state)])
        raise StateMoved(phrase("这个缺陷现在是「{state}」，不能这样做。请刷新后再看。", state=state))


def held(defect: Defect, version: int | None) -> None:
    """As whoever acts has seen it. Refuses: DefectMoved."""
    if version is not None and version != defect.version:
        raise DefectMoved()


def _act(
    defect: Defect, action: str, version: int | None, by: User, text: str, now: datetime,
    also: Callable[[], object] = lambda: None, **changes: Any,
) -> Defect:  # fmt: skip
    offered(defect, by, action)
    with transaction.atomic():
        _move(defect, action, version, by, text, now, **changes)
        also()
    return defect


def _move(
    defect: Defect, action: str, version: int | None, by: User, text: str, now: datetime,
    data: dict[str, Any] | None = None, **changes: Any,
) -> None:  # fmt: skip
    held(defect, version)
    transitions.move(defect, to=MOVES[State(defect.state)][action].to, **changes)
    side = permissions.side_of(by, defect.product)
    recording.word(defect, action=action, side=side, by=by.get_username(), text=text, data=data, now=now)


def _faults_of_text(field: str, text: str) -> list[dict[str, str]]:
    if not text:
        return [_fault(field, "required", mark("请写几个字。"))]
    if len(text) > LONGEST_TEXT:
        return [_fault(field, "too_long", phrase("请不要超过 {n} 个字。", n=LONGEST_TEXT))]
    if not storable(text):
        return [_fault(field, "malformed", mark("里面有存不下的字符，请去掉后再试。"))]
    return []


def _faults_of_fix(defect: Defect, fix: Fix, now: datetime) -> list[dict[str, str]]:
    name, today = fix.version.strip(), shanghai(now).date()
    faults = _faults_of_text("advice", fix.advice.strip())
    if not name:
        faults.append(_fault("fix_version", "required", mark("请填写修复版本。")))
    elif len(name) > LONGEST or not storable(name):
        faults.append(_fault("fix_version", "malformed", phrase("请写版本，不超过 {n} 个字。", n=LONGEST)))
    elif later := _later_than(defect, name):
        said = phrase("{version} 版上也有人遇到，修好的版本要比它新。", version=later)
        faults.append(_fault("fix_version", "seen_there", said))
    if fix.on is None or not today - FARTHEST <= fix.on <= today + FARTHEST:
        faults.append(_fault("fixed_on", "malformed", mark("请写一年以内的日期，像 2026-11-30。")))
    return faults


def _later_than(defect: Defect, name: str) -> str:
    """A version with a real case that is the one to be good, or later; "" where there is none."""
    later = [version for version in defect.versions if at_least(version, name)]
    real = DefectMember.objects.filter(defect=defect, standing=REAL, goods_version__in=later)
    return real.values_list("goods_version", flat=True).first() or "" if later else ""


def _fault(field: str, code: str, detail: str) -> dict[str, str]:
    return {"field": field, "code": code, "detail": detail}
