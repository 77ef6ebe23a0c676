"""The order page in finished words: counts, curve, what the rules owe now, and the one thing to press."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, NamedTuple

from common import figures
from common.language import say
from tickets.web.asking import Choice, Particulars, choices
from tickets.web.curve import Curve
from tickets.web.display import FlowItem, Ledger, Pair, Slip, sentences
from tickets.web.guides import Guide
from tickets.web.loyalty import told
from tickets.web.order_curve import curve_of
from tickets.web.order_facts import Blank, blank_of, dates_of, later_of, ledger_of
from tickets.web.order_late import Late, late_of
from tickets.web.order_owed import caution_of
from tickets.web.order_picking import Picking
from tickets.web.order_sheet import OrderSheet, TicketLine
from tickets.web.order_slip import closer_of, never_came, slip_of
from tickets.web.order_use import use_of
from tickets.web.present_card_keys import KeysPage, section_of
from tickets.web.together import Together


@dataclass(frozen=True)
class Offer:
    heading: str
    text: str
    button: str


class Recalled(NamedTuple):
    """What a recall gives, above everything else; its case tells the rest."""

    ticket_no: str
    text: str


@dataclass(frozen=True)
class OrderPage:
    order_no: str
    masked: str
    rules: tuple[str, int]
    title: str
    price: str
    dates: tuple[Pair, ...]
    slip: Slip
    reasons: tuple[Choice, ...]
    ledger: Ledger | None = None
    blank: Blank | None = None
    curve: Curve | None = None
    together: Together | None = None
    later: tuple[FlowItem, ...] = ()
    refund: Offer | None = None
    tickets: tuple[TicketLine, ...] = ()
    recalled: tuple[Recalled, ...] = ()
    ticket_no: str = ""
    claim: str = ""
    button: str = ""
    caution: str = ""  # what to know before the button is pressed
    error: str = ""
    must: bool = True  # the error asks something of the buyer
    form_error: str = ""
    reason_error: str = ""
    typed: str = ""
    asking: bool = False
    late: Late | None = None
    use: str = ""
    particulars: Particulars = field(default_factory=Particulars)
    help: str = ""
    loyalty: str = ""
    keys: KeysPage | None = None
    picking: Picking | None = None
    picking_rest: Picking | None = None
    guides: tuple[Guide, ...] = ()

    def refused(
        self,
        *,
        error: str = "",
        form_error: str = "",
        reason_error: str = "",
        reason: str = "",
        typed: str = "",
        spent: bool = False,
        given: Mapping[str, str] | None = None,
        errors: Mapping[str, str] | None = None,
        file_error: str = "",
        faulty: Mapping[str, Any] | None = None,
        asking: bool = False,
    ) -> "OrderPage":
        """The same page after a refusal: what was typed stays, money that is `spent` is offered no more."""
        chosen = tuple(replace(choice, chosen=choice.value == reason) for choice in self.reasons)
        page = self._without_offer() if spent else self
        said = replace(self.particulars, typed=given or {}, errors=errors or {}, file_error=file_error)
        return replace(
            page,
            error=error,
            must=not spent,
            particulars=said,
            reason_error=reason_error,
            form_error=form_error,
            typed=typed,
            reasons=chosen,
            keys=page.keys.asked_again(**faulty) if page.keys and faulty else page.keys,
            asking=asking or bool(form_error or reason_error or typed or errors or file_error),
        )

    def _without_offer(self) -> "OrderPage":
        """Another claim has the money: that one is opened, and nothing is claimed here."""
        other = next((ticket for ticket in self.tickets if ticket.is_open), None)
        lines = (other.title,) if other else (say("另一笔办完以后，这里会重新算。"),)
        return replace(
            self,
            slip=Slip(lead=say("这一单的钱正在办另一笔"), lines=lines),
            refund=None,
            ticket_no=other.no if other else "",
            claim="",
            picking=None,
            late=None,
            picking_rest=None,
            button=say("看办到哪一步了") if other else "",
            help="",
        )


def present_order(*, sheet: OrderSheet, now: datetime, ask: str = "", unit: str = "") -> OrderPage:
    """The page; `ask` opens the form of other questions, and chooses in it where it is one of the reasons.

    `unit` is the card key that doesn't work.
    """
    first = _first(sheet, now)
    return OrderPage(
        order_no=sheet.order_no,
        masked=figures.mask_order(sheet.order_no),
        rules=(sheet.decision.policy.code, sheet.decision.policy.version),
        title=sheet.title,
        price=say("赠送") if sheet.facts.gift else figures.yuan(sheet.paid_fen),
        together=sheet.together,
        dates=dates_of(sheet, now),
        slip=first.slip,
        ledger=ledger_of(sheet, now),
        blank=blank_of(sheet),
        curve=curve_of(sheet, now),
        later=later_of(sheet, now),
        refund=first.refund,
        late=first.late,
        use=use_of(sheet, now),
        tickets=sheet.tickets,
        recalled=_recalled(sheet),
        reasons=tuple(replace(choice, chosen=choice.value == ask) for choice in choices(sheet.kind)),
        ticket_no=first.ticket_no,
        claim=first.claim,
        picking=sheet.picking if first.claim == "refund" and not first.ticket_no else None,
        picking_rest=sheet.picking if first.refund else None,
        button=first.button,
        caution=caution_of(sheet, now) if first.claim == "drop" else "",
        asking=bool(ask),
        loyalty=told(sheet.standing),
        particulars=Particulars(counted=sheet.kind == "metered", listed=sheet.listed),
        help="" if first.button else _help(sheet),
        guides=sheet.guides,
        keys=section_of(sheet=sheet.keys, now=now, ticked=unit) if sheet.keys else None,
    )


class _First(NamedTuple):
    """What the buyer is led to: the big button and what it does, and what may be chosen instead of it."""

    slip: Slip
    button: str
    claim: str  # the reason that the button files
    ticket_no: str  # the case that it opens instead
    late: Late | None
    refund: Offer | None  # the quiet second one


def _first(sheet: OrderSheet, now: datetime) -> _First:
    slip, button = slip_of(sheet=sheet, now=now)
    refund_first = never_came(sheet)
    ticket = sheet.open_for("refund") if refund_first else sheet.open_ticket
    claim = ("refund" if refund_first else sheet.main_reason) if button else ""
    late = late_of(sheet, now)
    if late and claim == "refund" and not sheet.open_for("delay"):  # the button beside it pays the same
        late = replace(late, refund="")
    if sheet.decision.clause == "closed" and not ticket and (closer := closer_of(sheet)):
        ticket, button = closer, say("看结清它的售后单")
    refund = None if refund_first or (late and late.refund) else _refund(sheet)
    return _First(slip, button, claim, ticket.no if ticket else "", late, refund)


def _recalled(sheet: OrderSheet) -> tuple[Recalled, ...]:
    return tuple(
        Recalled(each.no, say("这一单在召回里，不用申请：{title}。", title=each.title))
        for each in sheet.tickets
        if each.recalled
    )


def _help(sheet: OrderSheet) -> str:
    """Goods that work or don't: where nothing is to be claimed at once, the way to say so is the main button."""
    return "" if sheet.kind == "metered" or sheet.facts.closed else say("用不了？点这里")


def _refund(sheet: OrderSheet) -> Offer | None:
    """The quiet second offer: money for what never came."""
    decision = sheet.refund
    if decision is None or any(t.is_open and t.reason == "refund" for t in sheet.tickets):
        return None
    cash = sum(remedy.amount_fen or 0 for remedy in decision.remedies)
    missing = sheet.quantity - sheet.facts.delivered
    if not cash or missing < 1:
        return None
    amount = figures.yuan(cash)
    text = say("没送到的不算掉，按比例退钱：可退 {amount}，退回原付款账户。", amount=amount)
    button = say("退这 {amount}", amount=amount)
    if sheet.back:
        text = say("没送到的不算掉，按比例退钱：还可以退 {amount}，退回原付款账户。", amount=amount)
        button = say("再退 {amount}", amount=amount)
    return Offer(
        say("有 {n} 个没送到", n=missing),
        sentences(text, sheet.picking.kept if sheet.picking else ""),
        button,
    )
