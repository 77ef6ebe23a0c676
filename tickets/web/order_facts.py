"""What an order page says has happened: its dates, the ledger of its counts or use, and what is still to come."""

from dataclasses import dataclass, replace
from datetime import datetime

from common import figures
from common.language import say, spoken
from common.phrases import mark
from compensation.rules.amounts import used
from tickets.web import measured
from tickets.web.display import FlowItem, Ledger, Pair, flow_item
from tickets.web.order_sheet import OrderSheet


@dataclass(frozen=True)
class Blank:
    heading: str
    text: str


def dates_of(sheet: OrderSheet, now: datetime) -> tuple[Pair, ...]:
    """Dates that still decide something: a last day to file that is past says nothing about the warranty."""
    filing = sheet.filing_until if sheet.filing_until and sheet.filing_until >= now else None
    by_time = sheet.kind == "subscription"
    known = (
        (mark("赠送") if sheet.facts.gift else mark("付款"), sheet.paid_at),
        (mark("送达截止") if sheet.is_short else mark("送完"), sheet.completed_at),
        (mark("最迟送完"), None if sheet.completed_at or by_time else sheet.deadline_at),
        (mark("最迟申请"), filing),
        (mark("质保到"), None if sheet.facts.gift else sheet.warranty_until),
    )
    dates = (Pair(spoken(label), figures.full_moment(at)) for label, at in known if at)
    return (Pair(say("订单号"), sheet.order_no, whole=True), *dates)


def ledger_of(sheet: OrderSheet, now: datetime) -> Ledger | None:
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
            back=sheet.back,
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


def blank_of(sheet: OrderSheet) -> Blank | None:
    if sheet.kind != "metered":
        return None
    if sheet.decision.clause == "drop.unmeasurable":
        return Blank(say("现在数不出来"), say("原来的内容可能被隐藏或删除了。暂时数不到，不会因此判您没掉。"))
    if not sheet.counts:
        return Blank(say("还没有数过"), say("开始送货以后，每次数到的个数都会记在这里。"))
    return None


def later_of(sheet: OrderSheet, now: datetime) -> tuple[FlowItem, ...]:
    """What is still to come for a line that has lost nothing."""
    if sheet.decision.clause != "drop.none" or sheet.completed_at is None:
        return ()
    by_itself, by_hand = (
        say("满 24 小时，系统自动再数一次，掉了就替您申请"),
        say("满 24 小时，掉的按这时的个数算档"),
    )
    if sheet.facts.gift:
        by_hand = say("到这时为止掉的，少多少补多少；之后掉的不补")
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
