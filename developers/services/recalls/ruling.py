"""Ops rule on a recall: agree to it or not, stop it, let it go on, look at what was skipped once more."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction

from accounts import permissions as who
from common import transitions
from common.phrases import mark, phrase
from common.refusals import Absent, Refusal, StateMoved
from developers.models import Recall, RecallLine, RecallWord
from developers.rules.recall_life import LABELS, LISTED, MOVES, SKIPPED, State, allowed
from developers.services.recalls import carrying, recording, working

if TYPE_CHECKING:
    from accounts.models import User

LONGEST_REASON = 1000
NEEDS_REASON = ("refuse", "stop")


class OwnRecall(Refusal):
    code = "own_request"
    title = mark("要由另一位同事批准")
    detail = mark("召回不能由提出的人自己批准，请换一位同事来看。")


class ApprovedBefore(StateMoved):
    code = "approved_before"
    title = mark("您已经批准过了")
    detail = mark("这次召回要两位同事批准，您的已经记下，请另一位同事再批。")


class NotSubmitted(StateMoved):
    code = "recall_not_submitted"
    title = mark("还没有提交批准")
    detail = mark("这只是试算，提出的人还没有提交。要召回，请他提交，或自己试算一次。")


class RecallChanged(StateMoved):
    code = "recall_changed"
    title = mark("名单和试算时不一样了")
    detail = mark("试算以后又有订单落进了范围，批准的就不是看到的了。请按同样的条件重新试算。")


class NothingToGive(Refusal):
    code = "nothing_to_give"
    title = mark("没有要给的")
    detail = mark("范围里没有一单要给什么，不用召回。")


class RecallReasonMissing(Refusal):
    code = "reason_required"
    title = mark("还没写为什么")
    detail = mark("请写一句为什么，会进存证。")


def approve(*, recall: Recall, by: User, reason: str = "", digest: str = "", now: datetime) -> Recall:
    """One person's yes to what was shown; with enough of them it is checked once more and then carried out.

    `digest`: the fingerprint of what this person read. Refuses: NotSubmitted, OwnRecall, ApprovedBefore,
    NothingToGive, RecallChanged.
    """
    _offered(recall, by, "approve")
    if recall.submitted_at is None:
        raise NotSubmitted()
    if recall.asked_by_id == by.pk:
        raise OwnRecall()
    if digest and digest != recall.digest:
        raise RecallChanged()
    if not recall.figures["gets"]:
        raise NothingToGive()
    with transaction.atomic():
        said = RecallWord.objects.filter(recall=recall, action="approve")
        if said.filter(by=by.get_username()).exists():
            raise ApprovedBefore()
        enough = said.count() + 1 >= recall.approvals_needed
        changes: dict[str, Any] = {"walked": 0, "place": None, "approved_at": now} if enough else {}
        transitions.move(recall, to=State.CHECKING if enough else State.SHOWN, **changes)
        _keep(recall, "approve", by, reason, now)
    if not enough:
        return recall
    done = working.hurry(recall=recall, now=now)
    if done.state == State.CHANGED:
        raise RecallChanged()
    return done


def refuse(*, recall: Recall, by: User, reason: str, now: datetime) -> Recall:
    """Nothing is given, and whoever asked can read why. Refuses: RecallReasonMissing."""
    return _move(recall, "refuse", by, reason, now)


def stop(*, recall: Recall, by: User, reason: str, now: datetime) -> Recall:
    """No further line is given anything; what was given stays."""
    return _move(recall, "stop", by, reason, now, progress=carrying.progress_of(recall))


def resume(*, recall: Recall, by: User, reason: str = "", now: datetime) -> Recall:
    return working.wake(recall=_move(recall, "resume", by, reason, now))


def again(*, recall: Recall, by: User, reason: str = "", now: datetime) -> Recall:
    """Lines that were skipped are looked at once more; those that were given something are not touched."""
    with transaction.atomic():
        moved = _move(recall, "again", by, reason, now, ended_at=None)
        RecallLine.objects.filter(recall=recall, state=SKIPPED).update(state=LISTED, skip="", at=None)
    return working.wake(recall=moved)


@transaction.atomic
def _move(recall: Recall, action: str, by: User, reason: str, now: datetime, **changes: Any) -> Recall:
    _offered(recall, by, action)
    if action in NEEDS_REASON and not reason.strip():
        raise RecallReasonMissing()
    transitions.move(recall, to=MOVES[State(recall.state)][action].to, **changes)
    _keep(recall, action, by, reason, now)
    return recall


def _offered(recall: Recall, by: User, action: str) -> None:
    if not who.is_ops(by):
        raise Absent()
    if action not in allowed(recall.state, "ops"):
        state = phrase(LABELS[State(recall.state)])
        raise StateMoved(phrase("这次召回现在是「{state}」，不能这样做。请刷新后再看。", state=state))


def _keep(recall: Recall, action: str, by: User, reason: str, now: datetime) -> None:
    word = RecallWord.objects.create(
        recall=recall, action=action, by=by.get_username(), reason=reason.strip()[:LONGEST_REASON],
        digest=recall.digest, at=now,
    )  # fmt: skip
    recording.recall(recall, what=action, word=word, now=now)
