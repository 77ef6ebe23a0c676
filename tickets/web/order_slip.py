"""The receipt on the order page: one case per thing the rules can say about filing now."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from common import figures
from common.language import say, spoken
from common.phrases import mark
from compensation.queries import vocabulary
from tickets.web.display import Slip, Stamp
from tickets.web.order_owed import explained, owed

if TYPE_CHECKING:
    from tickets.web.order_sheet import OrderSheet, TicketLine


ANSWERED = ("question", "suggestion", "other")  # also on a line that is closed
DISAGREE = mark("觉得不对的，在「还有别的问题」里写给我们，专人看过答复您。")


def slip_of(*, sheet: "OrderSheet", now: datetime) -> tuple[Slip, str]:
    """The receipt, and what the main button says ("" where there is nothing to press)."""
    if never_came(sheet):
        return _missing(sheet, now)
    ticket = sheet.open_ticket
    if ticket:
        return _under_way(sheet, ticket)
    decision = sheet.decision
    if decision.remedies:
        return owed(sheet, now)
    case = _CASES.get(decision.clause)
    if case:
        return case(sheet, now)
    if decision.measures and decision.measures.loss:
        pending = sheet.facts.pending
        lines = (say("按现在的个数，这一单没有再要补的。"),)
        if pending:
            lines = (say("补的 {n} 个还没有数进来，下一次数到就会加上。", n=pending),)
        return explained(sheet, lead=say("之前补的已经够了"), lines=lines), ""
    return explained(sheet, lead=say("现在没有要补的")), ""


def never_came(sheet: "OrderSheet") -> bool:
    """Whether a refund of what never came is what this order is about: nothing of the rest is missing."""
    missing = sheet.kind == "metered" and sheet.completed_at and sheet.facts.delivered < sheet.quantity
    if not missing or sheet.open_ticket or sheet.decision.clause != "drop.none":
        return False
    paid = sheet.refund and any(remedy.amount_fen for remedy in sheet.refund.remedies)
    return bool(paid or sheet.open_for("refund"))


def _missing(sheet: "OrderSheet", now: datetime) -> tuple[Slip, str]:
    """The refund of what never came, as the page's own offer."""
    refund = replace(sheet, decision=sheet.refund, clause_text=sheet.refund_clause)
    ticket = sheet.open_for("refund")
    if ticket:
        return _under_way(refund, ticket)
    slip, button = owed(refund, now)
    line = say("有 {n} 个没送到，按比例退。", n=sheet.quantity - sheet.facts.delivered)
    return replace(slip, lines=(line, *slip.lines)), button


def _under_way(sheet: "OrderSheet", ticket: "TicketLine") -> tuple[Slip, str]:
    button = say("去确认收到") if ticket.confirming else say("看办到哪一步了")
    return explained(sheet, lead=say("已经申请过了"), lines=(ticket.title,)), button


def _nothing(sheet: "OrderSheet", now: datetime) -> tuple[Slip, str]:
    if not sheet.counts:
        return Slip(
            lead=say("还没有开始算"),
            lines=(say("送完以后满 24 小时之内，少了多少、该补多少，都写在这里。"),),
        ), ""
    if sheet.completed_at is None:
        return explained(
            sheet,
            lead=say("正在送，还没到算的时候"),
            lines=(say("送完那一刻开始算 24 小时，掉了多少照规则补。"),),
        ), ""
    newest = sheet.newest
    stamp = Stamp(say("已数清"), figures.stamp_moment(newest.at)) if newest else None
    caps = say("掉的都已经在补了") if sheet.facts.pending or sheet.facts.restored else say("一个不少")
    if sheet.facts.delivered < sheet.quantity:
        caps = say("送到的 {n} 个没有掉", n=sheet.facts.delivered)
    return explained(sheet, lead=say("少了"), figure="0", unit=say("个"), caps=caps, stamp=stamp, why="0"), ""


def _unmeasurable(sheet: "OrderSheet", now: datetime) -> tuple[Slip, str]:
    lines = (say("专人看过以后给您答复，补多少照样按规则算。"),)
    return explained(sheet, lead=say("请专人看"), lines=lines), say("请专人看（一步提交）")


def _outside(sheet: "OrderSheet", now: datetime) -> tuple[Slip, str]:
    until = sheet.warranty_until
    if sheet.facts.gift:
        line = say("赠送的只保送完后 24 小时内掉的，能申请的时间也过了。")
        return explained(sheet, lead=say("过了能补的时间"), lines=(line,)), ""
    line = (
        say("质保到 {time} 为止，过了就不能再申请补。", time=figures.full_moment(until))
        if until
        else say("已经过了能申请的时间。")
    )
    lines = tuple(each for each in (line, _fell(sheet, now), spoken(DISAGREE)) if each)
    return explained(sheet, lead=say("过了能补的时间"), lines=lines), ""


def _fell(sheet: "OrderSheet", now: datetime) -> str:
    """How much is missing and since when, though nothing is owed for it any more."""
    newest, whole, since = sheet.newest, sheet.facts.delivered, None
    for count in sheet.counts:
        if sheet.completed_at is None or count.at <= sheet.completed_at or count.present >= whole:
            since = None
        else:
            since = since or count.at
    if newest is None or since is None:
        return ""
    n, time = whole - newest.present, figures.moment(since, now=now)
    return say("最近一次数，比送完时少 {n} 个，{time} 第一次数到变少。", n=n, time=time)


def _closed(sheet: "OrderSheet", now: datetime) -> tuple[Slip, str]:
    refunded = sheet.facts.refunded_fen
    line = (
        say("已经退您 {amount}，这一单不再补退。", amount=figures.yuan(refunded))
        if refunded
        else say("这一单已经结清，不再补退。")
    )
    closer = closer_of(sheet)
    lines = (line, say("结清它的是售后单 {no}。", no=closer.no)) if closer else (line,)
    return explained(sheet, lead=say("这一单结清了"), stamp=Stamp(say("已结清")), lines=lines), ""


def closer_of(sheet: "OrderSheet") -> "TicketLine | None":
    """The newest case that had to do with the goods; a question may have been asked since."""
    return next((ticket for ticket in sheet.tickets if ticket.reason not in ANSWERED), None)


def _too_late(sheet: "OrderSheet", now: datetime) -> tuple[Slip, str]:
    if sheet.facts.warranty_over:
        fault = say("质保也过了。东西有问题的，由专人看过再答复您。")
    else:
        fault = say("东西有问题的，不受这个时间限制。")
    return explained(sheet, lead=say("现在不能退款"), lines=(_limit(sheet, now), fault)), ""


def _limit(sheet: "OrderSheet", now: datetime) -> str:
    """Which limit of the order's own rules it was refused for, and when that ended."""
    policy, elapsed = sheet.decision.terms, sheet.facts.elapsed_seconds
    within = max(
        policy.trial_seconds if "refund.trial" in policy.clauses else 0,
        policy.cooling_off_seconds if "refund.cooling_off" in policy.clauses else 0,
        (policy.pro_rata_seconds or 0) if "refund.pro_rata" in policy.clauses else 0,
    )
    if elapsed <= within:
        return say("您这一单按第 {n} 版规则：用过的不退。", n=policy.version)
    until = figures.moment(now + timedelta(seconds=within - elapsed), now=now)
    span = vocabulary().span(within)
    return say(
        "您这一单按第 {n} 版规则：{span}内可退，已于{time} 截止。", n=policy.version, span=span, time=until
    )


_CASES = {
    "drop.none": _nothing,
    "drop.unmeasurable": _unmeasurable,
    "drop.outside": _outside,
    "closed": _closed,
    "refund.after_cooling_off": _too_late,
    "refund.unmeasurable": _unmeasurable,
}
