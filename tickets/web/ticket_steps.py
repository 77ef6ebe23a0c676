"""The row of dots over a ticket: what has been done, what is being done, and what is left."""

from datetime import datetime

from common import figures
from common.language import say, spoken
from common.phrases import mark
from tickets.web import given_words
from tickets.web.display import StepView
from tickets.web.ticket_sheet import FINAL, RemedySheet, TicketSheet


def steps_of(*, sheet: TicketSheet, now: datetime) -> tuple[StepView, ...]:
    """提交–决定–补发–完成; the third only where something is given, and 复核 where the buyer disagreed."""
    final, decided = sheet.state in FINAL, sheet.is_decided
    steps = [
        StepView(say("提交"), "done", figures.short_moment(sheet.opened_at, now=now)),
        _decision(sheet, now),
    ]
    if sheet.remedies and not _came_to_nothing(sheet):
        given = all(remedy.state == "settled" for remedy in sheet.holding)
        state = "done" if given else "todo" if final or not decided else "now"
        steps.append(
            StepView(given_words.fulfilment_name(sheet), state, _given_note(sheet) if decided else "")
        )
    if sheet.state in ("appealed", "arbitrating") or sheet.is_looked_at_again:
        steps.append(StepView(say("复核"), "now", _in_hand(sheet) or say("专人在看")))
    end = "done" if final else "now" if all(step.state == "done" for step in steps) else "todo"
    label = {"withdrawn": say("撤销"), "closed": say("关闭")}.get(sheet.state, say("完成"))
    steps.append(
        StepView(label, end, figures.short_moment(sheet.resolved_at, now=now) if sheet.resolved_at else "")
    )
    return tuple(steps)


def _decision(sheet: TicketSheet, now: datetime) -> StepView:
    if sheet.is_unanswered:  # nobody has decided anything
        return StepView(say("答复"), "now", say("等您"))
    state = "done" if sheet.is_decided else "todo" if sheet.state in FINAL else "now"
    return StepView(say("决定"), state, _decided_note(sheet, now))


def _came_to_nothing(sheet: TicketSheet) -> bool:
    return sheet.state == "withdrawn" and all(remedy.state == "voided" for remedy in sheet.remedies)


def _decided_note(sheet: TicketSheet, now: datetime) -> str:
    if sheet.is_decided and sheet.decided_at:
        return figures.short_moment(sheet.decided_at, now=now)
    return _in_hand(sheet)


def _in_hand(sheet: TicketSheet) -> str:
    waits = {
        "waiting_ops": mark("专人在看"),
        "waiting_buyer": mark("等您"),
        "waiting_developer": mark("等商家"),
    }
    return spoken(waits.get(sheet.state, ""))


def _given_note(sheet: TicketSheet) -> str:
    held_to = sheet.holding
    ordered = sum(remedy.quantity or 0 for remedy in held_to)
    came = sum(_arrived(remedy) for remedy in held_to)
    if came < ordered or not sheet.is_under_way:  # what is waited for can be counted, or all is there
        return f"{came} / {ordered}" if ordered else ""
    return say("专人在办") if sheet.state == "waiting_ops" else say("正在退款")


def _arrived(remedy: RemedySheet) -> int:
    return remedy.delivered or (remedy.quantity or 0 if remedy.state == "settled" else 0)
