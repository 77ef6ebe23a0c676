"""What the rows say that show who bears a case, as its developer reads them: 计数第 84 号：11-29 14:00 数到 23 个。"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from common import figures
from common.language import say
from compensation import queries as compensation
from compensation.rules.names import RECORDS
from developers.rules import masking
from orders import queries as orders


def told(rows: Mapping[str, Sequence[int]], *, now: datetime) -> list[str]:
    """A line for each row, in the order of the kinds of record; of a row that is no more, its number."""
    found = orders.rows_numbered(rows) | {
        "findings": compensation.findings_numbered(rows.get("findings", ()))
    }
    return [
        _line(kind, number, found.get(kind, {}).get(number), now)
        for kind in RECORDS
        for number in rows.get(kind, ())
    ]


def _line(kind: str, number: int, row: Any, now: datetime) -> str:
    called = say(RECORDS[kind], ids=number)
    if row is None or kind not in _SAID:
        return called
    return say(
        "{record}：{words}", record=called, words=_SAID[kind](row, lambda at: figures.moment(at, now=now))
    )


Moment = Callable[[datetime], str]


def _count(row: Any, at: Moment) -> str:
    when, before = at(row.observed_at), row.order.baseline
    if row.count is None or not row.measurable:
        return say("{when} 没有数成", when=when)
    if before:
        return say("{when} 数到 {n} 个，开始前就有 {before} 个", when=when, n=row.count, before=before)
    return say("{when} 数到 {n} 个", when=when, n=row.count)


def _outage(row: Any, at: Moment) -> str:
    minutes = -(-(row.outage_seconds or 0) // 60)
    return say("{when} 商店报来停服 {n} 分钟", when=at(row.observed_at), n=minutes)


def _delivery(row: Any, at: Moment) -> str:
    words = say("{when} 交出 {n} 个", when=at(row.delivered_at), n=row.quantity)
    return say("{what}，{supplier} 送的", what=words, supplier=row.supplier.title) if row.supplier else words


def _deadline(row: Any, at: Moment) -> str:
    return say("最迟 {when} 送完", when=at(row.deadline_at)) if row.deadline_at else say("没有写时限")


_SAID: dict[str, Callable[[Any, Moment], str]] = {
    "counts": _count,
    "unshown": _count,
    "outages": _outage,
    "deliveries": _delivery,
    "orders": _deadline,
    "suppliers": lambda row, at: row.title,
    "listed": lambda row, at: say("{when} 起的商品说明", when=at(row.listed_at)),
    "findings": lambda row, at: say("{when} 查明，{why}", when=at(row.at), why=masking.words(row.why)),
}
