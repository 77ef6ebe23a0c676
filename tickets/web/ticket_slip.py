"""The receipt on the ticket page: what was decided, its sum worked out, and the stamp."""

from dataclasses import replace
from typing import Any

from django.utils.text import capfirst

from common import figures
from common.language import say, spoken
from common.phrases import mark
from tickets.web import given_words, measured
from tickets.web.display import Ledger, Pair, Slip, Source, Stamp, calc_steps, remedy_words
from tickets.web.rulings import ruled_slip
from tickets.web.ticket_sheet import FINAL, TicketSheet

_STAMPS = {
    "resolved": mark("已办结"),
    "closed": mark("已关闭"),
    "withdrawn": mark("已撤销"),
    "refused": mark("已答复"),
    "waiting_ops": mark("待核对"),
    "waiting_buyer": mark("待补充"),
    "waiting_developer": mark("待答复"),
    "appealed": mark("复核中"),
    "arbitrating": mark("仲裁中"),
}


def slip_of(*, sheet: TicketSheet) -> Slip:
    decision = sheet.decision
    if decision is None:
        return Slip(lead=say("正在照规则算"), lines=(say("算好了就写在这里，连同每一步。"),))
    base = _base(sheet)
    if sheet.state == "withdrawn":
        return _withdrawn(sheet, base)
    if sheet.ruling is not None:
        return _reviewed(sheet, ruled_slip(base, sheet.ruling))
    cash = sum(remedy.amount_fen or 0 for remedy in decision.remedies)
    units = sum(remedy.quantity or 0 for remedy in decision.remedies)
    if cash or units:
        return replace(base, **_cash(decision, cash, base.ledger) if cash else _units(decision, units))
    if decision.outcome == "nothing" and sheet.reason == "drop" and not decision.facts.delivering:
        caps = say("{product}，一个不少", product=sheet.product)
        return replace(base, lead=say("少了"), figure="0", unit=say("个"), caps=caps)
    return _reviewed(sheet, _answered(sheet, base))


def _base(sheet: TicketSheet) -> Slip:
    """What every receipt has: its stamp, the clause, and each step of the sum."""
    decision = sheet.decision
    return Slip(
        lead=spoken(_LEADS.get(decision.outcome, mark("结果在下面"))),
        stamp=_stamp(sheet),
        basis=say("依据：{clause}", clause=sheet.clause_text) if sheet.clause_text else "",
        steps=calc_steps(decision.explanation),
        why=say("看每一步怎么算的"),
        ledger=_ledger(sheet),
        clause=_version(decision),
        advice=_account(sheet),
        resting=sheet.resting,
        order_no=sheet.order_no,
    )


def _answered(sheet: TicketSheet, base: Slip) -> Slip:
    """Where nothing is given: the answer in words, and why."""
    decision = sheet.decision
    answered = replace(base, open=not sheet.guides, why=say("为什么这样答复"))
    if sheet.lacks_tutorial:  # the rule and its steps speak of one
        answered = replace(
            base, lead=say("由专人答复您"), lines=(_without_tutorial(sheet),), basis="", steps=()
        )
    elif decision.clause == "guidance":
        answered = replace(answered, lines=_guidance(sheet))
    if decision.outcome == "refuse":
        source = Source(decision.policy.code, decision.policy.version)
        answered = replace(answered, lead=given_words.refusal(sheet), source=source)
    if decision.clause in _UNMEASURED and sheet.state not in FINAL:
        line = spoken(_UNMEASURED[decision.clause])
        lead = say("暂时数不准，专人在核对") if sheet.state == "waiting_ops" else say("暂时数不准")
        answered = replace(answered, lead=lead, lines=(line,), basis="", open=False)
    if decision.clause.startswith("delay.") and _is_all_there(decision.facts):
        answered = replace(
            answered, lead=say("数到的已经齐了"), lines=(_all_there(sheet),), basis="", open=False
        )
    return answered


def _withdrawn(sheet: TicketSheet, base: Slip) -> Slip:
    """Nothing is promised any more; what came stays, and how it was worked out can still be opened."""
    came = sum(remedy.delivered for remedy in sheet.remedies)
    lines = []
    if sheet.decision.remedies:
        lines.append(say("照规则算出的「{what}」不再办了。", what=remedy_words(sheet.decision.remedies)))
    if any(remedy.state in given_words.MOVING for remedy in sheet.remedies):
        lines.append(say("已经发出去的还在路上，到了归您。"))
    elif came:
        lines.append(say("已经到的 {n} 个归您。", n=came))
    lines.append(say("还在期限里的话，可以再申请。"))
    why = say("撤销前怎么算的")
    lead = say("这张单不再办了")
    return replace(base, lead=lead, lines=tuple(lines), why=why, basis="", advice="")


def _reviewed(sheet: TicketSheet, slip: Slip) -> Slip:
    """An answer is not the last word: while somebody looks at it again, and while it can be objected to."""
    if sheet.state in ("appealed", "arbitrating"):
        return replace(slip, lead=say("原来的答复，正在复核"))
    if sheet.state == "refused" and "appeal" in sheet.actions and sheet.due_at:
        until = figures.stamp_moment(sheet.due_at)
        told = say("不同意可以申诉：{time} 前写明哪里不对，专人复核以后书面答复您。", time=until)
        return replace(slip, advice=told)
    return slip


def _is_all_there(facts: Any) -> bool:
    """What the rules say of waiting fits no order that has come in full."""
    return not facts.delivering and facts.delivered >= facts.ordered > 0


def _all_there(sheet: TicketSheet) -> str:
    facts = sheet.decision.facts
    counts = {"n": facts.ordered, "came": facts.delivered}
    if sheet.state == "confirming":
        return say("订了 {n} 个，到了 {came} 个。您那边要是没看到，按「还没解决」，由专人查。", **counts)
    return say("订了 {n} 个，到了 {came} 个。", **counts)


def _guidance(sheet: TicketSheet) -> tuple[str, ...]:
    """The seller's own instructions; those for this very symptom stand below the receipt."""
    if sheet.guides:
        return (say("照下面的教程做一遍。还是不行就说一声，由专人接着办。"),)
    return tuple(line.strip() for line in sheet.tutorial.splitlines() if line.strip())


def _without_tutorial(sheet: TicketSheet) -> str:
    if sheet.is_unanswered:
        return say(
            "您的问题收到了。这件商品还没有现成的教程，请再写一句卡在哪一步，专人 30 分钟内答复您。"
            "一时没空写也不要紧，之后到订单页随时能再问。"
        )
    if sheet.state in FINAL:
        return say("还有不明白的，到订单页再问，专人答复您。")
    return say("您写的专人看得到，看过就答复您。")


def _cash(decision: Any, cash: int, ledger: Ledger | None) -> dict[str, Any]:
    """A sum of money fits no cells of digits: what the counts lead to is worked out below their rule."""
    others = remedy_words([remedy for remedy in decision.remedies if remedy.amount_fen is None])
    totals = _totals(decision) if ledger else ()
    return {
        "lead": say("退给您"),
        "figure": figures.yuan(cash),
        "caps": _capitals(figures.capital_yuan(cash)),
        "lines": (say("{what}。", what=capfirst(others)),) if others and not totals else (),
        "totals": totals,
    }


def _account(sheet: TicketSheet) -> str:
    """Where the money goes, where there is any on this receipt."""
    said = [given_words.account(remedy) for remedy in sheet.remedies]
    where = next((each for each in said if each), "")
    return say("{what}。", what=where) if where else ""


def _totals(decision: Any) -> tuple[Pair, ...]:
    cash = [Pair(say("退款"), figures.yuan(each.amount_fen)) for each in decision.remedies if each.amount_fen]
    gifts = [each.quantity for each in decision.remedies if each.kind == "gift"]
    return (*cash, *(Pair(say("另送优质的"), say("{n} 个", n=number)) for number in gifts))


def _units(decision: Any, units: int) -> dict[str, Any]:
    gift = all(remedy.kind == "gift" for remedy in decision.remedies)
    new = all(remedy.kind == "replacement" for remedy in decision.remedies)
    return {
        "lead": say("送您优质的") if gift else say("换给您") if new else say("补给您"),
        "figure": str(units),
        "unit": say("份") if new else say("个"),
        "caps": _capitals(figures.capital(units), mark("份") if new else mark("个")),
    }


def _capitals(number: str, unit: str = "") -> str:
    """As on a cheque; only Chinese has such numerals."""
    return say("大写：{number}", number=f"{number}{unit}") if number else ""


_LEADS = {
    "guide": mark("给您的办法"),
    "review": mark("请专人看"),
    "nothing": mark("没有要补的"),
}


# What the rules say of it is said to whoever knows them; it can be opened below.
_UNMEASURED = {
    "drop.unmeasurable": mark("数不准不算您没掉。专人核对以后，该补多少照样按规则算。"),
    "refund.unmeasurable": mark("数不准先不算钱，免得少退您。专人核对以后，该退多少照样按规则算。"),
    "effect.unmeasurable": mark("数不准不算您够了。专人核对以后，该送多少照样按规则算。"),
}


def _stamp(sheet: TicketSheet) -> Stamp:
    at = sheet.resolved_at or sheet.moved_at or sheet.decided_at or sheet.opened_at
    text = say("已决定") if sheet.is_under_way else spoken(_STAMPS.get(sheet.state, mark("已决定")))
    if sheet.state == "waiting_ops" and sheet.is_looked_at_again:
        text = say("待答复")
    if sheet.state == "resolved" and sheet.decision.outcome == "nothing":
        drop = sheet.reason == "drop" and not sheet.decision.facts.delivering
        text = say("已数清") if drop else say("已看过")
    if sheet.is_unanswered:
        text = say("等您说")
    return Stamp(text, figures.stamp_moment(at))


def _version(decision: Any) -> str:
    version, code = decision.policy.version, decision.policy.hash[:12]
    return say("照规则第 {n} 版算，校验码 {code}。", n=version, code=code)


def _ledger(sheet: TicketSheet) -> Ledger | None:
    decision = sheet.decision
    if sheet.reason != "drop" or not decision.measures:
        return None
    grant = sum(remedy.quantity or 0 for remedy in decision.remedies if remedy.kind == "top_up")
    counts = {"facts": decision.facts, "measures": decision.measures, "counted_at": sheet.counted_at}
    now = sheet.decided_at or sheet.opened_at
    promised = sheet.state != "withdrawn"  # else the counts alone, without the sum of what they led to
    if grant and promised and decision.clause in ("drop.tier_a", "drop.tier_b"):
        return measured.granted(grant=grant, now=now, **counts)
    return measured.counted(now=now, **counts)
