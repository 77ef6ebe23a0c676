"""A developer's claims on the guarantee fund, as their pages show them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from common import figures
from common.language import say, spoken
from developers.models import FundClaim, FundWord
from developers.queries import fund as queries
from developers.rules import fund as rules
from developers.rules import months
from developers.rules.fund_life import LABELS, LIVE, State, allowed

TONES = {State.PAID: "ok", State.REFUSED: "must", State.WITHDRAWN: ""}
_SAID = {"approve", "refuse", "appeal"}


@dataclass(frozen=True)
class CaseRow:
    no: str
    title: str
    fen: str
    note: str
    chosen: bool


@dataclass(frozen=True)
class ClaimLine:
    no: str
    title: str
    note: str
    state: str


@dataclass(frozen=True)
class Step:
    text: str
    result: str
    note: str


@dataclass(frozen=True)
class Word:
    when: str
    who: str
    text: str


@dataclass(frozen=True)
class Sheet:
    no: str
    state: str
    tone: str
    cause: str
    heading: str
    open: bool  # not answered for good
    paid: str  # the month of the statement that it stands in
    now: str  # what is going on, and by when
    steps: tuple[Step, ...]
    cases: tuple[tuple[str, str], ...]  # number, what the record shows
    words: tuple[Word, ...]
    may: tuple[str, ...]


def case_row(row: queries.Claimable, *, chosen: bool, now: datetime) -> CaseRow:
    return CaseRow(
        row.ticket.no, row.ticket.order.product.title, figures.yuan(row.case.left),
        say("{when} 以前可以申请", when=figures.moment(row.until, now=now)), chosen,
    )  # fmt: skip


def line(claim: FundClaim, *, now: datetime) -> ClaimLine:
    note = say("{cause}，{when} 提交", cause=_cause(claim), when=figures.moment(claim.filed_at, now=now))
    return ClaimLine(claim.no, _amount(claim), note, spoken(LABELS[State(claim.state)]))


def sheet(claim: FundClaim, *, own: bool, now: datetime) -> Sheet:
    cases = list(claim.cases.all())
    may = allowed(claim.state, "developer") if own else ()
    return Sheet(
        no=claim.no, state=spoken(LABELS[State(claim.state)]), tone=TONES.get(State(claim.state), "half"),
        cause=_cause(claim), heading=_heading(claim), open=claim.state in LIVE and claim.state != State.PAID,
        paid=months.name_of(claim.paid_at) if claim.paid_at and claim.paid_fen else "", now=_now(claim, now),
        steps=tuple(Step(spoken(s.text), s.result, spoken(s.note)) for s in rules.steps(queries.sums_of(cases))),
        cases=tuple((row.ticket.no, queries.shows(row.shows)) for row in cases),
        words=tuple(_word(word, now) for word in queries.words_of(claim) if word.action in _SAID | {"file"}),
        may=tuple(action for action in may if action != "appeal" or claim.appealed_at is None),
    )  # fmt: skip


def _cause(claim: FundClaim) -> str:
    return spoken(rules.CAUSES[claim.cause].name)


def _heading(claim: FundClaim) -> str:
    if claim.state == State.PAID and claim.paid_fen:
        return say("已赔付 {fen}", fen=_amount(claim))
    return say("申请赔付 {fen}", fen=figures.yuan(claim.fen))


def _amount(claim: FundClaim) -> str:
    return figures.yuan(claim.paid_fen if claim.state == State.PAID else claim.fen)


def _now(claim: FundClaim, now: datetime) -> str:
    if claim.state == State.PAID:
        if not claim.paid_fen:
            return say("同意以后，这几张已经改由别人承担、退回给您了，没有要再赔的。")
        when = figures.moment(claim.paid_at or now, now=now)
        less = claim.fen - claim.paid_fen
        given = say("另外 {less} 在答复以前已经更正退回。", less=figures.yuan(less)) if less else ""
        return say("{when} 由基金承担，从您名下移走了。", when=when) + given
    if claim.state == State.APPROVED:
        return say("同意赔，基金里的钱现在不够。有钱了按提交的先后付，不用再申请。")
    if claim.state == State.REFUSED:
        return say("不赔，理由在下面。") if claim.appealed_at else say("不赔，理由在下面。可以申诉一次。")
    if claim.state not in LIVE:
        return say("您撤回了，里面的售后单可以再申请。")
    return say("等运营答复，最迟 {when}。", when=figures.moment(claim.answer_by, now=now))


def _word(word: FundWord, now: datetime) -> Word:
    who = {"file": say("您申请时写的"), "appeal": say("您申诉时写的"), "refuse": say("答复：不赔")}
    return Word(figures.moment(word.at, now=now), who.get(word.action, say("答复：同意赔")), word.reason)
