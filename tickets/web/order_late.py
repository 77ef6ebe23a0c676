"""没按时送到, on the order page: what is missing, and the two ways its buyer may choose between."""

from dataclasses import dataclass
from datetime import datetime

from common import figures
from common.language import say
from common.phrases import mark
from tickets.rules.late import waits_until
from tickets.web.order_sheet import OrderSheet


@dataclass(frozen=True)
class Late:
    """`wait` is what its button says, `refund` the amount; "" where that way is not open. `ticket_no`: one waits."""

    text: str
    wait: str = ""
    until: str = ""  # beside it
    wait_note: str = ""
    refund: str = ""
    ticket_no: str = ""


def late_of(sheet: OrderSheet, now: datetime) -> Late | None:
    """Shown once the time is over, where what was reported says that something is missing."""
    claimed, came = sheet.open_for("delay"), _came(sheet)
    missing = sheet.quantity - came - sheet.facts.refunded_units  # what was given back isn't waited for
    if not _is_known(sheet) or not sheet.facts.late or sheet.facts.closed or missing <= 0:
        return None
    text = say(
        "{time} 到了送达时限，送到 {came}，还差 {n}。",
        time=figures.moment(sheet.deadline_at, now=now) if sheet.deadline_at else "",
        came=came,
        n=missing,
    )
    refund = _refund(sheet)
    if claimed and claimed.until:
        note = say(
            "您选了再等，到 {time} 再看，没送齐由专人接手。", time=figures.moment(claimed.until, now=now)
        )
        return Late(text=text, wait_note=note, refund=refund, ticket_no=claimed.no)
    deadline = sheet.deadline_at or now
    until = waits_until(paid_at=sheet.paid_at, deadline_at=deadline, now=now)
    words = mark("再等就到 {time}，到时没送齐由专人接手，退款的路也还在。")
    if not refund:
        words = mark("再等就到 {time}，到时没送齐由专人接手。")
    time = figures.moment(until, now=now)
    return Late(
        text=text,
        wait=say("再等等"),
        until=say("到 {time}", time=time),
        wait_note=say(words, time=time),
        refund=refund,
    )


def _is_known(sheet: OrderSheet) -> bool:
    """Of goods that are used a shop may report no delivery at all: what was used, or is kept here, has come.

    Time begins by itself. Where the buyer says that nothing came, it is so until somebody looks.
    """
    facts = sheet.facts
    if sheet.kind == "metered" or sheet.open_for("delay") or facts.delivered:
        return True
    there = sheet.used_at or facts.revealed_units or sheet.keys or sheet.takes_back
    return sheet.kind != "subscription" and not there


def _came(sheet: OrderSheet) -> int:
    return sheet.newest.present if sheet.kind == "metered" and sheet.newest else sheet.facts.delivered


def _refund(sheet: OrderSheet) -> str:
    decision = sheet.refund if sheet.kind == "metered" else sheet.decision
    if decision is None or not decision.cash_fen or sheet.open_for("refund"):
        return ""
    return figures.yuan(decision.cash_fen)
