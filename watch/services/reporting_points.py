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
    """Orders whose points aren't known yet, and nothing has cost them so far."""

    orders: int = 0
    points: int = 0
    next_at: datetime | None = None
    # Those whose last window has ended, and that nobody has looked at since.
    over: int = 0
    over_points: int = 0

    def add(self, worth: int, ends_at: datetime | None, now: datetime) -> None:
        if ends_at and ends_at <= now:
            self.over += 1
            self.over_points += worth
            return
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


def read(buyers: Sequence[int], *, since: datetime, until: datetime, now: datetime) -> Known:
    """Of these buyers, from `since` and before `until`; what may come is as it stands now."""
    known = Known(balance=ledger.points_before(buyers=buyers, at=until))
    for one in ledger.points_earned(buyers=buyers, since=since, until=until):
        known.earned[one.buyer_id].append(one)
    listed = [one.order_no for some in known.earned.values() for one in some[-LISTED:]]
    known.titles = orders.titles_of(order_nos=listed) if listed else {}
    _add_coming(buyers, known, now)
    return known


def _add_coming(buyers: Iterable[int], known: Known, now: datetime) -> None:
    buyers, after = list(buyers), 0
    while rows := queries.still_running(buyers=buyers, after=after, most=AT_ONCE):
        standing = earning_facts.read([row.order for row in rows])
        for row in rows:
            if standing[row.pk].why == points.EARNED:
                worth, ends_at = points.worth(row.order.paid_fen), standing[row.pk].ends_at
                known.coming[row.order.buyer_id].add(worth, ends_at, now)
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
        "recording": {"orders": coming.over, "points": coming.over_points},
    }  # fmt: skip
