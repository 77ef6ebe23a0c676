"""What a monthly report says of points: what orders earned in the month, what there was at its end, what may come."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from common.clock import rfc3339
from compensation.rules import points
from ledger import queries as ledger
from ledger.queries import PointsEarned
from orders import queries as orders
from watch import queries
from watch.services import earning_facts

LISTED = 30  # rows that a report lists
AT_ONCE = 500  # orders that are looked at together


@dataclass
class Coming:
    """Orders whose last window hasn't ended, and nothing has cost them their points so far."""

    orders: int = 0
    points: int = 0
    next_at: datetime | None = None

    def add(self, worth: int, ends_at: datetime | None) -> None:
        self.orders += 1
        self.points += worth
        self.next_at = min(filter(None, (self.next_at, ends_at)), default=None)


@dataclass
class Known:
    """All that was read of a batch of buyers."""

    earned: dict[int, list[PointsEarned]] = field(default_factory=lambda: defaultdict(list))
    balance: dict[int, int] = field(default_factory=dict)
    coming: dict[int, Coming] = field(default_factory=lambda: defaultdict(Coming))
    titles: dict[str, str] = field(default_factory=dict)


def read(buyers: Sequence[int], *, since: datetime, until: datetime) -> Known:
    """Of these buyers, from `since` and before `until`; what may come is as it stands now."""
    known = Known(balance=ledger.points_before(buyers=buyers, at=until))
    for one in ledger.points_earned(buyers=buyers, since=since, until=until):
        known.earned[one.buyer_id].append(one)
    listed = [one.order_no for some in known.earned.values() for one in some[-LISTED:]]
    known.titles = orders.titles_of(order_nos=listed) if listed else {}
    _add_coming(buyers, known)
    return known


def _add_coming(buyers: Iterable[int], known: Known) -> None:
    buyers, after = list(buyers), 0
    while rows := queries.still_running(buyers=buyers, after=after, most=AT_ONCE):
        standing = earning_facts.read([row.order for row in rows])
        for row in rows:
            if standing[row.pk].why == points.EARNED:
                known.coming[row.order.buyer_id].add(
                    points.worth(row.order.paid_fen), standing[row.pk].ends_at
                )
        if len(rows) < AT_ONCE:
            break
        after = rows[-1].pk


def of(buyer_id: int, known: Known) -> dict[str, Any]:
    """As a report keeps it."""
    earned, coming = known.earned.get(buyer_id, []), known.coming.get(buyer_id, Coming())
    return {
        "earned": sum(one.points for one in earned), "orders": len(earned),
        "balance": known.balance.get(buyer_id, 0),
        "rows": [
            {
                "order_no": one.order_no, "title": known.titles.get(one.order_no, ""), "points": one.points,
                "at": rfc3339(one.at),
            }
            for one in earned[-LISTED:]
        ],
        "coming": {"orders": coming.orders, "points": coming.points, "next_at": rfc3339(coming.next_at)},
    }  # fmt: skip
