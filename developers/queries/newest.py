"""The newest cases on a developer's goods."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from developers.models import CountedClaim
from developers.queries import statements
from developers.queries.claims import Cost
from developers.rules.periods import Stretch

# Of many goods the newest claims of the shop are looked through first: asking each product costs as much as there are.
MANY, LOOKED_THROUGH = 50, 200
NEWEST = 10
SHOWN = (
    "ticket_id", "ticket__no", "reason", "ticket__state", "opened_at", "order__order_no", "order__buyer__name",
    "product__sku", "product__title", "fen", "units", "gifts", "owed_fen", "owed_units", "owed_gifts",
)  # fmt: skip


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
    ids = _walked(developer, since, stretch) if made > MANY else []
    if len(ids) < min(NEWEST, seen):
        ids = _of_goods(developer, since, stretch)
    found = {row[0]: _as_shown(*row[1:]) for row in _shown(*ids)}
    return [found[pk] for pk in ids if pk in found]


def _walked(developer: Any, since: date, stretch: Stretch) -> list[int]:
    """Those among the newest claims of the shop."""
    goods = statements.related(CountedClaim, "product")
    found = statements.rows(
        "SELECT c.opened_at, c.ticket_id FROM (SELECT opened_at, ticket_id, product_id, day"
        f" FROM {statements.table(CountedClaim)} WHERE filed AND opened_at < %s"
        f" ORDER BY opened_at DESC, ticket_id DESC LIMIT {LOOKED_THROUGH:d}) c"
        f" JOIN {goods} p ON p.id = c.product_id WHERE p.developer_id = %s AND c.day >= %s AND c.day < %s",
        stretch.end, developer.pk, since, stretch.days()[1],
    )  # fmt: skip
    return [pk for _, pk in sorted(found, reverse=True)[:NEWEST]]


def _of_goods(developer: Any, since: date, stretch: Stretch) -> list[int]:
    """Those of each product since that day."""
    goods = statements.related(CountedClaim, "product")
    found = statements.rows(
        f"SELECT c.ticket_id FROM {statements.table(CountedClaim)} c JOIN {goods} p ON p.id = c.product_id"
        " WHERE p.developer_id = %s AND c.filed AND c.day >= %s AND c.day < %s"
        f" ORDER BY c.opened_at DESC, c.ticket_id DESC LIMIT {NEWEST:d}",
        developer.pk, since, stretch.days()[1],
    )  # fmt: skip
    return [pk for (pk,) in found]


@statements.once
def _shown(*ids: int) -> Any:
    return CountedClaim.objects.filter(pk__in=ids).values_list(*SHOWN)


def _as_shown(*row: Any) -> Newest:
    no, reason, state, opened_at, order_no, buyer, sku, title, *sums = row
    settled, still_open = Cost(*sums[:3]), Cost(*sums[3:])
    return Newest(
        no, reason, state, statements.moment(opened_at), order_no, buyer, sku, title, settled, still_open
    )
