"""The record and the tables it records, seen together: opening it, and holding the one against the other."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from compensation import queries as compensation
from compensation.services import recording as decisions
from evidence.services import log, verifying
from ledger.services import recording as books


def open_record(*, now: datetime) -> None:
    """Say from when on the record vouches: what the tables held before, nobody has sealed."""
    log.open_log(known={books.KIND: books.last(), decisions.DECISION: decisions.last()}, now=now)


def check_everything(*, now: datetime, watch: Any) -> Iterator[str]:
    """All that does not hold: in the log, between log and tables, and decisions that their facts don't give again."""
    yield from map(str, verifying.check_log(now=now, watch=watch))
    for kind, rows in ((books.KIND, books.transfers), (decisions.DECISION, decisions.decisions)):
        after = verifying.opened_after(kind)
        yield from map(str, verifying.compare(kind=kind, rows=rows(after=after), after=after))
    for record, order_no, names in compensation.recomputed_differently():
        yield f"决定 #{record}（{order_no}）：按当时的事实和规则重算，{'、'.join(names)} 不同"
