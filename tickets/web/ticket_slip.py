"""The receipt on the ticket page: what was decided, its sum worked out, and the stamp."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from common import figures
from tickets.web import measured
from tickets.web.display import Ledger, Slip, Stamp, calc_steps, remedy_words

if TYPE_CHECKING:
    from tickets.web.present_ticket import TicketSheet

_STAMPS = {
    "resolved": "已办结",
    "closed": "已关闭",
    "withdrawn": "已撤销",
    "refused": "已答复",
    "waiting_ops": "待核对",
    "waiting_buyer": "待补充",
    "waiting_developer": "待答复",
    "appealed": "复核中",
    "arbitrating": "仲裁中",
}


def slip_of(*, sheet: "TicketSheet") -> Slip:
    decision = sheet.decision
    if decision is None:
        return Slip(lead="正在照规则算", lines=("算好了就写在这里，连同每一步。",))
    base = Slip(
        lead=_LEADS.get(decision.outcome, "结果在下面"),
        stamp=_stamp(sheet),
        basis=f"依据：{sheet.clause_text}" if sheet.clause_text else "",
        steps=calc_steps(decision.explanation),
        why="看每一步怎么算的",
        ledger=_ledger(sheet),
        clause=_version(decision),
    )
    cash = sum(remedy.amount_fen or 0 for remedy in decision.remedies)
    units = sum(remedy.quantity or 0 for remedy in decision.remedies)
    if cash or units:
        given = _cash(decision, cash) if cash else _units(decision, units)
        return replace(base, **given | ({"lead": "撤销前算得"} if sheet.state == "withdrawn" else {}))
    if decision.outcome == "nothing" and sheet.reason == "drop" and not decision.facts.delivering:
        return replace(base, lead="少了", figure="0", unit="个", caps=f"{sheet.product}，一个不少")
    return replace(
        base, open=True, why="为什么这样答复", lines=_guidance(sheet) if decision.clause == "guidance" else ()
    )


def _guidance(sheet: "TicketSheet") -> tuple[str, ...]:
    """The seller's own instructions; without them the buyer is asked what a person should answer."""
    written = tuple(line.strip() for line in sheet.tutorial.splitlines() if line.strip())
    return written or ("商家还没有写教程。请在下面说说哪一步不明白，由专人答复您。",)


def _cash(decision: Any, cash: int) -> dict[str, Any]:
    others = remedy_words([remedy for remedy in decision.remedies if remedy.amount_fen is None])
    return {
        "lead": "退给您",
        "figure": figures.yuan(cash),
        "caps": f"大写：{figures.capital_yuan(cash)}",
        "lines": (f"{others}。",) if others else (),
    }


def _units(decision: Any, units: int) -> dict[str, Any]:
    gift = all(remedy.kind == "gift" for remedy in decision.remedies)
    return {
        "lead": "送您优质的" if gift else "补给您",
        "figure": str(units),
        "unit": "个",
        "caps": f"大写：{figures.capital(units)}个",
    }


_LEADS = {"guide": "给您的办法", "refuse": "这次不能办", "review": "请专人看", "nothing": "没有要补的"}


def _stamp(sheet: "TicketSheet") -> Stamp:
    at = sheet.resolved_at or sheet.decided_at or sheet.opened_at
    text = _STAMPS.get(sheet.state, "已决定")
    if sheet.state == "resolved" and sheet.decision.outcome == "nothing":
        text = "已数清" if sheet.reason == "drop" and not sheet.decision.facts.delivering else "已看过"
    return Stamp(text, figures.stamp_moment(at))


def _version(decision: Any) -> str:
    return f"照规则第 {decision.policy.version} 版算，校验码 {decision.policy.hash[:12]}。"


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
