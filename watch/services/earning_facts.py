"""What decides about the points of many lines, read together: when their windows end, what was claimed, refunded."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from compensation import queries as compensation
from compensation.rules import points
from compensation.rules.beginning import days_begin
from compensation.rules.points import Case, Refund, Times
from orders import queries as orders
from tickets import queries as tickets

if TYPE_CHECKING:
    from orders.models import Order


@dataclass(frozen=True, slots=True)
class Standing:
    """How a line stands. `why`: as `points.came_to` says it.

    `ends_at` None: not known before it is handed over, and then not sooner than `at_least` from now.
    """

    ends_at: datetime | None
    at_least: timedelta
    why: str


def read(lines: Sequence[Order]) -> dict[int, Standing]:
    """{line: how it stands} of lines with product and rollup; the number of queries is the same for one and many."""
    ids = [order.pk for order in lines]
    ends = _ends(lines)
    cases, refunds, forgotten = _cases(ids), _refunds(ids), _forgotten(lines)
    found = {}
    for order in lines:
        asked = [case for _, case in cases.get(order.pk, [])]
        given = [_refund(row, cases.get(order.pk, [])) for row in refunds.get(order.pk, [])]
        if order.pk in forgotten:
            given.append(forgotten[order.pk])
        why = points.came_to(
            paid_fen=order.paid_fen, is_gift=order.is_gift, cases=asked,
            refunds=given, ends_at=ends[order.pk][0],
        )  # fmt: skip
        found[order.pk] = Standing(*ends[order.pk], why)
    return found


def _ends(lines: Sequence[Order]) -> dict[int, tuple[datetime | None, timedelta]]:
    handed = orders.handed_over_of_lines(order_ids=[order.pk for order in lines])
    ids = [order.pk for order in lines if order.product.kind != "metered"]
    outages = orders.outages_of_lines(order_ids=ids) if ids else {}
    usable = orders.with_units_to_use(order_ids=ids) if ids else set()
    found = {}
    for order in lines:
        rollup, (units, first_at) = order.rollup, handed.get(order.pk, (0, None))
        said = bool(units) or rollup.completed_by == "count"
        began = days_begin(
            kind=order.product.kind, paid_at=order.paid_at, first_at=first_at,
            came=said or order.pk in usable or order.pk in outages,
        )  # fmt: skip
        times = Times(
            completed_at=rollup.completed_at, window_ends_at=rollup.window_ends_at,
            warranty_ends_at=rollup.warranty_ends_at, started_at=began,
            total_seconds=order.product.duration_seconds or 0, outage_seconds=outages.get(order.pk, 0),
        )  # fmt: skip
        policy = compensation.policy_version(order.policy_code, order.policy_version)
        found[order.pk] = points.last_window_ends(times, policy), points.at_least(times, policy)
    return found


def _cases(ids: Sequence[int]) -> dict[int, list[tuple[int, Case]]]:
    """{line: (its decision, the case)}"""
    found: dict[int, list[tuple[int, Case]]] = defaultdict(list)
    for row in tickets.cases_of(order_ids=ids):
        by_system = row.channel in tickets.WRITTEN_FOR_THEM
        found[row.order_id].append((row.decision_id, Case(row.reason, by_system, row.opened_at)))
    return found


def _refunds(ids: Sequence[int]) -> dict[int, list[compensation.CashBack]]:
    """{line: its refunds}, each with the decision by which its case stands now."""
    found: dict[int, list[compensation.CashBack]] = defaultdict(list)
    instead = compensation.decided_instead(order_ids=ids)
    for row in compensation.refunds_of_lines(order_ids=ids):
        found[row.order_id].append(row._replace(decision_id=_newest(row.decision_id, instead)))
    return found


def _newest(decision: int, instead: Mapping[int, int]) -> int:
    """What a finding replaced stays its case's: each is older than the one in its place."""
    while decision in instead:
        decision = instead[decision]
    return decision


def _forgotten(lines: Sequence[Order]) -> dict[int, Refund]:
    """What a restored database forgot: nobody knows by which case and when, only that it was after the payment."""
    known = compensation.forgotten_refunds(order_ids=[order.pk for order in lines])
    return {line.pk: Refund(False, known[line.pk], line.paid_at) for line in lines if line.pk in known}


def _refund(row: compensation.CashBack, cases: Sequence[tuple[int, Case]]) -> Refund:
    """It came by the system where the case of the very decision that gave it did."""
    by_system = any(case.by_system for decision, case in cases if decision == row.decision_id)
    return Refund(by_system, row.settled, row.at)
