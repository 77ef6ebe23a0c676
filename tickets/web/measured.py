"""The ledger of a measured drop: the counts, what is on its way, what was made up, what is missing."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from common.language import say
from common.phrases import mark
from compensation.queries import vocabulary
from compensation.rules.decision import Measures
from tickets.web.display import Ledger, Row, seen_at

# Units that went back with the money: it has gone out, is on its way, or some of it.
_BACK = {"paid": mark("退过"), "paying": mark("退款还在办"), "both": mark("已退和还在办")}


def counted(
    *, facts: Any, measures: Any, counted_at: datetime | None, now: datetime, is_newest: bool = True
) -> Ledger:
    """送完时, 现在, 少了: how the order page opens. Inside the window an older count may decide."""
    label = say("现在") if is_newest else say("满 24 小时")
    rows = [
        Row(say("送完时"), facts.delivered),
        Row(label, facts.present, note=_counted_at(counted_at, now)),
        *_between(facts),
    ]
    return Ledger(
        caption=say("送完时与现在的个数"),
        rows=(*rows, Row(_missing(measures), measures.loss if measures else 0, kind="sum")),
    )


def _counted_at(at: datetime | None, now: datetime) -> str:
    return say("{time} 数的", time=seen_at(at, now=now)) if at else ""


def plain(*, facts: Any, counted_at: datetime | None, now: datetime) -> Ledger:
    """The two counts and what lies between them, while a claim on it is already being dealt with."""
    gap = Measures(facts.delivered, max(0, facts.delivered - facts.present))
    bare = replace(facts, pending=0, restored=0)
    return counted(facts=bare, measures=gap, counted_at=counted_at, now=now)


def made_up(facts: Any) -> bool:
    """Whether what was given for the loss, and no count shows yet, is at least the loss."""
    return 0 < facts.delivered - facts.present <= facts.pending


def settled(*, facts: Any, counted_at: datetime | None, now: datetime) -> Ledger:
    """少了, 已补, 还欠 0: the loss of the count that decided, and the top-up that came after it."""
    gap = Measures(facts.delivered, facts.delivered - facts.present)
    at = say("{time} 数得", time=seen_at(counted_at, now=now)) if counted_at else say("现在")
    return Ledger(
        caption=say("少了的与补到的个数"),
        rows=(
            Row(say("送完时"), facts.delivered),
            Row(at, facts.present),
            Row(_missing(gap), gap.loss),
            Row(say("已补"), facts.pending),
            Row(say("现在还欠"), 0, kind="sum get"),
        ),
    )


def short(*, ordered: int, delivered: int) -> Ledger:
    """您订的, 送到, 没送到: part of the order never came, and of what came nothing is missing."""
    return Ledger(
        caption=say("订的与送到的个数"),
        rows=(
            Row(say("您订的"), ordered),
            Row(say("送到"), delivered),
            Row(say("没送到"), ordered - delivered, kind="sum"),
        ),
    )


def used_time(*, total_seconds: int, elapsed_seconds: int) -> Ledger | None:
    """买了, 过了, 还剩, in hours: time that runs by itself, used or not. What is begun counts as gone here."""
    bought = total_seconds // 3600
    if bought < 1:
        return None
    gone = min(bought, -(-elapsed_seconds // 3600))
    return Ledger(
        caption=say("买的与过了的小时"),
        rows=(
            Row(say("买了"), bought, note=say("小时")),
            Row(say("过了"), gone, note=say("小时")),
            Row(say("还剩"), bought - gone, note=say("小时"), kind="sum"),
        ),
    )


def adds_up(*, facts: Any, measures: Any) -> bool:
    """Whether the rows shown make the loss: a top-up not counted yet can exceed what is missing."""
    loss = facts.delivered - facts.present - facts.pending + facts.restored
    return not measures or measures.loss == max(0, loss)


def granted(*, facts: Any, measures: Any, grant: int, counted_at: datetime | None, now: datetime) -> Ledger:
    """The same sum carried on to what is given: with the bonus, less what was given before."""
    loss = measures.loss
    at = say("{time} 数得", time=seen_at(counted_at, now=now)) if counted_at else say("现在")
    rows = [Row(say("送完时"), facts.delivered), Row(at, facts.present), *_between(facts)]
    rows.append(Row(_missing(measures), loss))
    bonus = grant + facts.granted - loss
    if bonus > 0:
        rows.append(Row(_bonus_name(bonus, loss), bonus))
    if facts.granted and bonus >= 0:
        rows.append(Row(say("减去之前补的"), facts.granted))
    return Ledger(
        caption=say("这样算出 {n} 个", n=grant), rows=(*rows, Row(say("补给您"), grant, kind="sum get"))
    )


def delivering(*, ordered: int, present: int, counted_at: datetime | None, now: datetime) -> Ledger:
    """您订的, 已送到, 还差: while the goods are still coming."""
    arrived = min(ordered, present)
    return Ledger(
        caption=say("订的与已经送到的个数"),
        rows=(
            Row(say("您订的"), ordered),
            Row(say("已送到"), arrived, note=_counted_at(counted_at, now)),
            Row(say("还差"), ordered - arrived, kind="sum"),
        ),
    )


def used(
    *, ordered: int, used_units: int, refunded_units: int, back: str, used_at: datetime | None, now: datetime
) -> Ledger:
    """买了, 用了, 没用的: goods that are used up rather than counted from outside."""
    told = (
        say("{time} 报来的", time=seen_at(used_at, now=now))
        if used_at
        else say("还没有报来，按 {n} 算", n=used_units)
    )
    rows = [Row(say("买了"), ordered), Row(say("用了"), used_units, note=told)]
    if refunded_units:
        rows.append(Row(say(_BACK.get(back, _BACK["paid"])), refunded_units))
    left = max(0, ordered - used_units - refunded_units)
    return Ledger(caption=say("买的与用掉的"), rows=(*rows, Row(say("没用的"), left, kind="sum")))


def _between(facts: Any) -> list[Row]:
    rows = []
    if facts.pending:
        rows.append(Row(say("在路上的"), facts.pending))
    if facts.restored:
        rows.append(Row(say("之前掉的"), facts.restored, note=say("已补过")))
    return rows


def _missing(measures: Any) -> str:
    if not measures or not measures.loss:
        return say("少了")
    return say("少了（{percent}）", percent=vocabulary().percent(measures.loss, measures.base))


def _bonus_name(bonus: int, loss: int) -> str:
    """The bonus in words where it is the whole of what a factor adds; 1.2 rounds up, so compare rounded."""
    for tenths, name in ((2, say("另补两成")), (5, say("另补五成"))):
        if bonus == -(-loss * tenths // 10):
            return name
    return say("另补")
