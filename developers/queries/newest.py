"""The newest cases on a developer's goods."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models.expressions import RawSQL

from developers.models import CountedClaim
from developers.queries import statements
from developers.queries.claims import Cost
from developers.rules.periods import Stretch

# Of many goods the newest claims of the shop are looked through first: asking each product costs as much as there are.
MANY, LOOKED_THROUGH = 50, 200
NEWEST = 10
SHOWN = (
    "ticket__no", "reason", "ticket__state", "opened_at", "order__order_no", "order__buyer__name",
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
    rows = _walked(stretch.end, LOOKED_THROUGH, developer.pk, since, stretch.days()[1]) if made > MANY else []
    if len(rows) < min(NEWEST, seen):
        rows = _of_goods(developer.pk, since, stretch.days()[1])
    return [_as_shown(*row) for row in rows]


@statements.once
def _walked(until: datetime, most: int, developer: int, since: date, end: date) -> Any:
    """Those among the newest claims of the shop."""
    goods, claims = statements.related(CountedClaim, "product"), statements.table(CountedClaim)
    ids = RawSQL(
        "SELECT c.ticket_id FROM (SELECT opened_at, ticket_id, product_id, day"
        f" FROM {claims} WHERE filed AND opened_at < %s ORDER BY opened_at DESC, ticket_id DESC"
        f" LIMIT %s) c JOIN {goods} p ON p.id = c.product_id"
        f" WHERE p.developer_id = %s AND c.day >= %s AND c.day < %s"
        f" ORDER BY c.opened_at DESC, c.ticket_id DESC LIMIT {NEWEST:d}",
        [until, most, developer, since, end],
    )  # fmt: skip
    return _shown(ids)


@statements.once
def _of_goods(developer: int, since: date, end: date) -> Any:
    """Those of each product since that day."""
    goods, claims = statements.related(CountedClaim, "product"), statements.table(CountedClaim)
    ids = RawSQL(
        f"SELECT c.ticket_id FROM {claims} c JOIN {goods} p ON p.id = c.product_id"
        " WHERE p.developer_id = %s AND c.filed AND c.day >= %s AND c.day < %s"
        f" ORDER BY c.opened_at DESC, c.ticket_id DESC LIMIT {NEWEST:d}",
        [developer, since, end],
    )  # fmt: skip
    return _shown(ids)


def _shown(ids: RawSQL) -> Any:
    found = CountedClaim.objects.filter(pk__in=ids).order_by("-opened_at", "-ticket_id")
    return found.values_list(*SHOWN)


def _as_shown(*row: Any) -> Newest:
    no, reason, state, opened_at, order_no, buyer, sku, title, *sums = row
    settled, still_open = Cost(*sums[:3]), Cost(*sums[3:])
    return Newest(
        no, reason, state, statements.moment(opened_at), order_no, buyer, sku, title, settled, still_open
    )
