"""The newest cases on a developer's goods."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any

from developers.models import CountedClaim
from developers.queries import statements
from developers.queries.claims import Cost
from developers.rules.periods import Stretch

# Of many goods the newest claims of the shop are looked through first: asking each product costs as much as there are.
MANY, LOOKED_THROUGH = 50, 200
NEWEST = 10
SUMS = "c.fen, c.units, c.gifts, c.owed_fen, c.owed_units, c.owed_gifts"


@dataclass(frozen=True)
class Newest:
    """A case with what it came to and what is still on its way."""

    no: str
    reason: str
    state: str
    opened_at: datetime
    order_no: str
    buyer: str
    sku: str
    title: str
    settled: Cost
    still_open: Cost


def newest(*, developer: Any, stretch: Stretch, claims: Mapping[date, int], made: int) -> list[Newest]:
    """The newest ten; `claims` by the first of some days says how far back there are so many."""
    since, seen = stretch.days()[1], 0
    for day in sorted(claims, reverse=True):
        if seen >= NEWEST:
            break
        since, seen = day, seen + claims[day]
    if not seen:
        return []
    rows = _walked(stretch.end, developer.pk, since, stretch.days()[1]) if made > MANY else []
    if len(rows) < min(NEWEST, seen):
        rows = _of_goods(developer.pk, since, stretch.days()[1])
    return [_as_shown(*row) for row in rows]


def _walked(until: datetime, developer: int, since: date, end: date) -> list[tuple[Any, ...]]:
    """Those among the newest claims of the shop."""
    claims = (
        f"(SELECT * FROM {statements.table(CountedClaim)} WHERE filed AND opened_at < %s"
        f" ORDER BY opened_at DESC, ticket_id DESC LIMIT {LOOKED_THROUGH:d})"
    )
    return _of(claims, until, developer, since, end)


def _of_goods(developer: int, since: date, end: date) -> list[tuple[Any, ...]]:
    """Those of each product since that day."""
    return _of(statements.table(CountedClaim), developer, since, end)


def _of(claims: str, *values: Any) -> list[tuple[Any, ...]]:
    """The newest of these claims with all that is shown: first ten alone, since how to join six tables takes longer
    to find than the rows do."""
    related = partial(statements.related, CountedClaim)
    ten = (
        f"SELECT c.*, p.sku, p.title FROM {claims} c JOIN {related('product')} p ON p.id = c.product_id"
        " WHERE p.developer_id = %s AND c.filed AND c.day >= %s AND c.day < %s"
        f" ORDER BY c.opened_at DESC, c.ticket_id DESC LIMIT {NEWEST:d}"
    )
    return statements.rows(
        f"SELECT t.no, c.reason, t.state, c.opened_at, o.order_no, b.name, c.sku, c.title, {SUMS}"
        f" FROM ({ten}) c JOIN {related('ticket')} t ON t.id = c.ticket_id"
        f" JOIN {related('order')} o ON o.id = c.order_id JOIN {related('order', 'buyer')} b ON b.id = o.buyer_id"
        " ORDER BY c.opened_at DESC, c.ticket_id DESC",
        *values,
    )  # fmt: skip


def _as_shown(*row: Any) -> Newest:
    no, reason, state, opened_at, order_no, buyer, sku, title, *sums = row
    settled, still_open = Cost(*sums[:3]), Cost(*sums[3:])
    return Newest(
        no, reason, state, statements.moment(opened_at), order_no, buyer, sku, title, settled, still_open
    )
