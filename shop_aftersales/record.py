"""The record and the tables it records, seen together: opening it, and holding the one against the other."""

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from itertools import islice
from typing import Any

from compensation.services import recomputing
from compensation.services import recording as owed
from compensation.services import recording_rulings as ruled
from evidence.services import comparing, log, verifying
from ledger.services import recording as books
from orders import queries as orders
from tickets.services import recording as cases

Bar = Callable[..., Any]  # bar(what, label), as common.progress has it


def open_record(*, now: datetime) -> None:
    """Say from when on the record vouches: what the tables held before, nobody has sealed."""
    log.open_log(
        known={books.KIND: books.last(), cases.KIND: cases.last(), **owed.last(), **ruled.last()}, now=now
    )


def check_everything(*, bar: Bar) -> Iterator[str]:
    """All that does not hold: in the log, between log and tables, and decisions that their facts don't give again."""
    yield from map(str, verifying.check_log(watch=partial(bar, label="核对存证", unit="条")))
    tables = {
        books.KIND: books.transfers, owed.DECISION: owed.decisions, owed.REMEDY: owed.remedies,
        cases.KIND: cases.events, **ruled.tables(),
    }  # fmt: skip
    for kind, rows in tables.items():
        watch = partial(bar, label=f"核对 {kind}", unit="行")
        after = comparing.opened_after(kind)
        plainly = books.plainly if kind == books.KIND else None
        yield from map(
            str, comparing.compare(kind=kind, rows=rows, after=after, watch=watch, plainly=plainly)
        )
    yield from (f"预留 {key}：{what}" for key, what in books.unsound_holds())
    yield from (f"科目 {code}：{what}" for code, what in books.unsound_funds())
    yield from (f"科目 {code}：{what}" for code, what in books.unsound_points())
    yield from _points_of_others()
    with bar(None, label="重算决定", unit="个") as shown:
        for record, order_no, names in recomputing.recomputed_differently(seen=shown.update):
            yield f"决定 #{record}（{order_no}）：按当时的事实和规则重算，{'、'.join(names)} 不同"


def _points_of_others() -> Iterator[str]:
    """The record names no buyer: that an order's points are its own buyer's, the order says."""
    earned = books.earned_by()
    while some := dict(islice(earned, 1000)):
        buyers = orders.buyers_of(order_nos=some)
        for order_no in some:
            if some[order_no] != buyers.get(order_no):
                yield f"订单 {order_no}：积分记在别人的科目上"
