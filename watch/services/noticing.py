"""What a line that lost enough deserves: a word now or in the morning, or one once its filing limit is over."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from compensation.queries import know_together, quote
from orders import queries as orders
from tickets import queries as tickets
from watch import queries
from watch.rules import offers
from watch.services import stumbling
from watch.services.stumbling import LOOK

if TYPE_CHECKING:
    from compensation.queries import Quote
    from orders.models import Order

INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True)
class Noticed:
    """A line that lost enough, with what a claim would give; `window` "": it deserves no word."""

    order: Order
    found: Quote
    window: str
    supplier: int | None = None  # whose line it is, where anybody can tell
    not_before: datetime | None = None  # from when a claim gives that; None: it does now
    hurries: bool = False  # somebody shall be told of it already, and now it is urgent


def closely(candidates: Sequence[Order], now: datetime) -> list[Noticed]:
    """What a claim would give each; a case already open for the drop says it all. Without those that break our code."""
    ids = [order.pk for order in candidates]
    known, busy = queries.known_windows(ids), tickets.orders_with_open(reason="drop", order_ids=ids)
    know_together(candidates)
    return _whose(list(_each(candidates, known, busy, now)))


def _each(
    candidates: Sequence[Order], known: set[tuple[int, str]], busy: set[int], now: datetime
) -> Iterable[Noticed]:
    for order in candidates:
        try:
            found, not_before = _offer(order, now)
        except Exception:  # one line that breaks our own code must not keep the others from being seen
            stumbling.put_off(work=LOOK, line=order.pk, now=now)
            continue
        window = "" if order.pk in busy else offers.window_of(found.decision) or ""
        if (order.pk, window) in known:
            yield Noticed(order, found, "", hurries=offers.urgent(found.decision))
        else:
            yield Noticed(order, found, window, not_before=not_before)


def _offer(order: Order, now: datetime) -> tuple[Quote, datetime | None]:
    """What a claim would give. Until the filing limit what was lost inside the window decides; where it alone keeps
    silent what was lost since, what a claim gives after the limit, and from when: no count may come any more."""
    found = quote(order=order, reason="drop", now=now)
    if found.facts.window != "inside" or offers.window_of(found.decision) or not _counted_since(order):
        return found, None
    at = may_wait_until(found)
    after = quote(order=order, reason="drop", now=at)
    return (after, at) if offers.window_of(after.decision) == offers.SLOW else (found, None)


def _counted_since(order: Order) -> bool:
    newest = order.rollup.newest_seen_at
    return newest is not None and (newest > order.rollup.window_ends_at or bool(order.shared))  # type: ignore[attr-defined]


def ends(found: Quote, window: str) -> datetime:
    """Until when a claim would be in time."""
    return found.line.warranty_ends_at if window == offers.SLOW else filing_ends(found)


def filing_ends(found: Quote) -> datetime:
    """The last instant in which what was lost inside the window can be claimed."""
    return found.line.completed_at + timedelta(seconds=found.decision.terms.filing_seconds)


def may_wait_until(found: Quote) -> datetime:
    """The first instant in which a claim is about what is left of it since."""
    return filing_ends(found) + INSTANT


def _whose(looked: list[Noticed]) -> list[Noticed]:
    """With their suppliers, asked for once for all that deserve a word."""
    lines = [one.order.pk for one in looked if one.window]
    found = orders.supplier_ids_of(order_ids=lines) if lines else {}
    return [replace(one, supplier=found.get(one.order.pk)) for one in looked]
