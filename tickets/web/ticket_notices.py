"""What a buyer reads above a case that doesn't run by itself: what happened, who has it, until when, what is sure."""

from datetime import datetime

from common import figures
from common.language import say, spoken
from common.phrases import mark
from tickets.web import given_words
from tickets.web.display import sentences
from tickets.web.ticket_sheet import RemedySheet, TicketSheet

# {why it is held: (what happened to units, what happened to money)}; where both are the same, it is said once.
_REACH = (mark("供货方暂时联系不上。"), mark("退款那边暂时联系不上。"))
_CHECK = (
    mark("供货方报来的个数对不上，怕补重了，先停下来核对。"),
    mark("退款的结果对不上，怕退重了，先停下来核对。"),
)
_LICENCE = (mark("您的授权还没有收回，钱先不退。"),)
WHY_HELD = {
    "provider_absent": _REACH,
    "unauthorised": _REACH,
    "faults": _REACH,
    "no_second_send": _CHECK,
    "declined": (mark("供货方这次没有接单。"), mark("这笔退款这次没有被受理。")),
    "gone": _CHECK,
    "conflict": _CHECK,
    "mismatch": _CHECK,
    "restored": (mark("有一笔记录要先核对，免得重复办。"),),
    "forgotten": (mark("有一笔记录要先核对，免得重复办。"),),
    "manual_gateway": (mark("您付款的渠道不能自动退，由专人退给您。"),),
    "revocation": (mark("退款前要先核对用了多少，由专人退给您。"),),
    "usage_unknown": (mark("商店还没有报来用了多少，专人核对好就退给您。"),),
    "refund_again": (mark("上一次没有退成，改由专人退给您。"),),
    "licence_unknown": _LICENCE,
    "licence_refused": _LICENCE,
    "licence_used": _LICENCE,
    "stock_gone": (mark("换给您的存货没有了，专人在补货。"),),
    "stock_stale": (mark("换给您的存货要先核对一遍，免得给错。"),),
    "no_adapter": (mark("这一样由专人送给您。"),),
    "rest_again": (mark("补了两次还差一些，专人在找原因。"),),
}
_FAILED = (mark("供货方这次没有补成，专人在换一个办法。"), mark("这笔退款没有退成，钱还没有出去。"))


def notice(*, sheet: TicketSheet, now: datetime) -> str:
    """ "" where nothing has to be said."""
    if stuck := next((each for each in sheet.holding if each.state in given_words.STUCK), None):
        return sentences(_happened(stuck), _in_hand(sheet, now), _sure(stuck))
    if any(remedy.state == "unknown" for remedy in sheet.remedies):
        return say("对方还没有答复。系统会先问清楚再办，不会漏，也不会重复。")
    return _awaited(sheet)


def _happened(remedy: RemedySheet) -> str:
    said = _FAILED if remedy.state == "failed" else WHY_HELD.get(remedy.held_reason, _CHECK)
    return spoken(said[0 if remedy.amount_fen is None else -1])


def _in_hand(sheet: TicketSheet, now: datetime) -> str:
    if sheet.due_at is None or sheet.due_at < now:
        return say("专人接手在办，您不用再提交。")
    return say("专人接手在办，最迟{time} 办好，您不用再提交。", time=figures.moment(sheet.due_at, now=now))


def _sure(remedy: RemedySheet) -> str:
    if remedy.amount_fen is None:
        return say("该给您的都记着，一个都不会少。")
    return say("该退您的都记着，一分都不会少。")


def _awaited(sheet: TicketSheet) -> str:
    """What the person who has it, or the buyer who is asked, does next."""
    if sheet.state == "waiting_buyer":
        if sheet.asked_briefly:
            return say("在下面传图或写几句都行，到了专人接着看。")
        if sheet.asked:
            return say("专人问您：{text}", text=sheet.asked)
        return say("在下面写几句就行。")
    if sheet.state != "waiting_ops":
        return ""
    if sheet.ruling is not None and sheet.ruling.waits:
        return say("下面是专人提出的，要另一位同事批准，批了就办。")
    if sheet.is_looked_at_again:
        return say("您说还没有解决，专人看过就答复您。")
    if {remedy.state for remedy in sheet.remedies} == {"voided"}:
        return say("原来的办法没有办成，专人看过就给您新的结果。")
    if sheet.remedies and not sheet.is_decided:
        return say("下面是照规则算出的结果，专人核对以后就办。")
    return ""
