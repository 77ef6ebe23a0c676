"""Every state of a ticket and of a remedy in the buyer's words; a raw state name never reaches a page."""

from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from django.utils.text import capfirst

from common import figures
from common.clock import shanghai
from common.language import say, spoken
from common.phrases import mark
from tickets.web.display import listed

if TYPE_CHECKING:
    from tickets.web.present_ticket import RemedySheet, TicketSheet
    from tickets.web.rulings import RulingSheet

TURNS = {
    "system": mark("系统，您不用做什么"),
    "ops": mark("专人，您不用做什么"),
    "buyer": mark("您，看一眼就行"),
    "developer": mark("商家，您不用做什么"),
    "panel": mark("仲裁员，您不用做什么"),
    "nobody": mark("已办完"),
}
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
_STUCK = frozenset({"held", "failed"})
_PAID_BY_HAND = frozenset({"manual_gateway", "revocation", "usage_unknown"})
_STILL_USABLE = frozenset({"licence_unknown", "licence_refused", "licence_used"})
_OUT_OF_REACH = frozenset({"provider_absent", "unauthorised", "faults", "no_second_send"})
_ON_THE_WAY = {
    "awaiting_approval": (mark("等专人批准"), ""),
    "pending": (mark("就要开始"), "half"),
    "taking_back": (mark("先收回授权，再退款"), "half"),
    "sending": (mark("正在提交"), "half"),
    "processing": (mark("正在办"), "half"),
    "unknown": (mark("在向对方核实"), "half"),
    "held": (mark("先停下，专人在看"), ""),
    "failed": (mark("没办成，专人接手"), ""),
    "voided": (mark("已取消"), ""),
}
_TITLES = {
    "open": mark("已收到，正在照规则算"),
    "waiting_ops": mark("专人在看，看过就答复您"),
    "waiting_buyer": mark("等您补充说明"),
    "waiting_developer": mark("等商家答复"),
    "refused": mark("这次不能办，原因在下面"),
    "appealed": mark("已收到您的申诉，专人在复核"),
    "arbitrating": mark("正在仲裁"),
    "closed": mark("这张售后单已经关闭"),
    "withdrawn": mark("您撤销了这个申请"),
}


def title(sheet: "TicketSheet") -> str:
    """One sentence that says what is happening."""
    if sheet.ruling is not None and (ruled := _ruled(sheet.ruling, sheet.state)):
        return ruled
    stuck = any(remedy.state in _STUCK for remedy in holding(sheet))
    if sheet.state == "fulfilling":
        return say("遇到一点状况，专人在处理") if stuck else _giving(sheet)
    if unanswered(sheet):
        return say("说说哪一步不明白，专人答复您")
    if sheet.state == "confirming":
        return spoken(_GIVEN[_given(sheet)].look if sheet.remedies else _GUIDED)
    if sheet.state == "resolved":
        if sheet.decision and sheet.decision.outcome == "nothing":
            if sheet.decision.facts.delivering:
                return say("还在送，送完才开始算")
            return say("数过了，没有掉") if sheet.reason == "drop" else say("看过了，没有要补的")
        return spoken(_GIVEN[_given(sheet)].done) if sheet.remedies else say("办完了")
    return spoken(_TITLES.get(sheet.state, mark("正在办")))


def _ruled(ruling: "RulingSheet", state: str) -> str:
    """What a person's word makes of a state; "" where it makes no difference."""
    if ruling.kind == "answer" and state == "confirming":
        return say("专人答复了，请您看一眼")
    if ruling.kind == "refused" and state == "closed" and ruling.last:
        return say("复核过了，还是不能办，原因在下面")
    return ""


def unanswered(sheet: "TicketSheet") -> bool:
    """A question whose seller wrote no tutorial: there is no answer yet to have a look at."""
    asks = sheet.state == "confirming" and sheet.decision and sheet.decision.clause == "guidance"
    return bool(asks) and not sheet.ruling and not sheet.tutorial.strip()


def holding(sheet: "TicketSheet") -> "tuple[RemedySheet, ...]":
    """Its remedies without those that were taken back, where others are left."""
    alive = tuple(remedy for remedy in sheet.remedies if remedy.state != "voided")
    return alive or sheet.remedies


def line_title(sheet: "TicketSheet") -> str:
    """The title where the ticket is one line of a list and nothing stands below it."""
    if sheet.state == "refused":
        return say("这次不能办，打开看原因")
    if sheet.state == "confirming" and not sheet.remedies and not unanswered(sheet):
        return say("给了办法，请您打开看")
    return title(sheet)


def _giving(sheet: "TicketSheet") -> str:
    """正在补发 180 个; what is already there is said first: 已退 ¥50.00，正在送 1000 个."""
    there = [remedy for remedy in sheet.remedies if remedy.state == "settled"]
    coming = [remedy for remedy in sheet.remedies if remedy.state not in ("settled", "voided")]
    said = [_amount(remedy, _THERE) for remedy in there] + [_amount(remedy, _COMING) for remedy in coming]
    return capfirst(listed(said)) or say("正在办")


def _amount(remedy: "RemedySheet", words: dict[str, str]) -> str:
    if remedy.amount_fen is not None:
        return say(words["refund"], amount=figures.yuan(remedy.amount_fen))
    return say(words.get(remedy.kind, words["top_up"]), n=remedy.quantity)


_THERE = {
    "refund": mark("已退 {amount}"),
    "top_up": mark("已补发 {n} 个"),
    "gift": mark("已送 {n} 个"),
    "interaction_pack": mark("已送 {n} 个"),
    "replacement": mark("已换 {n} 个"),
    "points": mark("已送积分 {n} 个"),
}
_COMING = {
    "refund": mark("正在退款 {amount}"),
    "top_up": mark("正在补发 {n} 个"),
    "gift": mark("正在送 {n} 个"),
    "interaction_pack": mark("正在送 {n} 个"),
    "replacement": mark("正在换 {n} 个"),
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
    "other": _Given(mark("已经办好，请您看一眼"), mark("办完了，已经办好")),
}


def _given(sheet: "TicketSheet") -> str:
    """Which of _GIVEN."""
    there = [remedy for remedy in sheet.remedies if remedy.state == "settled"]
    cash = any(remedy.amount_fen is not None for remedy in there)
    units = any(remedy.quantity is not None for remedy in there)
    if there and all(remedy.kind == "gift" for remedy in there):
        return "gift"
    return {(True, True): "both", (True, False): "cash", (False, True): "units"}.get((cash, units), "other")


def turn(sheet: "TicketSheet") -> str:
    """Whose move it is, and what that asks of the buyer."""
    if sheet.turn == "buyer" and sheet.state in ("waiting_buyer", "refused"):
        return say("您，补充说明") if sheet.state == "waiting_buyer" else say("您，不同意可以说")
    if unanswered(sheet):
        return say("您，说说哪里不明白")
    return spoken(TURNS.get(sheet.turn, mark("专人，您不用做什么")))


def notice(sheet: "TicketSheet") -> str:
    """Plain words where something is slower than promised."""
    states = {remedy.state for remedy in sheet.remedies}
    reasons = {remedy.held_reason for remedy in sheet.remedies if remedy.state == "held"}
    if reasons and reasons <= _PAID_BY_HAND:
        return say("这笔退款由专人办，您不用再提交。退出去以后，这里会写明。")
    if reasons and reasons <= _OUT_OF_REACH | {"manual_gateway"}:
        return say("暂时办不到对方那里，专人接手在办。该给您的已经记在账上，一个不会少。")
    if reasons and reasons <= _STILL_USABLE:
        return say("授权还没有收回，钱先不退，专人在核对。该退您的已经记在账上，一分不会少。")
    if "held" in states:
        return say("对方的答复对不上，怕办重了，先停下来由专人核对。该给您的已经记在账上，一个不会少。")
    if "failed" in states:
        return say("对方没有办成，专人正在换一个办法。该给您的已经记在账上，一个不会少。")
    if "unknown" in states:
        return say("对方还没有答复。系统会先问清楚再办，不会漏，也不会重复。")
    if sheet.state == "waiting_ops" and sheet.ruling is not None and sheet.ruling.waits:
        return say("下面是专人提出的，要另一位同事批准，批了就办。")
    if sheet.state == "waiting_ops" and sheet.remedies:
        return say("下面是照规则算出的结果，专人核对以后就办。")
    if sheet.state == "waiting_buyer" and sheet.asked:
        return say("专人问您：{text}", text=sheet.asked)
    if sheet.state == "waiting_buyer":
        return say("在下面写几句就行。到时没有补充，就按现有的情况决定。")
    return ""


def fulfilment_name(sheet: "TicketSheet") -> str:
    cash = any(remedy.amount_fen is not None for remedy in sheet.remedies)
    units = any(remedy.quantity is not None for remedy in sheet.remedies)
    return say("退款和补发") if cash and units else say("退款") if cash else say("补发")


def remedy_state(remedy: "RemedySheet") -> tuple[str, str]:
    """(words, tone): never the raw name of a state."""
    if remedy.state == "held" and remedy.held_reason in _PAID_BY_HAND:
        return say("由专人退"), ""
    if remedy.state == "settled" and _is_part(remedy):
        return say("到了一部分"), "half"
    if remedy.state == "settled":
        return (say("已退") if remedy.amount_fen is not None else say("已到")), "ok"
    words, tone = _ON_THE_WAY.get(remedy.state, (mark("正在办"), "half"))
    return spoken(words), tone


def remedy_note(remedy: "RemedySheet") -> str:
    if remedy.amount_fen is not None:
        if remedy.reference:
            return say("原路退回，退款编号 {number}", number=remedy.reference)
        return say("原路退回")
    if remedy.delivered and (remedy.state != "settled" or _is_part(remedy)):
        return say("已到 {n} 个", n=remedy.delivered)
    return ""


def _is_part(remedy: "RemedySheet") -> bool:
    """A void that came too late, or a provider that stopped half-way: what came stays, and is said."""
    return bool(remedy.quantity and 0 < remedy.delivered < remedy.quantity)


def confirm_label(sheet: "TicketSheet") -> str:
    return say("确认收到") if sheet.remedies else say("解决了")


def next_line(sheet: "TicketSheet", now: datetime) -> str:
    """What happens by the due time; the column beside it shows the time where it is today, else the day."""
    today, later = _NEXT.get(sheet.state, _Next(mark("最迟这时，办好"), mark("{time} 前办好")))
    if sheet.due_at is None or shanghai(sheet.due_at).date() == shanghai(now).date():
        return spoken(today)
    return say(later, time=figures.time_of_day(sheet.due_at))


class _Next(NamedTuple):
    """By the time that stands beside it; by a time of another day."""

    today: str
    later: str


_NEXT = {
    "open": _Next(mark("最迟这时，给您结果"), mark("{time} 前给您结果")),
    "waiting_ops": _Next(mark("最迟这时，专人答复您"), mark("{time} 前专人答复您")),
    "waiting_buyer": _Next(
        mark("最迟这时，请您补充；没有补充就按现有的情况决定"),
        mark("{time} 前请您补充；没有补充就按现有的情况决定"),
    ),
    "waiting_developer": _Next(
        mark("最迟这时，等商家答复；没有答复由专人决定"), mark("{time} 前等商家答复；没有答复由专人决定")
    ),
    "fulfilling": _Next(mark("最迟这时，全部办好"), mark("{time} 前全部办好")),
    "confirming": _Next(
        mark("最迟这时，请您确认；没有回复也会自动办结"), mark("{time} 前请您确认；没有回复也会自动办结")
    ),
    "refused": _Next(mark("最迟这时，还可以申诉，之后关闭"), mark("{time} 前还可以申诉，之后关闭")),
    "appealed": _Next(mark("最迟这时，复核答复您"), mark("{time} 前复核答复您")),
    "arbitrating": _Next(mark("最迟这时，出结果"), mark("{time} 前出结果")),
}


def nudged(sheet: "TicketSheet") -> str:
    """What pressing 催一下 did, and what is known at this moment."""
    if sheet.turn == "developer":
        return say("已经催了，专人会去要商家的答复。")
    if sheet.turn != "system":
        return say("已经催了专人，30 分钟内答复您。")
    units = [remedy for remedy in sheet.remedies if remedy.quantity is not None]
    if not units:
        return say("已经去问退款那边了。有了消息，这一页会自己更新。")
    came, promised = sum(each.delivered for each in units), sum(each.quantity or 0 for each in units)
    told = mark("已经去问供货方了。到现在到了 {came} 个，共 {n} 个；有了消息，这一页会自己更新。")
    return say(told, came=came, n=promised)


def size(count: int) -> str:
    """830 KB, 2.4 MB: as phones write it."""
    return f"{max(1, count // 1000)} KB" if count < 1_000_000 else f"{count / 1_000_000:.1f} MB"
