"""The ticket page in finished words: what is happening, whose turn it is, what is given and how far it is."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.text import capfirst

from common import figures
from common.language import say, spoken
from common.phrases import mark
from tickets.web import ticket_words as words
from tickets.web.display import FlowItem, Pair, Slip, StepView, flow_item, listed
from tickets.web.rulings import RulingSheet
from tickets.web.ticket_slip import slip_of

FINAL = frozenset({"resolved", "closed", "withdrawn"})
_RETRY_SOON, _RETRY_LATER = 2, 15
# Of these no picture says more than a few words do.
_TOLD_IN_WORDS = frozenset({"question", "suggestion", "refund", "delay"})


@dataclass(frozen=True)
class RemedySheet:
    """One remedy as it stands: `delivered` counts units that have come, `reference` is the payer's number."""

    kind: str
    state: str
    amount_fen: int | None = None
    quantity: int | None = None
    delivered: int = 0
    settled_at: datetime | None = None
    reference: str = ""
    held_reason: str = ""


@dataclass(frozen=True)
class EventSheet:
    """One entry of the history, already in words."""

    at: datetime
    text: str
    note: str = ""
    figure: str = ""


@dataclass(frozen=True)
class ProofSheet:
    """A file that was handed in; `token` opens it."""

    token: str
    name: str
    size: int
    at: datetime


@dataclass(frozen=True)
class RatingSheet:
    stars: int
    text: str = ""


@dataclass(frozen=True)
class TicketSheet:
    """All the page may speak of. `decision` is absent until there is one; `due_at` is whose-turn's limit."""

    no: str
    order_no: str
    product: str
    reason: str
    state: str
    turn: str
    opened_at: datetime
    decision: Any = None
    clause_text: str = ""
    counted_at: datetime | None = None
    decided_at: datetime | None = None
    resolved_at: datetime | None = None
    due_at: datetime | None = None
    moved_at: datetime | None = None  # what the stamp says happened then, where it wasn't the first decision
    remedies: tuple[RemedySheet, ...] = ()
    events: tuple[EventSheet, ...] = ()
    actions: frozenset[str] = frozenset()
    tutorial: str = ""
    proofs: tuple[ProofSheet, ...] = ()
    rating: RatingSheet | None = None
    nudge_again_at: datetime | None = None
    asked: str = ""  # what a person wants to know of the buyer
    ruling: RulingSheet | None = None


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
    remedies: tuple[RemedyView, ...] = ()
    notice: str = ""
    live: bool = False
    poll_seconds: int = _RETRY_LATER
    can_confirm: bool = False
    can_withdraw: bool = False
    can_message: bool = False
    can_appeal: bool = False
    confirm_label: str = ""
    withdraw_note: str = ""
    can_nudge: bool = False
    nudge_again: str = ""
    can_attach: bool = False
    wants_proof: bool = False  # a picture can help
    can_rate: bool = False
    is_asked: bool = False
    can_deny: bool = False  # what was answered can be said not to help
    can_doubt: bool = False  # what came can be said not to be right
    is_unanswered: bool = False
    can_ask_anew: bool = False
    has_records: bool = False
    proofs: tuple[ProofView, ...] = ()
    rating: RatingSheet | None = None

    @property
    def fingerprint(self) -> str:
        """Changes exactly when something on the page does, so that a poll can answer "unchanged"."""
        pressed = (self.can_confirm, self.can_deny, self.can_doubt, self.can_attach, self.can_withdraw)
        bar = (*pressed, self.can_nudge, self.nudge_again)
        above = (self.title, self.steps, self.turn, self.due, self.notice)
        moving = _digest((above, self.flow, self.remedies, bar))
        return f"{moving}-{self.slip_fingerprint}"

    @property
    def slip_fingerprint(self) -> str:
        return _digest(self.slip)


def _digest(shown: object) -> str:
    return hashlib.sha256(repr(shown).encode()).hexdigest()[:10]


def present_ticket(*, sheet: TicketSheet, now: datetime) -> TicketPage:
    final = sheet.state in FINAL
    return TicketPage(
        no=sheet.no,
        order_no=sheet.order_no,
        order_masked=figures.mask_order(sheet.order_no),
        title=words.title(sheet),
        steps=_steps(sheet, now),
        turn=_turn(sheet),
        due=_due(sheet, now),
        slip=slip_of(sheet=sheet),
        flow=_flow(sheet, now),
        remedies=_remedies(sheet),
        notice=words.notice(sheet),
        live=not final or any(remedy.state in words.MOVING for remedy in sheet.remedies),
        poll_seconds=_RETRY_SOON if sheet.turn == "system" else _RETRY_LATER,
        can_confirm="confirm" in sheet.actions,
        # After a refusal there is nothing left to take back.
        can_withdraw="withdraw" in sheet.actions and sheet.state != "refused",
        can_message="message" in sheet.actions,
        can_appeal="appeal" in sheet.actions,
        confirm_label=words.confirm_label(sheet),
        withdraw_note=_withdraw_note(sheet),
        can_nudge="nudge" in sheet.actions,
        nudge_again=figures.time_of_day(sheet.nudge_again_at) if sheet.nudge_again_at else "",
        can_attach="attach" in sheet.actions,
        wants_proof="attach" in sheet.actions and sheet.reason not in _TOLD_IN_WORDS,
        can_rate="rate" in sheet.actions,
        is_asked=sheet.state == "waiting_buyer",
        can_deny=sheet.state == "confirming" and not sheet.remedies and "message" in sheet.actions,
        can_doubt=sheet.state == "confirming" and bool(sheet.remedies) and "message" in sheet.actions,
        is_unanswered=words.unanswered(sheet),
        can_ask_anew=sheet.state == "refused" and sheet.ruling is None and "appeal" in sheet.actions,
        has_records=bool(sheet.remedies),
        proofs=tuple(_proof(proof, now) for proof in sheet.proofs),
        rating=sheet.rating,
    )


def _proof(proof: ProofSheet, now: datetime) -> ProofView:
    return ProofView(
        proof.token, proof.name, listed((figures.moment(proof.at, now=now), words.size(proof.size)))
    )


def _steps(sheet: TicketSheet, now: datetime) -> tuple[StepView, ...]:
    """提交–决定–补发–完成; the third only where something is given, and 复核 where the buyer disagreed."""
    final, decided = sheet.state in FINAL, _is_decided(sheet)
    steps = [
        StepView(say("提交"), "done", figures.short_moment(sheet.opened_at, now=now)),
        StepView(say("决定"), "done" if decided else "todo" if final else "now", _decided_note(sheet, now)),
    ]
    if sheet.remedies:
        given = all(remedy.state == "settled" for remedy in words.holding(sheet))
        state = "done" if given else "todo" if final or not decided else "now"
        steps.append(StepView(words.fulfilment_name(sheet), state, _given_note(sheet) if decided else ""))
    if sheet.state in ("appealed", "arbitrating"):
        steps.append(StepView(say("复核"), "now", say("专人在看")))
    end = "done" if final else "now" if all(step.state == "done" for step in steps) else "todo"
    label = {"withdrawn": say("撤销"), "closed": say("关闭")}.get(sheet.state, say("完成"))
    steps.append(
        StepView(label, end, figures.short_moment(sheet.resolved_at, now=now) if sheet.resolved_at else "")
    )
    return tuple(steps)


def _is_decided(sheet: TicketSheet) -> bool:
    if sheet.decided_at is None or sheet.state in (
        "open",
        "waiting_ops",
        "waiting_buyer",
        "waiting_developer",
    ):
        return False
    return sheet.state != "withdrawn" or bool(sheet.remedies)


def _decided_note(sheet: TicketSheet, now: datetime) -> str:
    if _is_decided(sheet) and sheet.decided_at:
        return figures.short_moment(sheet.decided_at, now=now)
    waits = {
        "waiting_ops": mark("专人在看"),
        "waiting_buyer": mark("等您"),
        "waiting_developer": mark("等商家"),
    }
    return spoken(waits.get(sheet.state, ""))


def _given_note(sheet: TicketSheet) -> str:
    held_to = words.holding(sheet)
    ordered = sum(remedy.quantity or 0 for remedy in held_to)
    if not ordered:
        return ""
    return f"{sum(_arrived(remedy) for remedy in held_to)} / {ordered}"


def _arrived(remedy: RemedySheet) -> int:
    return remedy.delivered or (remedy.quantity or 0 if remedy.state == "settled" else 0)


def _turn(sheet: TicketSheet) -> Pair:
    return Pair(say("现在轮到"), words.turn(sheet))


def _due(sheet: TicketSheet, now: datetime) -> Pair:
    if sheet.state in FINAL:
        at = figures.moment(sheet.resolved_at, now=now) if sheet.resolved_at else say("已办结")
        return Pair(say("办结于"), capfirst(at))
    if sheet.due_at is None:
        return Pair(say("最迟"), say("定了会写在这里"))
    at = capfirst(figures.moment(sheet.due_at, now=now))
    if sheet.state == "confirming" and sheet.due_at >= now:
        return Pair(say("最迟"), say("{time}，到时没有回复就自动办结", time=at))
    return Pair(say("最迟"), say("{time}，已超时，在催", time=at) if sheet.due_at < now else at)


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
        state, tone = words.remedy_state(remedy)
        views.append(
            RemedyView(spoken(words.REMEDIES[remedy.kind]), figure, state, tone, words.remedy_note(remedy))
        )
    return tuple(views)


def _withdraw_note(sheet: "TicketSheet") -> str:
    if sheet.remedies:
        return say("撤销后，还没发出的就不发了；已经到的归您。之后还在期限里，可以再申请。")
    return say("撤销后这张单就结束了。之后还在期限里，可以再申请。")
