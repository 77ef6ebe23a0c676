"""What a figure of the developer's page is made of: each claim with its clause, its sum and the records behind it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from common import figures
from common.clock import rfc3339
from common.language import say, spoken
from compensation.queries import explanation_of, records_of
from compensation.rules.names import CLAUSES, OUTCOMES
from compensation.rules.steps import Step
from developers.queries import Asked, Cost, cost_of
from developers.rules import masking
from developers.rules.groups import CASH, COST, GIFTS, GROUPS, OPEN, QUESTIONS, REAL, RECALL, UNITS
from developers.web import words
from tickets.queries import reason_names

A_PAGE = 30


@dataclass(frozen=True)
class Behind:
    """One row: which case it is, what came of it, and why."""

    no: str
    order: str
    buyer: str
    title: str
    when: str
    machine: str
    result: str
    clause: str
    steps: tuple[Step, ...]
    records: str


@dataclass(frozen=True)
class BehindPage:
    heading: str
    rows: tuple[Behind, ...]
    older: str = ""  # the rest of an address


def present(*, rows: list[Any], asked: Asked, now: datetime, query: Mapping[str, str]) -> BehindPage:
    shown, more = rows[:A_PAGE], rows[A_PAGE:]
    make, column = _ROWS.get(asked.what, (claim, "opened_at"))
    older = ""
    if more:
        last = shown[-1]
        older = urlencode({**query, "at": rfc3339(getattr(last, column)), "id": last.pk})
    return BehindPage(_heading(asked), tuple(make(row, now) for row in shown), older)


def _heading(asked: Asked) -> str:
    if asked.what == OPEN:
        return say("还没办完的每一笔")
    if asked.what == COST:
        return _COSTS[asked.cost]() if asked.cost in _COSTS else say("已经花费的每一笔")
    if asked.no:
        return say("售后单 {no}", no=asked.no)
    if asked.what == REAL:
        return say("属实的每一件")
    if asked.what == QUESTIONS:
        return say("咨询与建议的每一件")
    if asked.reason in reason_names():
        return say("「{reason}」的每一件", reason=reason_names()[asked.reason])
    return say("售后单的每一件")


def claim(ticket: Any, now: datetime) -> Behind:
    done, waiting = cost_of(ticket)
    given = words.cost(done) or words.cost(waiting) or spoken(OUTCOMES[ticket.decision.outcome])
    recalled = ticket.channel == RECALL
    return _row(ticket.no, ticket.order, ticket.decision, ticket.opened_at, given, now, recalled=recalled)


def _remedy(remedy: Any, now: datetime) -> Behind:
    gifts = remedy.delivered if remedy.kind == "gift" else 0
    paid = remedy.amount_fen or 0 if remedy.state == "settled" else 0
    given = words.cost(Cost(paid, remedy.delivered, gifts))
    return _row("", remedy.order, remedy.decision, remedy.ended_at, given, now, recalled=remedy.recalled)


def _waiting(remedy: Any, now: datetime) -> Behind:
    """What of it has not come, and how it stands."""
    left = (remedy.quantity or 0) - remedy.delivered
    missing = Cost(remedy.amount_fen or 0, left, left if remedy.kind == "gift" else 0)
    given = say("{what}，{state}", what=words.cost(missing), state=remedy.get_state_display())
    return _row("", remedy.order, remedy.decision, remedy.created_at, given, now, recalled=remedy.recalled)


_ROWS: dict[str, tuple[Callable[[Any, datetime], Behind], str]] = {
    COST: (_remedy, "ended_at"),
    OPEN: (_waiting, "created_at"),
}
_COSTS: dict[str, Callable[[], str]] = {
    CASH: lambda: say("退款的每一笔"),
    UNITS: lambda: say("补发的每一笔"),
    GIFTS: lambda: say("赠送的每一笔"),
}


def _row(
    no: str, order: Any, record: Any, at: datetime, result: str, now: datetime, *, recalled: bool
) -> Behind:
    """Of a recall no clause gave it: people agreed to it."""
    return Behind(
        no=no,
        order=masking.order_no(order.order_no),
        buyer=masking.name(order.buyer.name),
        title=order.product.title,
        when=figures.moment(at, now=now),
        machine=figures.machine_moment(at),
        result=result,
        clause=spoken(GROUPS[RECALL] if recalled else CLAUSES.get(record.clause, record.clause)),
        steps=explanation_of(record),
        records=records_of(record.sources),
    )
