"""The receipt on the order page: one case per thing the rules can say about filing now."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.utils.text import capfirst

from common import figures
from common.language import say, spoken
from common.phrases import mark
from compensation.queries import vocabulary
from compensation.rules.figures import decimal
from tickets.rules.clocks import FULFILMENT, HOUR
from tickets.web.display import Slip, Stamp, calc_steps, remedy_words, sentences

if TYPE_CHECKING:
    from tickets.web.present_order import OrderSheet, TicketLine

REVIEW = mark("按规定要专人看过才发放，2 小时内答复您。")
# Why a person pays, by the reason for which the refund will be held.
BY_HAND = {
    "manual_gateway": mark(
        "这一单的付款渠道不能自动退，由专人在 {n} 小时内退给您。提交一次就行，退款成功后，这里会显示。"
    ),
    "revocation": mark(
        "退这一单要先{what}，专人核对用了多少，{n} 小时内退给您。提交一次就行，退款成功后，这里会显示。"
    ),
    "usage_unknown": mark(
        "商店还没有报来用了多少，专人核对以后 {n} 小时内退给您。提交一次就行，退款成功后，这里会显示。"
    ),
}
# What goes before the money, in the words of the goods.
_TAKEN = {
    "course": mark("停用您的课程"),
    "subscription": mark("停用您的会员"),
    "game_item": mark("收回道具"),
    "licence": mark("收回您的授权"),
}
TAKEN_BACK = mark("先{what}，再退款：有了结果就退，不用您做什么。")
SUSPENDED = mark("专人看的时候授权先停用，不退就恢复。")


def slip_of(*, sheet: "OrderSheet", now: datetime) -> tuple[Slip, str]:
    """The receipt, and what the main button says ("" where there is nothing to press)."""
    if never_came(sheet):
        return _missing(sheet, now)
    ticket = sheet.open_ticket
    if ticket:
        return _under_way(sheet, ticket)
    decision = sheet.decision
    if decision.remedies:
        return _owed(sheet, now)
    case = _CASES.get(decision.clause)
    if case:
        return case(sheet, now)
    if decision.measures and decision.measures.loss:
        pending = sheet.facts.pending
        lines = (say("按现在的个数，这一单没有再要补的。"),)
        if pending:
            lines = (say("补的 {n} 个还没有数进来，下一次数到就会加上。", n=pending),)
        return _explained(sheet, lead=say("之前补的已经够了"), lines=lines), ""
    return _explained(sheet, lead=say("现在没有要补的")), ""


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
    slip, button = _owed(refund, now)
    line = say("有 {n} 个没送到，按比例退。", n=sheet.quantity - sheet.facts.delivered)
    return replace(slip, lines=(line, *slip.lines)), button


def _under_way(sheet: "OrderSheet", ticket: "TicketLine") -> tuple[Slip, str]:
    button = say("去确认收到") if ticket.confirming else say("看办到哪一步了")
    return _explained(sheet, lead=say("已经申请过了"), lines=(ticket.title,)), button


def _by_hand(sheet: "OrderSheet") -> str:
    """Why a person pays, and until when: the time of the clock that a claim starts; or what comes before the money."""
    hours = FULFILMENT // HOUR // (2 if sheet.facts.long_term else 1)
    what = spoken(_TAKEN.get(sheet.kind, mark("收回东西")))
    if sheet.by_hand:
        return say(BY_HAND[sheet.by_hand], n=hours, what=what)
    return say(TAKEN_BACK, what=what) if sheet.takes_back else ""


def _owed(sheet: "OrderSheet", now: datetime) -> tuple[Slip, str]:
    decision = sheet.decision
    cash = sum(remedy.amount_fen or 0 for remedy in decision.remedies)
    units = sum(remedy.quantity or 0 for remedy in decision.remedies)
    if cash:
        others = remedy_words([remedy for remedy in decision.remedies if remedy.amount_fen is None])
        lines = tuple(
            line for line in (others and say("{what}。", what=capfirst(others)), say("钱原路退回。")) if line
        )
        slip = _explained(
            sheet, lead=say("按规则退您"), figure=figures.yuan(cash), lines=lines, why=figures.yuan(cash)
        )
        slip = replace(slip, advice=_by_hand(sheet))
    else:
        slip = _explained(
            sheet,
            lead=_units_lead(decision),
            figure=str(units),
            unit=say("个"),
            lines=_sum_line(sheet, units),
            why=str(units),
            advice=_patience(sheet, units, now),
        )
    if decision.requires_review:
        slip = replace(slip, advice=slip.advice.removeprefix(_by_hand(sheet)))
        slip = _with_advice(slip, spoken(REVIEW))
        if cash and sheet.takes_back and not sheet.by_hand:
            slip = replace(slip, advice=sentences(slip.advice, spoken(SUSPENDED)))
    return slip, _button(sheet, cash=bool(cash))


def _button(sheet: "OrderSheet", *, cash: bool) -> str:
    what = "refund" if cash else "likes" if "赞" in sheet.title else "units"
    by_hand = cash and sheet.by_hand
    how = "review" if sheet.decision.requires_review else "by_hand" if by_hand else "at_once"
    return spoken(_BUTTONS[what, how])


# Buyers of likes say 补赞; other goods are simply 补发.
_BUTTONS = {
    ("refund", "at_once"): mark("申请退款（一步完成）"),
    ("refund", "by_hand"): mark("申请退款（专人退款）"),
    ("refund", "review"): mark("申请退款（专人核对）"),
    ("likes", "at_once"): mark("申请补赞（一步完成）"),
    ("likes", "review"): mark("申请补赞（专人核对）"),
    ("units", "at_once"): mark("申请补发（一步完成）"),
    ("units", "review"): mark("申请补发（专人核对）"),
}


def _units_lead(decision: Any) -> str:
    if all(remedy.kind == "gift" for remedy in decision.remedies):
        return say("按规则送您优质的")
    return say("质保内补您") if decision.clause == "drop.slow" else say("按规则补您")


_EXACT = mark("少了 {n} 个 × {factor} = {owed} 个")
_ROUNDED_UP = mark("少了 {n} 个 × {factor}，进一得 {owed} 个")


def _sum_line(sheet: "OrderSheet", units: int) -> tuple[str, ...]:
    measures = sheet.decision.measures
    if measures and sheet.decision.clause == "drop.slow" and measures.loss == units:
        return (say("质保内，少 {n} 个补 {n} 个", n=units),)
    if not measures or sheet.decision.clause not in ("drop.tier_a", "drop.tier_b"):
        return ()
    before = sheet.facts.granted
    loss, entitled = measures.loss, units + before
    numerator, denominator = _factor(sheet.decision)
    exact = loss * numerator == entitled * denominator
    if numerator == denominator:
        first = say("少了 {n} 个，补 {n} 个", n=loss)
    else:
        sums = {"n": loss, "factor": decimal((numerator, denominator)), "owed": entitled}
        first = say(_EXACT if exact else _ROUNDED_UP, **sums)
        first += say("（长期用户）") if sheet.facts.long_term else ""
    return (say("{sum}，减去之前补的 {n} 个", sum=first, n=before) if before else first,)


def _factor(decision: Any) -> tuple[int, int]:
    terms = decision.terms
    if decision.clause != "drop.tier_b":
        return terms.factor_a
    return terms.factor_b_long_term if decision.facts.long_term else terms.factor_b


def _patience(sheet: "OrderSheet", units: int, now: datetime) -> str:
    """A claim filed early can end in a lower tier than one filed at the window's end: said at once."""
    until, filing = sheet.window_until, sheet.filing_until
    if sheet.decision.clause not in ("drop.tier_a", "drop.tier_b") or not until or now >= until:
        return ""
    end = figures.moment(until, now=now)
    early = say(
        "现在申请补 {n} 个。若{end} 前继续掉，之后按扣掉已补的算，可能就到不了全额退款。", n=units, end=end
    )
    if sheet.files_by_itself:
        wait = say("不着急的话，{end} 系统会自动替您算并申请。", end=end)
    elif filing:
        last = figures.moment(filing, now=now)
        wait = say("不着急的话，可以等到{end} 再申请，最迟 {last}。", end=end, last=last)
    else:
        wait = say("不着急的话，可以等到{end} 再申请。", end=end)
    return sentences(early, wait)


def _nothing(sheet: "OrderSheet", now: datetime) -> tuple[Slip, str]:
    if not sheet.counts:
        return Slip(
            lead=say("还没有开始算"),
            lines=(say("送完以后满 24 小时之内，少了多少、该补多少，都写在这里。"),),
        ), ""
    if sheet.completed_at is None:
        return _explained(
            sheet,
            lead=say("正在送，还没到算的时候"),
            lines=(say("送完那一刻开始算 24 小时，掉了多少照规则补。"),),
        ), ""
    newest = sheet.newest
    stamp = Stamp(say("已数清"), figures.stamp_moment(newest.at)) if newest else None
    caps = say("掉的都已经在补了") if sheet.facts.pending or sheet.facts.restored else say("一个不少")
    if sheet.facts.delivered < sheet.quantity:
        caps = say("送到的 {n} 个没有掉", n=sheet.facts.delivered)
    return _explained(
        sheet, lead=say("少了"), figure="0", unit=say("个"), caps=caps, stamp=stamp, why="0"
    ), ""


def _unmeasurable(sheet: "OrderSheet", now: datetime) -> tuple[Slip, str]:
    lines = (say("专人看过以后给您答复，补多少照样按规则算。"),)
    return _explained(sheet, lead=say("请专人看"), lines=lines), say("请专人看（一步提交）")


def _outside(sheet: "OrderSheet", now: datetime) -> tuple[Slip, str]:
    until = sheet.warranty_until
    line = (
        say("质保到 {time} 为止，这之后掉的不在规则里。", time=figures.full_moment(until))
        if until
        else say("已经过了能申请的时间。")
    )
    return _explained(sheet, lead=say("过了能补的时间"), lines=(line,)), ""


def _closed(sheet: "OrderSheet", now: datetime) -> tuple[Slip, str]:
    refunded = sheet.facts.refunded_fen
    line = (
        say("已经退您 {amount}，这一单不再补退。", amount=figures.yuan(refunded))
        if refunded
        else say("这一单已经结清，不再补退。")
    )
    closer = sheet.tickets[0] if sheet.tickets else None
    lines = (line, say("结清它的是售后单 {no}。", no=closer.no)) if closer else (line,)
    return _explained(sheet, lead=say("这一单结清了"), stamp=Stamp(say("已结清")), lines=lines), ""


def _too_late(sheet: "OrderSheet", now: datetime) -> tuple[Slip, str]:
    if sheet.facts.warranty_over:
        fault = say("质保也过了。东西有问题的，由专人看过再答复您。")
    else:
        fault = say("东西有问题的，不受这个时间限制。")
    return _explained(sheet, lead=say("现在不能退款"), lines=(_limit(sheet, now), fault)), ""


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
    return say("您这一单按第 {n} 版规则：{span}内，到{time} 为止。", n=policy.version, span=span, time=until)


_CASES = {
    "drop.none": _nothing,
    "drop.unmeasurable": _unmeasurable,
    "drop.outside": _outside,
    "closed": _closed,
    "refund.after_cooling_off": _too_late,
    "refund.unmeasurable": _unmeasurable,
}


def _explained(sheet: "OrderSheet", *, lead: str, why: str = "", **said: Any) -> Slip:
    return Slip(
        lead=lead,
        steps=calc_steps(sheet.decision.explained(vocabulary())),
        clause=sheet.clause_text,
        why=say("为什么是 {figure}", figure=why) if why else say("看每一步怎么算的"),
        **said,
    )


def _with_advice(slip: Slip, advice: str) -> Slip:
    return replace(slip, advice=sentences(advice, slip.advice))
