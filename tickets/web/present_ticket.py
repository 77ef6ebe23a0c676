"""The ticket page in finished words: what is happening, whose turn it is, what is given and how far it is."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from django.utils.text import capfirst

from common import figures
from common.language import say, spoken
from tickets.web import given_words, ticket_titles
from tickets.web import ticket_words as words
from tickets.web.display import FlowItem, Pair, Slip, StepView, flow_item, listed
from tickets.web.guides import Guide, guide_to_answer
from tickets.web.loyalty import told
from tickets.web.ticket_choices import Choices, choices_of
from tickets.web.ticket_notices import notice
from tickets.web.ticket_sheet import FINAL, ProofSheet, RatingSheet, TicketSheet
from tickets.web.ticket_slip import slip_of
from tickets.web.ticket_steps import steps_of

_RETRY_SOON, _RETRY_LATER = 2, 15


@dataclass(frozen=True)
class RemedyView:
    label: str
    figure: str
    state: str
    tone: str = ""
    note: str = ""


@dataclass(frozen=True)
class ProofView:
    token: str
    name: str
    note: str


@dataclass(frozen=True)
class TicketPage:
    no: str
    order_no: str
    order_masked: str
    title: str
    steps: tuple[StepView, ...]
    turn: Pair
    due: Pair
    slip: Slip
    flow: tuple[FlowItem, ...]
    can: Choices
    remedies: tuple[RemedyView, ...] = ()
    notice: str = ""
    live: bool = False
    poll_seconds: int = _RETRY_LATER
    confirm_label: str = ""
    doubt_label: str = ""
    withdraw_note: str = ""
    nudge_again: str = ""
    is_asked: bool = False
    must: bool = False  # the notice is the question itself
    is_unanswered: bool = False
    records: str = ""
    new_keys: bool = False
    proofs: tuple[ProofView, ...] = ()
    rating: RatingSheet | None = None
    numbers: tuple[Pair, ...] = ()  # in full, to be copied
    loyalty: str = ""
    agent: str = ""
    recall_no: str = ""  # the recall that gives it
    guides: tuple[Guide, ...] = ()
    guide_first: Guide | None = None  # its two answers are the thing to press

    @property
    def fingerprint(self) -> str:
        """Changes exactly when something on the page does, so that a poll can answer "unchanged"."""
        bar = (self.can.pressed, self.nudge_again, self.guides)
        above = (self.title, self.steps, self.turn, self.due, self.notice)
        moving = _digest((above, self.flow, self.remedies, bar))
        return f"{moving}-{self.slip_fingerprint}"

    @property
    def slip_fingerprint(self) -> str:
        return _digest(self.slip)


def _digest(shown: object) -> str:
    return hashlib.sha256(repr(shown).encode()).hexdigest()[:10]


def present_ticket(*, sheet: TicketSheet, now: datetime) -> TicketPage:
    return TicketPage(
        no=sheet.no, order_no=sheet.order_no, order_masked=figures.mask_order(sheet.order_no),
        title=ticket_titles.title(sheet), steps=steps_of(sheet=sheet, now=now), turn=_turn(sheet),
        due=_due(sheet, now), slip=slip_of(sheet=sheet), flow=_flow(sheet, now), remedies=_remedies(sheet),
        notice=notice(sheet=sheet, now=now), live=_is_live(sheet),
        poll_seconds=_RETRY_SOON if sheet.turn == "system" else _RETRY_LATER,
        can=choices_of(sheet), confirm_label=words.confirm_label(sheet), doubt_label=words.doubt_label(sheet),
        withdraw_note=_withdraw_note(sheet),
        nudge_again=figures.time_of_day(sheet.nudge_again_at) if sheet.nudge_again_at else "",
        is_asked=sheet.state == "waiting_buyer", must=_is_question(sheet), is_unanswered=sheet.is_unanswered,
        records=given_words.records_link(sheet), new_keys=sheet.new_keys,
        proofs=tuple(_proof(proof, now) for proof in sheet.proofs), rating=sheet.rating,
        numbers=given_words.numbers(order_no=sheet.order_no, ticket_no=sheet.no), loyalty=told(sheet.standing),
        agent=sheet.agent, recall_no=sheet.ruling.recall_no if sheet.ruling else "", guides=sheet.guides,
        guide_first=_guide_first(sheet),
    )  # fmt: skip


def _is_live(sheet: TicketSheet) -> bool:
    return sheet.state not in FINAL or any(one.state in given_words.MOVING for one in sheet.remedies)


def _is_question(sheet: TicketSheet) -> bool:
    return sheet.state == "waiting_buyer" and bool(sheet.asked) and not sheet.asked_briefly


def _guide_first(sheet: TicketSheet) -> Guide | None:
    answers = sheet.state == "confirming" and not sheet.remedies
    return guide_to_answer(sheet.guides) if answers else None


def _proof(proof: ProofSheet, now: datetime) -> ProofView:
    return ProofView(
        proof.token, proof.name, listed((figures.moment(proof.at, now=now), figures.size(proof.size)))
    )


def _turn(sheet: TicketSheet) -> Pair:
    return Pair(say("状态") if sheet.state in FINAL else say("现在轮到"), words.turn(sheet))


def _due(sheet: TicketSheet, now: datetime) -> Pair:
    if sheet.state in FINAL:
        at = figures.moment(sheet.resolved_at, now=now) if sheet.resolved_at else say("已办结")
        ended = {"withdrawn": say("撤销于"), "closed": say("关闭于")}.get(sheet.state, say("办结于"))
        return Pair(ended, capfirst(at))
    if sheet.due_at is None:
        return Pair(say("最迟"), say("定了会写在这里"))
    late = sheet.due_at < now and sheet.turn != "buyer"
    note = say("已超时，在催") if late else words.otherwise(sheet) or _reply(sheet)
    return Pair(say("最迟"), capfirst(figures.moment(sheet.due_at, now=now)), note=note)


def _reply(sheet: TicketSheet) -> str:
    """Two times stand on the page of a buyer who asked for haste: which of them is which."""
    if sheet.reply_due is None or (sheet.due_at and sheet.due_at <= sheet.reply_due):
        return ""
    return say("您催过了，专人 {time} 前先答复您", time=figures.time_of_day(sheet.reply_due))


def _flow(sheet: TicketSheet, now: datetime) -> tuple[FlowItem, ...]:
    past = [flow_item(e.at, e.text, now=now, note=e.note, figure=e.figure) for e in sheet.events]
    if sheet.state in FINAL or sheet.due_at is None or sheet.due_at < now:
        return tuple(past)
    return (*past, flow_item(sheet.due_at, words.next_line(sheet, now), now=now))


def _remedies(sheet: TicketSheet) -> tuple[RemedyView, ...]:
    views = []
    for remedy in sheet.remedies:
        cash = remedy.amount_fen
        figure = say("{n} 个", n=remedy.quantity) if cash is None else figures.yuan(cash)
        state, tone = given_words.remedy_state(remedy)
        views.append(
            RemedyView(
                spoken(given_words.REMEDIES[remedy.kind]),
                figure,
                state,
                tone,
                given_words.remedy_note(remedy),
            )
        )
    return tuple(views)


def _withdraw_note(sheet: TicketSheet) -> str:
    if sheet.remedies:
        return say("撤销后，还没发出的就不发了；已经到的归您。之后还在期限里，可以再申请。")
    return say("撤销后这张单就结束了。之后还在期限里，可以再申请。")
