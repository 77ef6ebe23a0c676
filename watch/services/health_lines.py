"""What a line adds to the figures of its product: fallen, fake, late, faulty, and at which hours it fell."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from common.clock import shanghai
from compensation.rules.beginning import is_late
from compensation.services import troubles
from compensation.services.troubles import Lost
from orders import queries as orders
from watch.rules import health

if TYPE_CHECKING:
    from orders.models import Order

Added = dict[str, list[int]]  # {figure: [part, whole]}, as JSON keeps it


@dataclass(frozen=True)
class _Known:
    """What is known of all lines of a batch, read together."""

    losses: Mapping[int, Lost]
    fakes: Mapping[int, int]
    defective: set[int]
    in_time: Mapping[int, int]
    usable: set[int]
    falls: Mapping[int, dict[str, int]]


def added_by(lines: Sequence[Order]) -> dict[int, Added]:
    """{line: what it adds}; the number of queries is the same for one and for many."""
    ids = [order.pk for order in lines]
    metered = [order for order in lines if order.product.kind == "metered"]
    losses = troubles.losses(orders=metered)
    in_time = orders.handed_over_in_time(order_ids=ids)
    empty = [line for line, units in in_time.items() if not units]
    known = _Known(
        losses, troubles.fakes(order_ids=ids), troubles.defective(order_ids=ids), in_time,
        orders.with_units_to_use(order_ids=empty) if empty else set(),
        _falls([pk for pk, lost in losses.items() if lost.loss]),
    )  # fmt: skip
    return {order.pk: _one(order, known) for order in lines}


def is_bad(added: Added) -> bool:
    """Whether any of the rates counts it against its product."""
    return any(added.get(name, [0])[0] for name in (health.DROP, health.FAKE, health.DELAY, health.DEFECT))


def _one(order: Order, known: _Known) -> Added:
    added: Added = {health.DEFECT: [int(order.pk in known.defective), 1]}
    lost = known.losses.get(order.pk)
    if lost is not None:
        fakes = min(known.fakes.get(order.pk, 0), lost.delivered)
        added[health.DROP] = [int(lost.beyond), 1]
        added[health.FAKE] = [int(health.fakes_beyond(fakes=fakes, delivered=lost.delivered)), 1]
        added[health.UNITS] = [fakes, lost.delivered]
    late = _is_late(order, known)
    if late is not None:
        added[health.DELAY] = [int(late), 1]
    return added | {name: [units, 0] for name, units in known.falls.get(order.pk, {}).items()}


def _is_late(order: Order, known: _Known) -> bool | None:
    """Whether it was not all there by its deadline; None where neither counts nor deliveries say."""
    rollup = order.rollup
    if order.product.kind == "metered" and rollup.delivered is not None:
        came = rollup.delivered
    elif order.pk in known.in_time:
        came = known.in_time[order.pk]
    else:
        return None
    some = came > 0 or order.pk in known.usable
    late = is_late(
        kind=order.product.kind, deadline_over=True, completed_by=rollup.completed_by, came=some
    )  # fmt: skip
    return late and came < order.quantity


def _falls(ids: Sequence[int]) -> dict[int, dict[str, int]]:
    """Only of those that lost something their counts are read, and only those of the window."""
    counts: dict[int, list[tuple[int, int]]] = defaultdict(list)
    if ids:
        for line, at, present in orders.window_counts(order_ids=ids):
            counts[line].append((shanghai(at).hour, present))
    return {line: health.falls(found) for line, found in counts.items()}
