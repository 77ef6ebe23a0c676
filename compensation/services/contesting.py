"""The developer says why it is not theirs to bear; ops answer once, in writing. The books follow the answer."""

from __future__ import annotations

from datetime import datetime

from common.clock import shanghai
from common.phrases import mark, phrase
from common.refusals import Refusal, StateMoved
from compensation.models import Bearer, Contest, ContestAnswer, DecisionRecord
from compensation.rules import bearing as rules
from compensation.services import bearing, recording_rulings, standing


class NothingToContest(StateMoved):
    code = "nothing_to_contest"
    title = mark("这一单没有记在您名下")
    detail = mark("这一单眼下没有定由开发者承担，不用提异议。")


class TooLate(Refusal):
    code = "contest_too_late"
    title = mark("提异议的时间过了")


class ContestedBefore(StateMoved):
    code = "contested_before"
    title = mark("已经提过异议")
    detail = mark("对这个认定已经提过一次异议，请等答复；答复写在这一单上。")


class ContestOpen(StateMoved):
    code = "contest_open"
    title = mark("开发者提了异议")
    detail = mark("开发者对现在的认定提了异议。请先答复异议，答复里可以改由别人承担。")


class NoContest(StateMoved):
    code = "no_open_contest"
    title = mark("没有要答复的异议")
    detail = mark("这一单没有等答复的异议，可能同事刚刚答过了。请刷新后再看。")


class OwnRuling(Refusal):
    code = "own_ruling"
    title = mark("要由另一位同事答复")
    detail = mark("责任方是您定的，异议要由另一位同事答复。")


def open_contest(*, record: DecisionRecord) -> Contest | None:
    """The one that waits for an answer on the case, also where the case was decided again since."""
    of = [record, *standing.earlier(record=record)]
    rows = Contest.objects.filter(bearer__decision__in=of, answer=None)
    return rows.select_related("bearer").order_by("-id").first()


def refuse_while_open(*, record: DecisionRecord) -> None:
    """Whoever bears it is not set anew past an unanswered contest. Needs the line's lock."""
    if open_contest(record=record) is not None:
        raise ContestOpen()


def contest(*, record: DecisionRecord, ticket_no: str, text: str, by: str, now: datetime) -> Contest:
    """Refuses: NothingToContest, ContestedBefore, TooLate. Needs the line's lock."""
    said = Bearer.objects.filter(decision=record).select_related("carries").order_by("-id").first()
    if said is None or said.party != rules.DEVELOPER:
        raise NothingToContest()
    ruling = said.carries or said  # decided again, it still is the word that was contested
    if open_contest(record=record) is not None or Contest.objects.filter(bearer=ruling).exists():
        raise ContestedBefore()
    until = rules.contest_until(said.at)
    if now > until:
        day = f"{shanghai(until):%Y-%m-%d %H:%M}"
        raise TooLate(phrase("异议要在 {day} 以前提（定责任起 48 小时内），现在已经过了。", day=day))
    row = Contest.objects.create(
        bearer=ruling, order_id=record.order_id, ticket_no=ticket_no, text=text, by=by, at=now,
        answer_by=rules.answer_until(now),
    )  # fmt: skip
    recording_rulings.contest(row, now=now)
    return row


def answer(
    *, record: DecisionRecord, party: str, reason: str, by: str, others: bool, now: datetime
) -> ContestAnswer:
    """Upheld where the party stays the developer, else moved with its cost; `others`: somebody else could answer.

    Refuses: NoContest, OwnRuling. Needs the line's lock.
    """
    found = open_contest(record=record)
    if found is None:
        raise NoContest()
    if found.bearer.by == by and others:
        raise OwnRuling()
    row = ContestAnswer.objects.create(contest=found, party=party, reason=reason, by=by, at=now)
    recording_rulings.contest_answer(row, now=now)
    if party != rules.DEVELOPER:
        bearing.set_bearer(record=record, party=party, by=by, reason=reason, now=now)
    return row
