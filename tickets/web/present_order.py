"""The order page in finished words: counts, curve, what the rules owe now, and the one thing to press."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from common import figures
from common.language import say, spoken
from common.phrases import mark
from compensation.rules.amounts import used
from tickets.web import measured
from tickets.web.asking import Choice, choices
from tickets.web.curve import Count, Curve
from tickets.web.display import FlowItem, Ledger, Pair, Slip, flow_item
from tickets.web.order_curve import curve_of
from tickets.web.order_slip import never_came, slip_of


@dataclass(frozen=True)
class TicketLine:
    """A ticket of this order, as a line that opens it; `confirming` where something came and the buyer is asked."""

    no: str
    reason: str
    title: str
    note: str
    is_open: bool
    confirming: bool = False


@dataclass(frozen=True)
class OrderSheet:
    """All the page may speak of: the order, its counts and dates, and the decisions filing now would give.

    `decision` answers `main_reason` (drop for metered goods, else refund); `refund` answers a refund of
    metered goods. `facts` are what the decision was made from, `counted_at` when their count was taken,
    `by_hand` why a person pays the refunds: the code under which they will be held; `takes_back` that a refund waits
    until the licences have been revoked; `used_at` up to when the shop reported what was used.
    """

    order_no: str
    sku: str
    title: str
    kind: str
    quantity: int
    paid_fen: int
    paid_at: datetime
    main_reason: str
    facts: Any
    decision: Any
    clause_text: str = ""
    counts: tuple[Count, ...] = ()
    counted_at: datetime | None = None
    completed_at: datetime | None = None
    deadline_at: datetime | None = None
    window_until: datetime | None = None
    filing_until: datetime | None = None
    warranty_until: datetime | None = None
    refund: Any = None
    refund_clause: str = ""
    tickets: tuple[TicketLine, ...] = ()
    files_by_itself: bool = False
    by_hand: str = ""
    takes_back: bool = False
    used_at: datetime | None = None

    @property
    def newest(self) -> Count | None:
        return self.counts[-1] if self.counts else None

    @property
    def open_ticket(self) -> TicketLine | None:
        return self.open_for(self.main_reason)

    def open_for(self, reason: str) -> TicketLine | None:
        return next((t for t in self.tickets if t.is_open and t.reason == reason), None)


@dataclass(frozen=True)
class Blank:
    heading: str
    text: str


@dataclass(frozen=True)
class Offer:
    heading: str
    text: str
    button: str


@dataclass(frozen=True)
class OrderPage:
    order_no: str
    masked: str
    rules_sku: str
    title: str
    price: str
    dates: tuple[Pair, ...]
    slip: Slip
    reasons: tuple[Choice, ...]
    ledger: Ledger | None = None
    blank: Blank | None = None
    curve: Curve | None = None
    later: tuple[FlowItem, ...] = ()
    refund: Offer | None = None
    tickets: tuple[TicketLine, ...] = ()
    ticket_no: str = ""
    claim: str = ""
    button: str = ""
    error: str = ""
    form_error: str = ""
    reason_error: str = ""
    typed: str = ""
    asking: bool = False
    help: str = ""

    def refused(
        self,
        *,
        error: str = "",
        form_error: str = "",
        reason_error: str = "",
        reason: str = "",
        typed: str = "",
        spent: bool = False,
    ) -> "OrderPage":
        """The same page after a refusal: what was typed stays, money that is `spent` is offered no more."""
        chosen = tuple(replace(choice, chosen=choice.value == reason) for choice in self.reasons)
        page = self._without_offer() if spent else self
        return replace(
            page,
            error=error,
            reason_error=reason_error,
            form_error=form_error,
            typed=typed,
            reasons=chosen,
            asking=bool(form_error or reason_error or typed),
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
            button=say("看办到哪一步了") if other else "",
            help="",
        )


def present_order(*, sheet: OrderSheet, now: datetime, ask: str = "") -> OrderPage:
    """The page; `ask` opens the form of other questions, and chooses in it where it is one of the reasons."""
    slip, button = slip_of(sheet=sheet, now=now)
    refund_first = never_came(sheet)
    ticket = sheet.open_for("refund") if refund_first else sheet.open_ticket
    return OrderPage(
        order_no=sheet.order_no,
        masked=figures.mask_order(sheet.order_no),
        rules_sku=sheet.sku,
        title=sheet.title,
        price=figures.yuan(sheet.paid_fen),
        dates=_dates(sheet, now),
        slip=slip,
        ledger=_ledger(sheet, now),
        blank=_blank(sheet),
        curve=curve_of(sheet, now),
        later=_later(sheet, now),
        refund=None if refund_first else _refund(sheet),
        tickets=sheet.tickets,
        reasons=tuple(replace(choice, chosen=choice.value == ask) for choice in choices(sheet.kind)),
        ticket_no=ticket.no if ticket else "",
        claim=("refund" if refund_first else sheet.main_reason) if button else "",
        button=button,
        asking=bool(ask),
        help="" if button else _help(sheet),
    )


def _help(sheet: OrderSheet) -> str:
    """Goods that work or don't: where nothing is to be claimed at once, the way to say so is the main button."""
    return "" if sheet.kind == "metered" or sheet.facts.closed else say("用不了？点这里")


def _dates(sheet: OrderSheet, now: datetime) -> tuple[Pair, ...]:
    """Dates that still decide something: a last day to file that is past says nothing about the warranty."""
    filing = sheet.filing_until if sheet.filing_until and sheet.filing_until >= now else None
    by_time = sheet.kind == "subscription"
    known = (
        (mark("付款"), sheet.paid_at),
        (mark("送完"), sheet.completed_at),
        (mark("最迟送完"), None if sheet.completed_at or by_time else sheet.deadline_at),
        (mark("最迟申请"), filing),
        (mark("质保到"), sheet.warranty_until),
    )
    return tuple(Pair(spoken(label), figures.full_moment(at)) for label, at in known if at)


def _ledger(sheet: OrderSheet, now: datetime) -> Ledger | None:
    if sheet.kind == "subscription":
        return measured.used_time(
            total_seconds=sheet.facts.total_seconds,
            elapsed_seconds=max(0, sheet.facts.elapsed_seconds - sheet.facts.outage_seconds),
        )
    if sheet.kind != "metered":
        facts = sheet.facts
        return measured.used(
            ordered=facts.ordered,
            used_units=used(facts, sheet.decision.terms),
            refunded_units=facts.refunded_units,
            used_at=sheet.used_at,
            now=now,
        )
    newest = sheet.newest
    if newest is None:
        return None
    if sheet.completed_at is None:
        return measured.delivering(
            ordered=sheet.quantity, present=newest.present, counted_at=newest.at, now=now
        )
    if sheet.decision.clause in ("drop.unmeasurable", "drop.outside", "closed") or not sheet.facts.measurable:
        return None
    if sheet.decision.clause == "drop.none" and sheet.facts.present >= sheet.facts.delivered < sheet.quantity:
        return measured.short(ordered=sheet.quantity, delivered=sheet.facts.delivered)
    ticket = sheet.open_ticket
    if (ticket is None or ticket.confirming) and measured.made_up(sheet.facts):
        return measured.settled(facts=sheet.facts, counted_at=sheet.counted_at, now=now)
    if ticket or not measured.adds_up(facts=sheet.facts, measures=sheet.decision.measures):
        return measured.plain(facts=sheet.facts, counted_at=sheet.counted_at, now=now)
    return measured.counted(
        facts=sheet.facts,
        measures=sheet.decision.measures,
        counted_at=sheet.counted_at,
        now=now,
        is_newest=sheet.counted_at is None or sheet.counted_at >= newest.at,
    )


def _blank(sheet: OrderSheet) -> Blank | None:
    if sheet.kind != "metered":
        return None
    if sheet.decision.clause == "drop.unmeasurable":
        return Blank(say("现在数不出来"), say("原来的内容可能被隐藏或删除了。暂时数不到，不会因此判您没掉。"))
    if not sheet.counts:
        return Blank(say("还没有数过"), say("开始送货以后，每次数到的个数都会记在这里。"))
    return None


def _later(sheet: OrderSheet, now: datetime) -> tuple[FlowItem, ...]:
    """What is still to come for a line that has lost nothing."""
    if sheet.decision.clause != "drop.none" or sheet.completed_at is None:
        return ()
    by_itself, by_hand = (
        say("满 24 小时，系统自动再数一次，掉了就替您申请"),
        say("满 24 小时，掉的按这时的个数算档"),
    )
    coming = (
        (sheet.window_until, by_itself if sheet.files_by_itself else by_hand),
        (sheet.filing_until, say("在这之前，24 小时内掉的都还能申请")),
        (sheet.warranty_until, say("质保到这时为止，少多少补多少")),
    )
    return tuple(
        replace(flow_item(at, text, now=now, note=figures.full_moment(at)), upcoming=False)
        for at, text in coming
        if at and at > now
    )


def _refund(sheet: OrderSheet) -> Offer | None:
    """The quiet second offer: money for what never came."""
    decision = sheet.refund
    if decision is None or any(t.is_open and t.reason == "refund" for t in sheet.tickets):
        return None
    cash = sum(remedy.amount_fen or 0 for remedy in decision.remedies)
    missing = sheet.quantity - sheet.facts.delivered
    if not cash or missing < 1:
        return None
    return Offer(
        say("有 {n} 个没送到", n=missing),
        say("没送到的不算掉，按比例退钱：可退 {amount}，原路退回。", amount=figures.yuan(cash)),
        say("退这 {amount}", amount=figures.yuan(cash)),
    )
