"""Whose turn a ticket is and what comes next, in the buyer's words."""

from datetime import datetime
from typing import NamedTuple

from common import figures
from common.clock import shanghai
from common.language import say, spoken
from common.phrases import mark
from tickets.web.ticket_sheet import TicketSheet

TURNS = {
    "system": mark("系统，您不用做什么"),
    "ops": mark("专人，您不用做什么"),
    "buyer": mark("您，看一眼就行"),
    "developer": mark("商家，您不用做什么"),
    "panel": mark("仲裁员，您不用做什么"),
    "nobody": mark("已办完"),
}


def turn(sheet: TicketSheet) -> str:
    """Whose move it is, and what that asks of the buyer."""
    if sheet.turn == "buyer" and sheet.state in ("waiting_buyer", "refused"):
        return say("您，补充说明") if sheet.state == "waiting_buyer" else say("您，不同意可以说")
    if sheet.is_unanswered:
        return say("您，说说哪里不明白")
    if sheet.state in ("withdrawn", "closed"):
        return say("已结束")
    return spoken(TURNS.get(sheet.turn, mark("专人，您不用做什么")))


_OTHERWISE = {
    "waiting_buyer": mark("到时没有补充，就按现有的情况决定"),
    "confirming": mark("到时没有回复就自动办结"),
    "refused": mark("过了不能再申诉"),
}


def otherwise(sheet: TicketSheet) -> str:
    """What happens at the date where the buyer does nothing."""
    return spoken(_OTHERWISE.get(sheet.state, ""))


def is_exchange(sheet: TicketSheet) -> bool:
    """Nothing was given but new ones for those that don't work."""
    return bool(sheet.remedies) and all(remedy.kind == "replacement" for remedy in sheet.remedies)


def doubt_label(sheet: TicketSheet) -> str:
    return say("新的也用不了") if is_exchange(sheet) else say("没收到，数不对")


def confirm_label(sheet: TicketSheet) -> str:
    if is_exchange(sheet):
        return say("新的能用")
    return say("确认收到") if sheet.remedies else say("解决了")


def next_line(sheet: TicketSheet, now: datetime) -> str:
    """What happens by the due time; the column beside it shows the time where it is today, else the day."""
    case = "fulfilling" if sheet.is_under_way else sheet.state
    case = "unanswered" if sheet.is_unanswered else case
    case = "again" if case == "waiting_ops" and sheet.is_looked_at_again else case
    today, later = _NEXT.get(case, _Next(mark("最迟这时，办好"), mark("{time} 前办好")))
    if sheet.due_at is None or shanghai(sheet.due_at).date() == shanghai(now).date():
        return spoken(today)
    return say(later, time=figures.time_of_day(sheet.due_at))


class _Next(NamedTuple):
    """By the time that stands beside it; by a time of another day."""

    today: str
    later: str


_NEXT = {
    "open": _Next(mark("最迟这时，给您结果"), mark("{time} 前给您结果")),
    "waiting_ops": _Next(mark("最迟这时，专人给您结果"), mark("{time} 前专人给您结果")),
    "again": _Next(mark("最迟这时，专人答复您"), mark("{time} 前专人答复您")),
    "waiting_buyer": _Next(
        mark("最迟这时，请您补充；没有补充就按现有的情况决定"),
        mark("{time} 前请您补充；没有补充就按现有的情况决定"),
    ),
    "waiting_developer": _Next(
        mark("最迟这时，等商家答复；没有答复由专人决定"), mark("{time} 前等商家答复；没有答复由专人决定")
    ),
    "fulfilling": _Next(mark("最迟这时，全部办好"), mark("{time} 前全部办好")),
    "unanswered": _Next(
        mark("最迟这时，请您写一句；没有回复就自动办结"), mark("{time} 前请您写一句；没有回复就自动办结")
    ),
    "confirming": _Next(
        mark("最迟这时，请您确认；没有回复也会自动办结"), mark("{time} 前请您确认；没有回复也会自动办结")
    ),
    "refused": _Next(mark("最迟这时，还可以申诉，之后关闭"), mark("{time} 前还可以申诉，之后关闭")),
    "appealed": _Next(mark("最迟这时，复核答复您"), mark("{time} 前复核答复您")),
    "arbitrating": _Next(mark("最迟这时，出结果"), mark("{time} 前出结果")),
}


def nudged(sheet: TicketSheet) -> str:
    """What pressing 催一下 did, and what is known at this moment."""
    if sheet.turn == "developer":
        return say("已经催了，专人会去要商家的答复。")
    if sheet.turn != "system":
        return say("已经催了专人，30 分钟内答复您。")
    if sheet.reason == "delay":
        return say("记下了。到时没送齐，由专人接手。")
    units = [remedy for remedy in sheet.remedies if remedy.quantity is not None]
    if not units:
        return say("已经去问退款那边了。有了消息，这一页会自己更新。")
    came, promised = sum(each.delivered for each in units), sum(each.quantity or 0 for each in units)
    told = mark("已经去问供货方了。到现在到了 {came} 个，共 {n} 个；有了消息，这一页会自己更新。")
    return say(told, came=came, n=promised)
