"""What is happening with a ticket, in one sentence: above its page, and where it is one line of a list."""

from typing import NamedTuple

from django.utils.text import capfirst

from common import figures
from common.language import say, spoken
from common.phrases import mark
from tickets.web import given_words
from tickets.web.display import listed
from tickets.web.rulings import RulingSheet
from tickets.web.ticket_sheet import RemedySheet, TicketSheet

_TITLES = {
    "open": mark("已收到，正在照规则算"),
    "waiting_ops": mark("专人在看，看过就答复您"),
    "waiting_developer": mark("等商家答复"),
    "appealed": mark("已收到您的申诉，专人在复核"),
    "arbitrating": mark("正在仲裁"),
    "closed": mark("这张售后单已经关闭"),
    "withdrawn": mark("您撤销了这个申请"),
}


def title(sheet: TicketSheet) -> str:
    """One sentence that says what is happening."""
    if sheet.ruling is not None and (ruled := _ruled(sheet.ruling, sheet.state)):
        return ruled
    if sheet.state == "fulfilling" and sheet.reason == "delay":
        return say("等送齐，到时没送齐由专人接手")
    if sheet.is_under_way or sheet.state == "fulfilling":
        return _stuck(sheet) or _giving(sheet)
    if sheet.is_unanswered:
        return say("说说哪一步不明白，专人答复您")
    if sheet.state == "refused":
        return say("{what}，原因在下面", what=given_words.refusal(sheet))
    if sheet.state == "waiting_buyer":
        return sheet.asked_briefly or say("请您补充，专人在等")
    if sheet.state == "confirming":
        return spoken(_GIVEN[_given(sheet)].look if sheet.remedies else _GUIDED)
    if sheet.state == "resolved":
        if sheet.decision and sheet.decision.outcome == "nothing":
            if sheet.decision.facts.delivering:
                return say("还在送，送完才开始算")
            return say("数过了，没有掉") if sheet.reason == "drop" else say("看过了，没有要补的")
        return spoken(_GIVEN[_given(sheet)].done) if sheet.remedies else say("办完了")
    return spoken(_TITLES.get(sheet.state, mark("正在办")))


def _ruled(ruling: RulingSheet, state: str) -> str:
    """What a person's word makes of a state; "" where it makes no difference."""
    if ruling.kind == "answer" and state == "confirming":
        return say("专人答复了，请您看一眼")
    if ruling.kind == "refused" and state == "closed" and ruling.last:
        return say("复核过了，还是不能办，原因在下面")
    return ""


def line_title(sheet: TicketSheet) -> str:
    """The title where the ticket is one line of a list and nothing stands below it."""
    if sheet.state == "refused":
        return say("{what}，打开看原因", what=given_words.refusal(sheet))
    if sheet.state == "confirming" and not sheet.remedies and not sheet.is_unanswered:
        return say("给了办法，请您打开看")
    return title(sheet)


def _stuck(sheet: TicketSheet) -> str:
    """What a person has in hand; "" where nothing waits for one."""
    stuck = [remedy for remedy in sheet.holding if remedy.state in given_words.STUCK]
    if not stuck:
        return ""
    if all(remedy.state == "held" and remedy.held_reason in given_words.PAID_BY_HAND for remedy in stuck):
        amount = sum(remedy.amount_fen or 0 for remedy in stuck)
        return say("专人正在给您退款 {amount}", amount=figures.yuan(amount))
    return say("遇到一点状况，专人在处理")


def _giving(sheet: TicketSheet) -> str:
    """正在补发 180 个; what is already there is said first: 已退 ¥50.00，正在送 1000 个."""
    there = [remedy for remedy in sheet.remedies if remedy.state == "settled"]
    coming = [remedy for remedy in sheet.remedies if remedy.state not in ("settled", "voided")]
    said = [_amount(remedy, _THERE) for remedy in there] + [_amount(remedy, _COMING) for remedy in coming]
    return capfirst(listed(said)) or say("正在办")


def _amount(remedy: RemedySheet, words: dict[str, str]) -> str:
    if remedy.amount_fen is not None:
        return say(words["refund"], amount=figures.yuan(remedy.amount_fen))
    return say(words.get(remedy.kind, words["top_up"]), n=remedy.quantity)


_THERE = {
    "refund": mark("已退 {amount}"),
    "top_up": mark("已补发 {n} 个"),
    "gift": mark("已送 {n} 个"),
    "interaction_pack": mark("已送 {n} 个"),
    "replacement": mark("已换 {n} 份"),
    "points": mark("已送积分 {n} 个"),
}
_COMING = {
    "refund": mark("正在退款 {amount}"),
    "top_up": mark("正在补发 {n} 个"),
    "gift": mark("正在送 {n} 个"),
    "interaction_pack": mark("正在送 {n} 个"),
    "replacement": mark("正在换 {n} 份"),
    "points": mark("正在送积分 {n} 个"),
}


class _Given(NamedTuple):
    """What came, said while the buyer may look at it and when all is over."""

    look: str
    done: str


_GUIDED = mark("办法写在下面，请您看一眼")
_GIVEN = {
    "gift": _Given(mark("已经送到，请您看一眼"), mark("办完了，已经送到")),
    "both": _Given(mark("款已退，赠送的也到了，请您看一眼"), mark("办完了：款已退，赠送的也到了")),
    "cash": _Given(mark("钱已经退了，请您看一眼"), mark("办完了，钱已经退了")),
    "units": _Given(mark("已经补到，请您看一眼"), mark("办完了，已经补到")),
    "replaced": _Given(mark("新的已经换好，请您看一眼"), mark("办完了，新的已经换好")),
    "other": _Given(mark("已经办好，请您看一眼"), mark("办完了，已经办好")),
}


def _given(sheet: TicketSheet) -> str:
    """Which of _GIVEN."""
    there = [remedy for remedy in sheet.remedies if remedy.state == "settled"]
    cash = any(remedy.amount_fen is not None for remedy in there)
    units = any(remedy.quantity is not None for remedy in there)
    if there and all(remedy.kind == "gift" for remedy in there):
        return "gift"
    if there and all(remedy.kind == "replacement" for remedy in there):
        return "replaced"
    return {(True, True): "both", (True, False): "cash", (False, True): "units"}.get((cash, units), "other")
