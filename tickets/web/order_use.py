"""What of the goods was used and what is left, in a sentence, and up to when the shop said so."""

from datetime import datetime

from common.language import say
from common.phrases import mark
from compensation.queries import vocabulary
from compensation.rules.amounts import remaining_seconds, used
from tickets.web.display import seen_at, sentences
from tickets.web.order_sheet import OrderSheet

HOUR = 3600
_USED = {
    "course": mark("学了 {n} 节，还有 {left} 节没学。"),
    "licence": mark("用了 {n} 份，还有 {left} 份没用。"),
    "game_item": mark("用了 {n} 件，还有 {left} 件没用。"),
}


def use_of(sheet: OrderSheet, now: datetime) -> str:
    """Nothing for goods that are counted, and for a line that is settled: there the ledger says it all."""
    facts = sheet.facts
    if sheet.kind == "metered" or facts.closed:
        return ""
    told = say("商店 {time} 报来的。", time=seen_at(sheet.used_at, now=now)) if sheet.used_at else ""
    if sheet.kind == "subscription":
        return _of_time(sheet, told)
    if not told:
        return ""  # the ledger says so
    gone = used(facts, sheet.decision.terms)
    left = max(0, facts.ordered - gone - facts.refunded_units)
    return sentences(say(_USED[sheet.kind], n=gone, left=left), told)


def _of_time(sheet: OrderSheet, told: str) -> str:
    """The calendar uses time up, whoever was there; an outage gives it back."""
    facts = sheet.facts
    if facts.total_seconds < HOUR:
        return ""
    left = remaining_seconds(facts)
    said = [say("过了 {gone}，还剩 {left}。", gone=_span(facts.total_seconds - left), left=_span(left))]
    if facts.outage_seconds:
        said.append(say("停用过 {span}，不算您的。", span=_span(facts.outage_seconds)))
    if facts.used_seconds:
        said.append(say("实际用过 {span}。", span=_span(facts.used_seconds)))
    return sentences(*said, told)


def _span(seconds: int) -> str:
    """To the nearest hour: nobody counts the minutes of a month."""
    return vocabulary().span((seconds + HOUR // 2) // HOUR * HOUR if seconds >= HOUR else seconds)
