"""What is given, in the buyer's words: what each thing is called and how far it is, never the raw name of a state."""

from common.language import say, spoken
from common.phrases import mark
from tickets.web.display import Pair
from tickets.web.ticket_sheet import RemedySheet, TicketSheet

REMEDIES = {
    "refund": mark("退款"),
    "top_up": mark("补发"),
    "gift": mark("另送优质的"),
    "interaction_pack": mark("送互动"),
    "replacement": mark("换新"),
    "points": mark("积分"),
    "goodwill": mark("额外补偿"),
}
MOVING = frozenset({"pending", "taking_back", "sending", "processing", "unknown"})
STUCK = frozenset({"held", "failed"})
PAID_BY_HAND = frozenset({"manual_gateway", "revocation", "usage_unknown", "refund_again"})
_ON_THE_WAY = {
    "awaiting_approval": (mark("等专人批准"), ""),
    "taking_back": (mark("先收回授权，再退款"), "half"),
    "unknown": (mark("在向对方核实"), "half"),
    "held": (mark("先停下，专人在看"), ""),
    "failed": (mark("没办成，专人接手"), ""),
    "voided": (mark("已取消"), ""),
}


def numbers(*, order_no: str, ticket_no: str) -> tuple[Pair, ...]:
    """In full, each selected whole by one press."""
    case = (Pair(say("售后单号"), ticket_no, whole=True),) if ticket_no else ()
    return (*case, Pair(say("订单号"), order_no, whole=True))


def records_link(sheet: TicketSheet) -> str:
    """The way to the page of all that came; "" where nothing was given that is listed there."""
    listed = [remedy for remedy in sheet.remedies if remedy.kind != "replacement"]
    if not listed:
        return ""
    cash = any(remedy.amount_fen is not None for remedy in listed)
    units = any(remedy.quantity is not None for remedy in listed)
    if cash and units:
        return say("退款和补单记录：每一笔、每一个")
    return say("退款记录：几时退的、编号多少") if cash else say("补单记录：每一个的时间和账号")


def refusal(sheet: TicketSheet) -> str:
    return say("这次不能退款") if sheet.reason == "refund" else say("这次不能办")


def fulfilment_name(sheet: TicketSheet) -> str:
    cash = any(remedy.amount_fen is not None for remedy in sheet.remedies)
    units = any(remedy.quantity is not None for remedy in sheet.remedies)
    if sheet.remedies and all(remedy.kind == "replacement" for remedy in sheet.remedies):
        return say("换新")
    return say("退款和补发") if cash and units else say("退款") if cash else say("补发")


def remedy_state(remedy: RemedySheet) -> tuple[str, str]:
    """(words, tone): never the raw name of a state."""
    if remedy.state == "held" and remedy.held_reason in PAID_BY_HAND:
        return say("由专人退"), ""
    if remedy.state == "settled" and _is_part(remedy):
        return say("到了一部分"), "half"
    if remedy.state == "settled":
        return (say("已退") if remedy.amount_fen is not None else say("已到")), "ok"
    # As the title has it, from the first moment on: what is handed to whom is not the buyer's to follow.
    moving = mark("正在退款") if remedy.amount_fen is not None else mark("正在办")
    words, tone = _ON_THE_WAY.get(remedy.state, (moving, "half"))
    return spoken(words), tone


def account(remedy: RemedySheet) -> str:
    """Where a refund goes and when it is there; "" of what is no refund, or comes no more."""
    if remedy.kind != "refund" or remedy.state in ("voided", "failed"):
        return ""
    if remedy.state == "settled":
        return say("已退回原付款账户，一般 1 至 3 个工作日到账")
    return say("退回原付款账户，退出后一般 1 至 3 个工作日到账")


def remedy_note(remedy: RemedySheet) -> str:
    if remedy.amount_fen is not None:
        number = say("退款编号 {number}", number=remedy.reference) if remedy.reference else ""
        return "\n".join(each for each in (account(remedy), number) if each)
    if remedy.delivered and (remedy.state != "settled" or _is_part(remedy)):
        return say("已到 {n} 个", n=remedy.delivered)
    return ""


def _is_part(remedy: RemedySheet) -> bool:
    """A void that came too late, or a provider that stopped half-way: what came stays, and is said."""
    return bool(remedy.quantity and 0 < remedy.delivered < remedy.quantity)
