"""Every state of a ticket and of a remedy in the buyer's words; a raw state name never reaches a page."""

from datetime import datetime
from typing import TYPE_CHECKING

from common import figures

if TYPE_CHECKING:
    from tickets.web.present_ticket import RemedySheet, TicketSheet

TURNS = {
    "system": "系统，您不用做什么",
    "ops": "专人，您不用做什么",
    "buyer": "您，看一眼就行",
    "developer": "商家，您不用做什么",
    "panel": "仲裁员，您不用做什么",
    "nobody": "没有谁，已经办完",
}
REMEDIES = {
    "refund": "退款",
    "top_up": "补发",
    "gift": "另送优质的",
    "interaction_pack": "送互动",
    "replacement": "换新",
    "points": "积分",
    "goodwill": "额外补偿",
}
MOVING = frozenset({"pending", "sending", "processing", "unknown"})
_STUCK = frozenset({"held", "failed"})
_PAID_BY_HAND = frozenset({"manual_gateway", "revocation"})
_OUT_OF_REACH = frozenset({"provider_absent", "unauthorised", "faults", "no_second_send"})
_ON_THE_WAY = {
    "awaiting_approval": ("等专人批准", ""),
    "pending": ("就要开始", "half"),
    "sending": ("正在提交", "half"),
    "processing": ("正在办", "half"),
    "unknown": ("在向对方核实", "half"),
    "held": ("先停下，专人在看", ""),
    "failed": ("没办成，专人接手", ""),
    "voided": ("已取消", ""),
}
_TITLES = {
    "open": "已收到，正在照规则算",
    "waiting_ops": "专人在看，看过就答复您",
    "waiting_buyer": "等您补充说明",
    "waiting_developer": "等商家答复",
    "refused": "这次不能办，原因在下面",
    "appealed": "已收到您的异议，专人在复核",
    "arbitrating": "正在仲裁",
    "closed": "这张售后单已经关闭",
    "withdrawn": "您撤销了这个申请",
}


def title(sheet: "TicketSheet") -> str:
    """One sentence that says what is happening."""
    stuck = any(remedy.state in _STUCK for remedy in sheet.remedies)
    if sheet.state == "fulfilling":
        return "遇到一点状况，专人在处理" if stuck else _giving(sheet)
    if sheet.state == "confirming":
        return f"{_given(sheet)}，请您看一眼" if sheet.remedies else "办法写在下面，请您看一眼"
    if sheet.state == "resolved":
        if sheet.decision and sheet.decision.outcome == "nothing":
            if sheet.decision.facts.delivering:
                return "还在送，送完才开始算"
            return "数过了，没有掉" if sheet.reason == "drop" else "看过了，没有要补的"
        return f"办完了，{_given(sheet)}" if sheet.remedies else "办完了"
    return _TITLES.get(sheet.state, "正在办")


def line_title(sheet: "TicketSheet") -> str:
    """The title where the ticket is one line of a list and nothing stands below it."""
    if sheet.state == "refused":
        return "这次不能办，打开看原因"
    return title(sheet).replace("办法写在下面，请您看一眼", "给了办法，请您打开看")


def _giving(sheet: "TicketSheet") -> str:
    """正在补发 180 个; what is already there is said first: 已退 ¥50.00，正在送 1000 个."""
    there = [remedy for remedy in sheet.remedies if remedy.state == "settled"]
    coming = [remedy for remedy in sheet.remedies if remedy.state not in ("settled", "voided")]
    said = [f"已{_amount(remedy).replace('款', '')}" for remedy in there]
    return "，".join(said + [f"正在{_amount(remedy)}" for remedy in coming]) or "正在办"


def _amount(remedy: "RemedySheet") -> str:
    if remedy.amount_fen is not None:
        return f"退款 {figures.yuan(remedy.amount_fen)}"
    verb = {"gift": "送", "interaction_pack": "送", "replacement": "换", "points": "送积分"}.get(
        remedy.kind, "补发"
    )
    return f"{verb} {remedy.quantity} 个"


def _given(sheet: "TicketSheet") -> str:
    there = [remedy for remedy in sheet.remedies if remedy.state == "settled"]
    cash = any(remedy.amount_fen is not None for remedy in there)
    units = any(remedy.quantity is not None for remedy in there)
    if there and all(remedy.kind == "gift" for remedy in there):
        return "已经送到"
    return {(True, True): "退了也送到了", (True, False): "钱已经退了", (False, True): "已经补到"}.get(
        (cash, units), "已经办好"
    )


def turn(sheet: "TicketSheet") -> str:
    """Whose move it is, and what that asks of the buyer."""
    if sheet.turn == "buyer" and sheet.state in ("waiting_buyer", "refused"):
        return "您，补充说明" if sheet.state == "waiting_buyer" else "您，不同意可以说"
    return TURNS.get(sheet.turn, "专人，您不用做什么")


def notice(sheet: "TicketSheet") -> str:
    """Plain words where something is slower than promised."""
    states = {remedy.state for remedy in sheet.remedies}
    reasons = {remedy.held_reason for remedy in sheet.remedies if remedy.state == "held"}
    if reasons and reasons <= _PAID_BY_HAND:
        return "这笔退款由专人办，您不用再提交。退出去以后，这里会写明。"
    if reasons and reasons <= _OUT_OF_REACH | {"manual_gateway"}:
        return "暂时办不到对方那里，专人接手在办。该给您的已经记在账上，一个不会少。"
    if "held" in states:
        return "对方的答复对不上，怕办重了，先停下来由专人核对。该给您的已经记在账上，一个不会少。"
    if "failed" in states:
        return "对方没有办成，专人正在换一个办法。该给您的已经记在账上，一个不会少。"
    if "unknown" in states:
        return "对方还没有答复。系统会先问清楚再办，不会漏，也不会重复。"
    if sheet.state == "waiting_ops" and sheet.remedies:
        return "下面是照规则算出的结果，专人核对以后就办。"
    if sheet.state == "waiting_buyer":
        return "在下面写几句就行。到时没有补充，就按现有的情况决定。"
    return ""


def fulfilment_name(sheet: "TicketSheet") -> str:
    cash = any(remedy.amount_fen is not None for remedy in sheet.remedies)
    units = any(remedy.quantity is not None for remedy in sheet.remedies)
    return "退款补发" if cash and units else "退款" if cash else "补发"


def remedy_state(remedy: "RemedySheet") -> tuple[str, str]:
    """(words, tone): never the raw name of a state."""
    if remedy.state == "held" and remedy.held_reason in _PAID_BY_HAND:
        return "由专人退", ""
    if remedy.state == "settled" and _is_part(remedy):
        return "到了一部分", "half"
    if remedy.state == "settled":
        return ("已退", "ok") if remedy.amount_fen is not None else ("已到", "ok")
    return _ON_THE_WAY.get(remedy.state, ("正在办", "half"))


def remedy_note(remedy: "RemedySheet") -> str:
    if remedy.amount_fen is not None:
        number = f"，退款编号 {remedy.reference}" if remedy.reference else ""
        return f"原路退回{number}"
    if remedy.delivered and (remedy.state != "settled" or _is_part(remedy)):
        return f"已到 {remedy.delivered} 个"
    return ""


def _is_part(remedy: "RemedySheet") -> bool:
    """A void that came too late, or a provider that stopped half-way: what came stays, and is said."""
    return bool(remedy.quantity and 0 < remedy.delivered < remedy.quantity)


def confirm_label(sheet: "TicketSheet") -> str:
    return "确认收到" if sheet.remedies else "解决了"


def withdraw_note(sheet: "TicketSheet") -> str:
    if sheet.remedies:
        return "撤销后，还没发出的就不发了；已经到的归您。之后还在期限里，可以再申请。"
    return "撤销后这张单就结束了。之后还在期限里，可以再申请。"


def next_line(sheet: "TicketSheet", now: datetime) -> str:
    """What happens by the due time; the column beside it shows the time where it is today, else the day."""
    today = sheet.due_at is not None and figures.moment(sheet.due_at, now=now).startswith("今天")
    by = "最迟这时，" if today or sheet.due_at is None else f"{figures.time_of_day(sheet.due_at)} 前"
    lines = {
        "open": f"{by}给您结果",
        "waiting_ops": f"{by}专人答复您",
        "waiting_buyer": f"{by}请您补充；没有补充就按现有的情况决定",
        "waiting_developer": f"{by}等商家答复；没有答复由专人决定",
        "fulfilling": f"{by}全部办好",
        "confirming": f"{by}请您确认；没有回复也会自动办结",
        "refused": f"{by}还可以提出异议，之后关闭",
        "appealed": f"{by}复核答复您",
        "arbitrating": f"{by}出结果",
    }
    return lines.get(sheet.state, f"{by}办好")
