"""The receipt on the ticket page: what was decided, its sum worked out, and the stamp."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.utils.text import capfirst

from common import figures
from common.language import say, spoken
from common.phrases import mark
from tickets.web import measured, ticket_words
from tickets.web.display import Ledger, Pair, Slip, Stamp, calc_steps, remedy_words
from tickets.web.rulings import ruled_slip

if TYPE_CHECKING:
    from tickets.web.present_ticket import TicketSheet

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


def slip_of(*, sheet: "TicketSheet") -> Slip:
    decision = sheet.decision
    if decision is None:
        return Slip(lead=say("正在照规则算"), lines=(say("算好了就写在这里，连同每一步。"),))
    base = Slip(
        lead=spoken(_LEADS.get(decision.outcome, mark("结果在下面"))),
        stamp=_stamp(sheet),
        basis=say("依据：{clause}", clause=sheet.clause_text) if sheet.clause_text else "",
        steps=calc_steps(decision.explanation),
        why=say("看每一步怎么算的"),
        ledger=_ledger(sheet),
        clause=_version(decision),
    )
    if sheet.ruling is not None and sheet.state != "withdrawn":
        return _reviewed(sheet, ruled_slip(base, sheet.ruling))
    cash = sum(remedy.amount_fen or 0 for remedy in decision.remedies)
    units = sum(remedy.quantity or 0 for remedy in decision.remedies)
    if cash or units:
        given = _cash(decision, cash, base.ledger) if cash else _units(decision, units)
        return replace(base, **given | ({"lead": say("撤销前算得")} if sheet.state == "withdrawn" else {}))
    if decision.outcome == "nothing" and sheet.reason == "drop" and not decision.facts.delivering:
        return replace(
            base,
            lead=say("少了"),
            figure="0",
            unit=say("个"),
            caps=say("{product}，一个不少", product=sheet.product),
        )
    answered = replace(base, open=True, why=say("为什么这样答复"))
    if decision.clause == "guidance":
        lead = say("由专人答复您") if ticket_words.unanswered(sheet) else base.lead
        answered = replace(answered, lead=lead, lines=_guidance(sheet))
    if decision.clause.startswith("delay.") and _is_all_there(decision.facts):
        answered = replace(
            answered, lead=say("数到的已经齐了"), lines=(_all_there(sheet),), basis="", open=False
        )
    return _reviewed(sheet, answered)


def _reviewed(sheet: "TicketSheet", slip: Slip) -> Slip:
    """While somebody looks at it again, an answer is not the last word."""
    under_review = sheet.state in ("appealed", "arbitrating")
    return replace(slip, lead=say("原来的答复，正在复核")) if under_review else slip


def _is_all_there(facts: Any) -> bool:
    """What the rules say of waiting fits no order that has come in full."""
    return not facts.delivering and facts.delivered >= facts.ordered > 0


def _all_there(sheet: "TicketSheet") -> str:
    facts = sheet.decision.facts
    counts = {"n": facts.ordered, "came": facts.delivered}
    if sheet.state == "confirming":
        return say("订了 {n} 个，到了 {came} 个。您那边要是没看到，按「还没解决」，由专人查。", **counts)
    return say("订了 {n} 个，到了 {came} 个。", **counts)


def _guidance(sheet: "TicketSheet") -> tuple[str, ...]:
    """The seller's own instructions; without them the buyer is asked what a person should answer."""
    written = tuple(line.strip() for line in sheet.tutorial.splitlines() if line.strip())
    return written or (say("商家还没有写教程。请在下面说说哪一步不明白，由专人答复您。"),)


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


def _totals(decision: Any) -> tuple[Pair, ...]:
    cash = [Pair(say("退款"), figures.yuan(each.amount_fen)) for each in decision.remedies if each.amount_fen]
    gifts = [each.quantity for each in decision.remedies if each.kind == "gift"]
    return (*cash, *(Pair(say("另送优质的"), say("{n} 个", n=number)) for number in gifts))


def _units(decision: Any, units: int) -> dict[str, Any]:
    gift = all(remedy.kind == "gift" for remedy in decision.remedies)
    return {
        "lead": say("送您优质的") if gift else say("补给您"),
        "figure": str(units),
        "unit": say("个"),
        "caps": _capitals(figures.capital(units), mark("个")),
    }


def _capitals(number: str, unit: str = "") -> str:
    """As on a cheque; only Chinese has such numerals."""
    return say("大写：{number}", number=f"{number}{unit}") if number else ""


_LEADS = {
    "guide": mark("给您的办法"),
    "refuse": mark("原因和依据"),
    "review": mark("请专人看"),
    "nothing": mark("没有要补的"),
}


def _stamp(sheet: "TicketSheet") -> Stamp:
    at = sheet.resolved_at or sheet.moved_at or sheet.decided_at or sheet.opened_at
    text = spoken(_STAMPS.get(sheet.state, mark("已决定")))
    if sheet.state == "resolved" and sheet.decision.outcome == "nothing":
        drop = sheet.reason == "drop" and not sheet.decision.facts.delivering
        text = say("已数清") if drop else say("已看过")
    if ticket_words.unanswered(sheet):
        text = say("等您说")
    return Stamp(text, figures.stamp_moment(at))


def _version(decision: Any) -> str:
    version, code = decision.policy.version, decision.policy.hash[:12]
    return say("照规则第 {n} 版算，校验码 {code}。", n=version, code=code)


def _ledger(sheet: "TicketSheet") -> Ledger | None:
    decision = sheet.decision
    if sheet.reason != "drop" or not decision.measures:
        return None
    grant = sum(remedy.quantity or 0 for remedy in decision.remedies if remedy.kind == "top_up")
    counts = {"facts": decision.facts, "measures": decision.measures, "counted_at": sheet.counted_at}
    now = sheet.decided_at or sheet.opened_at
    if grant and decision.clause in ("drop.tier_a", "drop.tier_b"):
        return measured.granted(grant=grant, now=now, **counts)
    return measured.counted(now=now, **counts)
