"""Who said what of a remedy that waits for a person, and whether a second person has to say so too."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from common.phrases import mark
from common.refusals import Invalid, StateMoved
from compensation import queries
from compensation.models import HandWord
from compensation.rules import held
from compensation.services import recording

if TYPE_CHECKING:
    from compensation.models import Remedy

LONGEST_REASON, LONGEST_REFERENCE = 1000, 200


class ReasonMissing(Invalid):
    detail = mark("请写下为什么：看了哪里，核对的结果是什么。")


class ReferenceMissing(Invalid):
    detail = mark("请填凭据：退款单号、发货单号，或别处查得到的号码。")


class ReferenceDiffers(Invalid):
    detail = mark("凭据与同事填的不一样：请两位对一下，填同一个号码。")


class AlreadySaid(StateMoved):
    code = "already_said"
    detail = mark("您已经说过一次，要另一位同事也这样说才会照办。")


@dataclass(frozen=True, kw_only=True)
class Word:
    """What somebody wants done."""

    action: str
    by: str
    reason: str
    reference: str = ""


def said(*, action: str, by: str, reason: str, reference: str | None = None) -> Word:
    """The word, whole: a reason, and a reference where one is asked for."""
    reason = reason.strip()[:LONGEST_REASON]
    number = "" if reference is None else reference.strip()[:LONGEST_REFERENCE]
    if not reason:
        raise ReasonMissing(errors=[_missing("reason", ReasonMissing.detail)])
    if reference is not None and not number:
        raise ReferenceMissing(errors=[_missing("reference", ReferenceMissing.detail)])
    return Word(action=action, by=by, reason=reason, reference=number)


def _missing(field: str, detail: str) -> dict[str, str]:
    return {"field": field, "code": "required", "detail": detail}


def keep(*, remedy: Remedy, word: Word, about: str, carried_out: bool, now: datetime) -> None:
    """Written down and in the record, in the caller's transaction."""
    row = HandWord.objects.create(
        remedy=remedy, action=word.action, by=word.by, reason=word.reason, reference=word.reference,
        about=about, carried_out=carried_out, at=now,
    )  # fmt: skip
    recording.hand_word(row, now=now)


def waits_for_second(*, remedy: Remedy, word: Word, about: str) -> bool:
    """Whether this is the first of two words; AlreadySaid where it is the same person's again.

    Under the line's lock: of two people at once, one is the second.
    """
    if not _needs_second(remedy):
        return False
    before = HandWord.objects.filter(remedy=remedy, action=word.action, about=about, carried_out=False)
    first = before.exclude(by=word.by).last()
    if first is None:
        if before.filter(reference=word.reference).exists():
            raise AlreadySaid()
        return True
    if first.reference != word.reference:
        raise ReferenceDiffers(errors=[_missing("reference", ReferenceDiffers.detail)])
    return False


def _needs_second(remedy: Remedy) -> bool:
    record = remedy.decision
    policy = queries.policy_version(record.policy.code, record.policy.version)
    return held.needs_second(
        cash_fen=remedy.amount_fen or 0, refunded_fen=int(record.facts.get("refunded_fen", 0)),
        auto_limit_fen=policy.auto_limit_fen,
    )  # fmt: skip


def done_outside(*, remedy: Remedy) -> HandWord | None:
    """The newest word that it was done outside, which was not acted on."""
    return HandWord.objects.filter(remedy=remedy, action=held.DONE_BY_HAND, carried_out=False).last()
