"""A line read together with the others on its target: one counter, and each line's part of what is missing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, Any

from django.db.models import Prefetch, prefetch_related_objects

from compensation.queries.lines import grant_of, line_of, top_ups
from compensation.rules import lines, pools
from orders import queries as orders

if TYPE_CHECKING:
    from orders.models import Order

CHUNK = 2000


def metered_lines(*, ended_by: datetime) -> Iterator[tuple[Order, lines.Line]]:
    """Metered lines whose drop window ended by then, read in their pools.

    Three queries for two thousand lines, four more where some of them share a target.
    """
    ended = orders.metered_ended(by=ended_by).prefetch_related(
        Prefetch("remedies", top_ups(), to_attr="top_ups")
    )
    rows = ended.iterator(chunk_size=CHUNK)
    while chunk := list(islice(rows, CHUNK)):
        yield from _read_together([(order, _line(order)) for order in chunk])


def read_together(some: Sequence[Order]) -> Iterator[tuple[Order, lines.Line]]:
    """These, each with its rollup and whether it shares its target (`shared`), in their pools. Queries as above."""
    prefetch_related_objects(list(some), Prefetch("remedies", top_ups(), to_attr="top_ups"))
    yield from _read_together([(order, _line(order)) for order in some])


def know_together(some: Sequence[Order]) -> None:
    """Each of these learns what was given and handed over, so that `quote` asks nothing more of a line alone."""
    parcels = Prefetch("deliveries", orders.parcels(), to_attr="parcels")
    top_up = Prefetch("remedies", top_ups(), to_attr="top_ups")
    prefetch_related_objects(list(some), top_up, parcels, "budget")


def know_nothing(order: Order) -> None:
    """What it was given is read anew: for whoever holds its lock, what was known before is too old."""
    for name in ("top_ups", "parcels"):
        vars(order).pop(name, None)


@dataclass(frozen=True)
class OnTarget:
    """A line and all others on its target, each with rollup, budget and grants as they are now."""

    own: Order
    others: tuple[Order, ...]

    def line(self) -> lines.Line:
        return _line(self.own)

    def read(self, line: lines.Line) -> lines.Line:
        """The line with its measurements read in its pool."""
        ids = [self.own.pk, *(other.pk for other in self.others)]
        counted = _counts(ids)
        others = [_other(other) for other in self.others]
        return pools.read(_member(self.own, line), others, _all(counted, ids))


def on_its_target(order: Order) -> OnTarget | None:
    """None for a line alone, in one query, or in none where the order knows (`shared`)."""
    shared: bool | None = getattr(order, "shared", None)
    if not (orders.sharing(order=order).exists() if shared is None else shared):
        return None
    rows = _with_grants(orders.on_targets({(order.product_id, order.target)}))
    own = next(row for row in rows if row.pk == order.pk)
    order.rollup = own.rollup  # what the decision reads is what it freezes
    return OnTarget(own, tuple(row for row in rows if row is not own))


def _read_together(some: Sequence[tuple[Order, lines.Line]]) -> Iterator[tuple[Order, lines.Line]]:
    """The same for many at once; rows say whether they share their target (`shared`)."""
    targets = {(order.product_id, order.target) for order, _ in some if order.shared}  # type: ignore[attr-defined]
    places: dict[tuple[int, str], list[Order]] = defaultdict(list)
    if targets:
        for order in _with_grants(orders.on_targets(targets)):
            places[order.product_id, order.target].append(order)
    counted = _counts([order.pk for found in places.values() for order in found])
    for order, line in some:
        found = places.get((order.product_id, order.target), ())
        others = [_other(other) for other in found if other.pk != order.pk]
        if others:
            line = pools.read(_member(order, line), others, _all(counted, [other.pk for other in found]))
        yield order, line


def _with_grants(rows: Any) -> list[Order]:
    return list(
        rows.select_related("rollup", "budget").prefetch_related(
            Prefetch("remedies", top_ups(), to_attr="top_ups")
        )
    )


def _line(order: Order) -> lines.Line:
    return line_of(order, grants=tuple(grant_of(row) for row in order.top_ups))  # type: ignore[attr-defined]


def _other(order: Order) -> pools.Member:
    budget = getattr(order, "budget", None)
    return _member(order, _line(order), is_open=budget is None or budget.closed_by_id is None)


def _member(order: Order, line: lines.Line, *, is_open: bool = True) -> pools.Member:
    return pools.Member(
        id=order.pk, order_no=order.order_no, began_at=order.paid_at, baseline=order.baseline, line=line,
        is_open=is_open, gift=order.is_gift,
    )  # fmt: skip


def _counts(ids: Iterable[int]) -> dict[int, list[pools.Counted]]:
    found: dict[int, list[pools.Counted]] = defaultdict(list)
    for row, line, at, count in orders.counts_of(ids=ids):
        found[line].append(pools.Counted(at, count, row, line))
    return found


def _all(counted: dict[int, list[pools.Counted]], ids: Iterable[int]) -> list[pools.Counted]:
    return [seen for line in ids for seen in counted[line]]
