"""The ledger of a measured drop: the counts, what is on its way, what was made up, what is missing."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from common import figures
from compensation.queries import vocabulary
from compensation.rules.decision import Measures
from tickets.web.display import Ledger, Row


def counted(
    *, facts: Any, measures: Any, counted_at: datetime | None, now: datetime, is_newest: bool = True
) -> Ledger:
    """送完时, 现在, 少了: how the order page opens. Inside the window an older count may decide."""
    note = f"{figures.moment(counted_at, now=now).removeprefix('今天 ')} 数的" if counted_at else ""
    label = "现在" if is_newest else "满 24 小时"
    rows = [Row("送完时", facts.delivered), Row(label, facts.present, note=note), *_between(facts)]
    return Ledger(
        caption="送完时与现在的个数",
        rows=(*rows, Row(f"少了{_rate(measures)}", measures.loss if measures else 0, kind="sum")),
    )


def plain(*, facts: Any, counted_at: datetime | None, now: datetime) -> Ledger:
    """The two counts and what lies between them, while a claim on it is already being dealt with."""
    gap = Measures(facts.delivered, max(0, facts.delivered - facts.present))
    bare = replace(facts, pending=0, restored=0)
    return counted(facts=bare, measures=gap, counted_at=counted_at, now=now)


def adds_up(*, facts: Any, measures: Any) -> bool:
    """Whether the rows shown make the loss: a top-up not counted yet can exceed what is missing."""
    loss = facts.delivered - facts.present - facts.pending + facts.restored
    return not measures or measures.loss == max(0, loss)


def granted(*, facts: Any, measures: Any, grant: int, counted_at: datetime | None, now: datetime) -> Ledger:
    """The same sum carried on to what is given: with the bonus, less what was given before."""
    loss = measures.loss
    at = f"{figures.moment(counted_at, now=now).removeprefix('今天 ')} 数得" if counted_at else "现在"
    rows = [Row("送完时", facts.delivered), Row(at, facts.present), *_between(facts)]
    rows.append(Row(f"少了{_rate(measures)}", loss))
    bonus = grant + facts.granted - loss
    if bonus > 0:
        rows.append(Row(_bonus_name(bonus, loss), bonus))
    if facts.granted and bonus >= 0:
        rows.append(Row("减去之前补的", facts.granted))
    return Ledger(caption=f"这样算出 {grant} 个", rows=(*rows, Row("补给您", grant, kind="sum get")))


def delivering(*, ordered: int, present: int, counted_at: datetime | None, now: datetime) -> Ledger:
    """您订的, 已送到, 还差: while the goods are still coming."""
    note = f"{figures.moment(counted_at, now=now).removeprefix('今天 ')} 数的" if counted_at else ""
    arrived = min(ordered, present)
    return Ledger(
        caption="订的与已经送到的个数",
        rows=(
            Row("您订的", ordered),
            Row("已送到", arrived, note=note),
            Row("还差", ordered - arrived, kind="sum"),
        ),
    )


def used(*, ordered: int, used_units: int, refunded_units: int) -> Ledger:
    """买了, 用了, 没用的: goods that are used up rather than counted from outside."""
    rows = [Row("买了", ordered), Row("用了", used_units)]
    if refunded_units:
        rows.append(Row("退过", refunded_units))
    left = max(0, ordered - used_units - refunded_units)
    return Ledger(caption="买的与用掉的", rows=(*rows, Row("没用的", left, kind="sum")))


def _between(facts: Any) -> list[Row]:
    rows = []
    if facts.pending:
        rows.append(Row("在路上的", facts.pending))
    if facts.restored:
        rows.append(Row("之前掉的", facts.restored, note="已补过"))
    return rows


def _rate(measures: Any) -> str:
    if not measures or not measures.loss:
        return ""
    return f"（{vocabulary().percent(measures.loss, measures.base)}）"


def _bonus_name(bonus: int, loss: int) -> str:
    """The bonus in words where it is the whole of what a factor adds; 1.2 rounds up, so compare rounded."""
    for tenths, name in ((2, "另补两成"), (5, "另补五成")):
        if bonus == -(-loss * tenths // 10):
            return name
    return "另补"
