"""What a report says of a month: worked out for many buyers at once, in a fixed number of statements."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from accounts import permissions as who
from common.clock import rfc3339
from compensation import queries as compensation
from compensation.rules import loyalty
from compensation.rules.loyalty import Month
from orders import queries as orders
from orders.queries import Paid
from tickets import queries as tickets
from watch import queries
from watch.rules import report_figures, report_months
from watch.rules.report_figures import Held, Moved
from watch.services import reporting_points

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.models import Buyer
    from orders.models import Order

log = logging.getLogger(__name__)
LISTED = 30  # rows that a report lists; its sums are of all
GONE = ("failed", "voided")


@dataclass
class _Known:
    """All that was read of a batch, by buyer."""

    orders: dict[int, list[Order]]
    held: dict[int, Held] = field(default_factory=dict)  # by order
    moved: dict[int, Moved] = field(default_factory=dict)  # by order
    remedies: dict[int, list[Any]] = field(default_factory=dict)
    tickets: dict[int, list[Any]] = field(default_factory=dict)
    warned: dict[int, list[tuple[str, datetime | None]]] = field(default_factory=dict)
    points: reporting_points.Known = field(default_factory=reporting_points.Known)


@dataclass(frozen=True)
class Batch:
    """{buyer: figures}, and those whose figures broke our own code."""

    figures: dict[int, dict[str, Any]]
    broken: tuple[int, ...]


def of_batch(buyers: Sequence[Buyer], *, month: Month, now: datetime) -> Batch:
    """The figures of those who get a report and have none yet."""
    ids = tuple(buyer.pk for buyer in buyers)
    first, _ = report_months.followed(month)
    paid = Paid(ids, report_months.begins(first), report_months.ends(month))
    bought = dict(orders.paid_within(paid))
    chosen = _returning([buyer for buyer in buyers if buyer.pk in bought], month)
    if not chosen:
        return Batch({}, ())
    ids = tuple(buyer.pk for buyer, _ in chosen)
    known = _read({pk: bought[pk] for pk in ids}, Paid(ids, paid.since, paid.until), month, now)
    figures, broken = {}, []
    for buyer, streak in chosen:
        try:
            figures[buyer.pk] = _of_one(buyer, streak, known, month)
        except Exception:  # one buyer's rows that break our own code must not cost the others theirs
            log.exception("买家 %s 的 %s 报告没有做成", buyer.pk, report_months.name_of(month))
            broken.append(buyer.pk)
    return Batch(figures, tuple(broken))


def _returning(buyers: Sequence[Buyer], month: Month) -> list[tuple[Buyer, int]]:
    """With their months in a row; whoever has a report already is left out."""
    had = queries.reported(month=report_months.name_of(month), buyers=[buyer.pk for buyer in buyers])
    left = [buyer for buyer in buyers if buyer.pk not in had]
    months = compensation.paid_months({buyer.external_id for buyer in left}) if left else {}
    streaks = [(buyer, loyalty.streak(months.get(buyer.external_id, set()), ending=month)) for buyer in left]
    return [(buyer, streak) for buyer, streak in streaks if streak >= report_months.RETURNING]


def _read(bought: dict[int, list[Order]], paid: Paid, month: Month, now: datetime) -> _Known:
    since, until = report_months.begins(month), report_months.ends(month)
    known = _Known(bought)
    lines = {order.pk: order for some in bought.values() for order in some}
    for order_id, seen, interactions in orders.readings(paid, before=until):
        _take(known, lines[order_id], [(look.at, look.present) for look in seen], interactions, until)
    known.remedies = _by_buyer(compensation.given_within(paid.buyers, since=since, until=until))
    # A case of the month before may have been given something in this one.
    known.tickets = _by_buyer(tickets.opened_within(paid.buyers, since=paid.since, until=until))
    known.points = reporting_points.read(paid.buyers, since=since, until=until, now=now)
    known.warned = queries.warned(buyers=paid.buyers, since=since, until=until)
    return known


def _by_buyer(rows: Iterable[Any]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.order.buyer_id].append(row)
    return found


def _take(
    known: _Known, order: Order, seen: list[tuple[datetime, int | None]], interactions: int | None, until: datetime
) -> None:  # fmt: skip
    rollup = order.rollup
    delivered, done = rollup.delivered, rollup.completed_at
    if not delivered or done >= until:
        return
    if held := report_figures.held(seen, delivered=delivered, completed_at=done):
        known.held[order.pk] = held
    if interactions is not None:
        policy = compensation.policy_version(order.policy_code, order.policy_version)
        due = (until - done).total_seconds() >= policy.effect_after_seconds and policy.effect_rate[0]
        known.moved[order.pk] = Moved(delivered, interactions, policy.effect_rate if due else None)


def _of_one(buyer: Buyer, streak: int, known: _Known, month: Month) -> dict[str, Any]:
    bought = known.orders[buyer.pk]
    held = [(order, known.held[order.pk]) for order in bought if order.pk in known.held]
    moved = [known.moved[order.pk] for order in bought if order.pk in known.moved]
    warned, long_term = known.warned.get(buyer.pk, []), streak >= loyalty.USUAL_MONTHS
    return {
        "orders": len(bought),
        "metered": sum(order.product.kind == "metered" for order in bought),
        "lines": [_line(order, line, known.moved.get(order.pk)) for order, line in held[-LISTED:]],
        "kept": {
            "lines": len(held), "delivered": sum(line.delivered for _, line in held),
            "present": sum(min(line.present, line.delivered) for _, line in held),
        },
        "days": [list(asdict(day).values()) for day in report_figures.together([line for _, line in held])],
        "drops": {
            "lines": sum(line.lowest < line.delivered for _, line in held),
            "units": sum(line.delivered - line.lowest for _, line in held),
        },
        "made_good": _made_good(known.remedies.get(buyer.pk, []), known.tickets.get(buyer.pk, []), month),
        "warned": len(warned),
        "warnings": [{"order_no": order_no, "at": rfc3339(at)} for order_no, at in warned[-LISTED:]],
        "interactions": _interactions(moved),
        "points": reporting_points.of(buyer.pk, known.points),
        "status": {
            "streak": streak, "long_term": long_term, "needed": loyalty.USUAL_MONTHS,
            "agent": who.agent_name_of(buyer) if long_term else None,
        },
    }  # fmt: skip


def _line(order: Order, line: Held, moved: Moved | None) -> dict[str, Any]:
    return {
        "order_no": order.order_no, "title": order.product.title, "delivered": line.delivered,
        "lowest": line.lowest, "present": line.present, "seen_at": rfc3339(line.seen_at),
        "interactions": moved.count if moved else None,
    }  # fmt: skip


def _interactions(moved: list[Moved]) -> dict[str, Any] | None:
    if not moved:
        return None
    promise, rates = report_figures.promised(moved)
    return {
        "lines": len(moved), "delivered": sum(line.delivered for line in moved),
        "count": sum(line.count for line in moved), "promised": promise, "rates": [list(rate) for rate in rates],
    }  # fmt: skip


def _made_good(remedies: list[Any], cases: list[Any], month: Month) -> dict[str, Any]:
    """What was given in the month, sums by kind: of units what was promised and what came, of cash likewise."""
    called = {case.decision_id: case.no for case in cases}
    of_order = {case.order_id: case.no for case in cases}
    given = [row for row in remedies if row.state not in GONE]
    sums: dict[str, dict[str, int]] = {}
    for row in given:
        sum_ = sums.setdefault(row.kind, {"promised": 0, "came": 0})
        sum_["promised"] += _promised(row)
        sum_["came"] += _came(row)
    rows = [
        {
            "order_no": row.order.order_no, "kind": row.kind, "quantity": row.quantity,
            "amount_fen": row.amount_fen, "came": _came(row), "at": rfc3339(row.created_at),
            "ticket_no": called.get(row.decision_id) or of_order.get(row.order_id, ""),
        }
        for row in given[-LISTED:]
    ]  # fmt: skip
    opened = [case for case in cases if case.opened_at >= report_months.begins(month)]
    return {
        "tickets": len(opened), "sums": sums, "rows": rows,
        "cases": [
            {"no": case.no, "order_no": case.order.order_no, "reason": case.reason, "at": rfc3339(case.opened_at)}
            for case in opened[-LISTED:]
        ],
    }  # fmt: skip


def _promised(row: Any) -> int:
    """The rest of what came in part is promised by what follows it."""
    return _came(row) if hasattr(row, "followed_by") else row.quantity or row.amount_fen or 0


def _came(row: Any) -> int:
    settled_fen = row.amount_fen if row.state == "settled" else 0
    return settled_fen if row.amount_fen is not None else row.delivered
