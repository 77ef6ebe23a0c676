"""The order's own curve: which stretch of time it shows, and what its two ends are called."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from common import figures
from common.language import say
from common.phrases import mark
from compensation.rules.figures import decimal
from tickets.web import curve
from tickets.web.curve import Curve, Level

if TYPE_CHECKING:
    from tickets.web.order_sheet import OrderSheet

DAY = timedelta(hours=24)


def curve_of(sheet: "OrderSheet", now: datetime) -> Curve | None:
    newest, begin = sheet.newest, sheet.completed_at
    if sheet.kind != "metered" or newest is None:
        return None
    if begin is None:
        first = sheet.counts[0]
        return curve.draw(
            sheet.counts,
            full=sheet.quantity,
            full_label=say("您订的 {n}", n=sheet.quantity),
            begin=first.at,
            now=now,
            end=max(sheet.deadline_at or newest.at, newest.at, first.at + DAY),
            left=say("{time} 开始", time=figures.day_moment(first.at)),
            right=_promised(sheet),
        )
    whole = newest.at <= begin + DAY
    if whole:
        end, started = begin + DAY, figures.day_moment(begin)
        right = say("{time} 满 24 小时", time=figures.day_moment(begin + DAY))
    else:
        end, right = newest.at, figures.moment(newest.at, now=now)
        started = figures.moment(begin, now=now)  # weeks may lie between: a day alone would be of any month
    return curve.draw(
        sheet.counts,
        full=sheet.facts.delivered,
        full_label=say(mark("截止时 {n}") if sheet.is_short else mark("送完时 {n}"), n=sheet.facts.delivered),
        begin=begin,
        end=end,
        now=now,
        left=say(mark("{time} 送达截止") if sheet.is_short else mark("{time} 送完"), time=started),
        right=right,
        levels=limits_of(sheet) if whole and not sheet.facts.gift else (),
    )


def limits_of(sheet: "OrderSheet") -> tuple[Level, ...]:
    """Below which counts more is owed, by the order's own rules, and what."""
    terms, delivered = sheet.decision.terms, sheet.facts.delivered
    factor = terms.factor_of("B", long_term=sheet.facts.long_term)
    said = (
        (terms.tier_a_rate, mark("低于这里，按 {factor} 倍补"), mark("少于 {n} 个，按 {factor} 倍补")),
        (terms.tier_b_rate, mark("低于这里，全额退款"), mark("少于 {n} 个，全额退款")),
    )
    levels = []
    for (part, whole), label, alone in said:
        count, times = delivered - delivered * part // whole, decimal(factor)
        levels.append(Level(count, say(label, factor=times), say(alone, n=count, factor=times)))
    return tuple(levels)


def _promised(sheet: "OrderSheet") -> str:
    at = sheet.deadline_at
    return say("{time} 最迟送完", time=figures.day_moment(at)) if at else ""
