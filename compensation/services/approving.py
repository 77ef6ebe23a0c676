"""People approve what waits for them: as many as the rules ask for, each once, and nobody what they asked for."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db.models import Max, QuerySet

from common.phrases import mark
from common.refusals import Refusal, StateMoved
from compensation.models import Approval, DecisionRecord, Finding, Override, Remedy
from compensation.rules import closing
from compensation.services import binding, overriding, recording_rulings, releasing, remedies, standing


class OwnRequest(Refusal):
    code = "own_request"
    title = mark("这一笔要由另一位同事批准")
    detail = mark("超过限额的钱不能由提出的人自己批准，请换一位同事来批。")


class ApprovedBefore(StateMoved):
    code = "approved_before"
    title = mark("您已经批准过了")
    detail = mark("这一笔要两个人批准，您的已经记下，请另一位同事再批。")


class DecideAnew(StateMoved):
    code = "decide_anew"
    title = mark("要先重新决定")
    detail = mark("拒绝以前算出的补偿和批准不能再用。请用「认定事实」重新决定，再批准。")


def agree(
    *, record: DecisionRecord, by: str, reason: str, now: datetime, asked_by: Collection[str] = ()
) -> bool:
    """Keep this person's yes; whether enough people have said so. Nothing is given yet: `carry_out` does.

    `asked_by`: who else asked for this money, besides whoever overrode or found the facts. Refuses: OwnRequest,
    ApprovedBefore, DecideAnew. Needs the line's lock.
    """
    override = overriding.newest(record=record)
    if is_own(record=record, by=by, asked_by=asked_by):
        raise OwnRequest()
    needed = 1 if override else max(1, standing.decision_of(record=record).approvals)
    said = Approval.objects.filter(decision=record, override=override)
    if needed > 1 and not waiting(record=record) and _before_its_end(record, said):
        raise DecideAnew()
    if not said.filter(by=by).exists():
        row = Approval.objects.create(decision=record, override=override, reason=reason, by=by, at=now)
        recording_rulings.approval(row, now=now)
    elif said.count() < needed:
        raise ApprovedBefore()
    return said.count() >= needed


def is_own(*, record: DecisionRecord, by: str, asked_by: Collection[str] = ()) -> bool:
    """Whether this person asked for the money, so that somebody else has to approve it."""
    override = overriding.newest(record=record)
    return by in _asked(record, override) | (set(asked_by) if _is_large(record, override) else set())


def waiting(*, record: DecisionRecord) -> list[Remedy]:
    """What a person's yes would send out."""
    rows = record.remedies.filter(state="awaiting_approval")
    return list(rows.select_related("order__product", "decision").order_by("id"))


def stuck(*, record: DecisionRecord) -> bool:
    """Whether something of it still waits for a person or a provider, or came to nothing and nobody has seen to it."""
    newest = overriding.newest(record=record)
    for remedy in record.remedies.filter(followed_by=None):
        seen_to = remedy.state != "failed" or (newest is not None and remedy.override_id != newest.pk)
        if not remedy.ended or not (seen_to or remedy.words.filter(carried_out=True).exists()):
            return True
    return False


def _before_its_end(record: DecisionRecord, said: QuerySet[Approval]) -> bool:
    """Whether somebody's yes was to what has ended since: another person's refusal stands between."""
    ended_at = record.remedies.aggregate(at=Max("ended_at"))["at"]
    return ended_at is not None and said.filter(at__lt=ended_at).exists()


def _is_large(record: DecisionRecord, override: Override | None) -> bool:
    return override is not None or "amount" in record.review_reasons


def _asked(record: DecisionRecord, override: Override | None) -> set[str]:
    if override is not None:
        return {override.by}
    if not _is_large(record, override):
        return set()
    return set(Finding.objects.filter(order=record.order, reason=record.reason).values_list("by", flat=True))


def carry_out(*, record: DecisionRecord, now: datetime) -> None:
    """Give what enough people have agreed to. Needs the line's lock."""
    override = overriding.newest(record=record)
    rows = waiting(record=record) or _again(record, now)
    if not rows:  # granted anew, and nothing of it waits
        return
    closes = overriding.empties(row=override) if override else _closes(record)
    # What a restored database forgot has to be known first: as where a decision is granted.
    closes = closes and not any(binding.stops(remedy=row) for row in rows)
    releasing.release(rows=rows, record=record, closes=closes, now=now)


def _closes(record: DecisionRecord) -> bool:
    """By the line as it is now: what other decisions gave when this one was made may have been refused since."""
    decision = standing.decision_of(record=record)
    if decision.clause == closing.CLOSING:
        return True
    return standing.empties(record=record, cash_fen=decision.cash_fen)


def _again(record: DecisionRecord, now: datetime) -> list[Remedy]:
    """After an appeal: what the decision computed and a refusal had voided is granted anew, for approval."""
    if not standing.is_as_decided(record=record):
        raise DecideAnew()
    fresh = remedies.grant(record=record, decision=standing.decision_of(record=record), now=now)
    return [row for row in fresh if row.state == "awaiting_approval"]
