"""What the receipt says where something is owed: the sum, how it is come by, who pays, what the button is called."""

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.text import capfirst

from common import figures
from common.language import say, spoken
from common.phrases import mark
from compensation.queries import vocabulary
from tickets.rules import early, owed_words
from tickets.rules.clocks import HOUR, fulfilment_within
from tickets.web.display import Slip, calc_steps, remedy_words, sentences
from tickets.web.order_picking import most_of

if TYPE_CHECKING:
    from tickets.web.order_sheet import OrderSheet

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
# The same where only some of the units are paid back: exactly those, and the rest goes on working.
_PART_TAKEN = {
    "course": mark("停用退掉的 {n} 节"),
    "game_item": mark("收回退掉的 {n} 件"),
    "licence": mark("收回退掉的 {n} 份授权"),
}
# What is left of a line of which part was paid back, or is being paid back.
_LEFT = {
    "licence": mark("剩下没用的 {n} 份，还可以退"),
    "course": mark("剩下没学的 {n} 节，还可以退"),
    "game_item": mark("剩下没用的 {n} 件，还可以退"),
    "metered": mark("没送到的还剩 {n} 个，可以退"),
}
# A trial gives all of it back, used or not.
_LEFT_OF_TRIAL = {
    "licence": mark("剩下的 {n} 份，还可以退"),
    "course": mark("剩下的 {n} 节，还可以退"),
    "game_item": mark("剩下的 {n} 件，还可以退"),
    "metered": mark("剩下的 {n} 个，还可以退"),
}
_BEFORE = {
    "paid": mark("之前退过的 {amount} 不在这一笔里。"),
    "paying": mark("退款还在办的 {amount} 不在这一笔里，不用再申请。"),
    "both": mark("已退和还在办的 {amount} 不在这一笔里，不用再申请。"),
}
TAKEN_BACK = mark("先{what}，再退款：有了结果就退，不用您做什么。")
SUSPENDED = mark("专人看的时候授权先停用，不退就恢复。")


def _by_hand(sheet: "OrderSheet") -> str:
    """Why a person pays, and until when: the time of the clock that a claim starts; or what comes before the money."""
    hours = fulfilment_within(long_term=sheet.facts.long_term) // HOUR
    what = _what_goes(sheet)
    if sheet.by_hand:
        return say(BY_HAND[sheet.by_hand], n=hours, what=what)
    return say(TAKEN_BACK, what=what) if sheet.takes_back else ""


def _what_goes(sheet: "OrderSheet") -> str:
    count = int(sheet.picking.seen) if sheet.picking else sheet.quantity
    if count < sheet.quantity and sheet.kind in _PART_TAKEN:
        return say(_PART_TAKEN[sheet.kind], n=count)
    return spoken(_TAKEN.get(sheet.kind, mark("收回东西")))


def owed(sheet: "OrderSheet", now: datetime) -> tuple[Slip, str]:
    decision = sheet.decision
    cash = sum(remedy.amount_fen or 0 for remedy in decision.remedies)
    units = sum(remedy.quantity or 0 for remedy in decision.remedies)
    if cash:
        others = remedy_words([remedy for remedy in decision.remedies if remedy.amount_fen is None])
        gift = others and say("{what}。", what=capfirst(others))
        said = (_kept(sheet), gift, _before(sheet), say("钱退回原付款账户。"))
        lines = tuple(line for line in said if line)
        slip = explained(
            sheet, lead=_cash_lead(sheet), figure=figures.yuan(cash), lines=lines, why=figures.yuan(cash)
        )
        slip = replace(slip, advice=_by_hand(sheet))
    else:
        slip = explained(
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
        slip = _with_advice(slip, spoken(owed_words.REVIEW))
        if cash and sheet.takes_back and not sheet.by_hand:
            slip = replace(slip, advice=sentences(slip.advice, spoken(SUSPENDED)))
    return slip, _button(sheet, cash=cash)


def _kept(sheet: "OrderSheet") -> str:
    """What stays with the buyer, where the refund is for some of the units."""
    ours = sheet.picking and sheet.decision.clause.startswith("refund.")
    return sheet.picking.kept if ours and sheet.picking else ""


def _cash_lead(sheet: "OrderSheet") -> str:
    """Whoever was paid part before, or is being paid, reads that this is besides."""
    if not sheet.back:
        return say("按规则退您")
    units = 0 if sheet.picking and sheet.picking.kept else most_of(sheet.decision)
    if not units or sheet.kind not in _LEFT:
        return say("还可以退您")
    words = _LEFT_OF_TRIAL if sheet.decision.clause == "refund.trial" else _LEFT
    return say(words[sheet.kind], n=units)


def _before(sheet: "OrderSheet") -> str:
    fen = sheet.facts.refunded_fen
    return say(_BEFORE[sheet.back], amount=figures.yuan(fen)) if sheet.back and fen else ""


def _button(sheet: "OrderSheet", *, cash: int) -> str:
    by_hand = owed_words.BY_HAND if cash and sheet.by_hand else owed_words.AT_ONCE
    how = owed_words.REVIEWED if sheet.decision.requires_review else by_hand
    if cash and sheet.back:
        return spoken(owed_words.again(amount=figures.yuan(cash), how=how))
    return spoken(owed_words.button(title=sheet.title, cash=bool(cash), how=how))


def _units_lead(decision: Any) -> str:
    if all(remedy.kind == "gift" for remedy in decision.remedies):
        return say("按规则送您优质的")
    return say("质保内补您") if decision.clause == "drop.slow" else say("按规则补您")


def _sum_line(sheet: "OrderSheet", units: int) -> tuple[str, ...]:
    said = early.sum_of(sheet.decision, units=units)
    return (spoken(said),) if said else ()


def _early_until(sheet: "OrderSheet", now: datetime) -> datetime | None:
    return early.early_until(sheet.decision, window_until=sheet.window_until, now=now)


def caution_of(sheet: "OrderSheet", now: datetime) -> str:
    until = _early_until(sheet, now)
    if not until or sheet.open_ticket:
        return ""
    return spoken(early.caution(end=figures.moment(until, now=now), by_itself=sheet.files_by_itself))


def _patience(sheet: "OrderSheet", units: int, now: datetime) -> str:
    """The same in full: how it is worked out, and until when there is time."""
    until, filing = _early_until(sheet, now), sheet.filing_until
    if not until:
        return ""
    end = figures.moment(until, now=now)
    now_filed = say(
        "现在申请补 {n} 个。若{end} 前继续掉，之后按扣掉已补的算，可能就到不了全额退款。", n=units, end=end
    )
    if sheet.files_by_itself:
        wait = say("不着急的话，{end} 系统会自动替您算并申请。", end=end)
    elif filing:
        last = figures.moment(filing, now=now)
        wait = say("不着急的话，可以等到{end} 再申请，最迟 {last}。", end=end, last=last)
    else:
        wait = say("不着急的话，可以等到{end} 再申请。", end=end)
    return sentences(now_filed, wait)


def explained(sheet: "OrderSheet", *, lead: str, why: str = "", **said: Any) -> Slip:
    return Slip(
        lead=lead,
        steps=calc_steps(sheet.decision.explained(vocabulary())),
        clause=sheet.clause_text,
        why=say("为什么是 {figure}", figure=why) if why else say("看每一步怎么算的"),
        **said,
    )


def _with_advice(slip: Slip, advice: str) -> Slip:
    return replace(slip, advice=sentences(advice, slip.advice))
