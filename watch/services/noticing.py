"""What a line that lost enough deserves: a word now or in the morning, and one once its filing limit is over."""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
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
class Word:
    """What a claim about that window gives."""

    window: str
    found: Quote
    not_before: datetime | None = None  # from when a claim gives that; None: it does now


@dataclass(frozen=True)
class Noticed:
    """A line that lost enough, with the words that it deserves: none, one now, one for later, or both."""

    order: Order
    words: tuple[Word, ...] = ()
    supplier: int | None = None  # whose line it is, where anybody can tell
    hurries: bool = False  # somebody shall be told of it already, and now it is urgent
    is_early: bool = False  # what was to be said once the limit is over, a claim gives already

    def without(self, known: Set[tuple[int, str]]) -> Noticed:
        """Of what is known nothing is said again."""
        return replace(
            self, words=tuple(one for one in self.words if (self.order.pk, one.window) not in known)
        )


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
            noticed = Noticed(order) if order.pk in busy else _notice(order, known, now)
        except Exception:  # one line that breaks our own code must not keep the others from being seen
            stumbling.put_off(work=LOOK, line=order.pk, now=now)
            continue
        yield noticed


def _notice(order: Order, known: set[tuple[int, str]], now: datetime) -> Noticed:
    """Until the filing limit what was lost inside the window decides, and what was lost since is for later."""
    found = quote(order=order, reason="drop", now=now)
    window = offers.window_of(found.decision) or ""
    words = [Word(window, found)] if window else []
    if found.facts.window == "inside" and (order.pk, offers.SLOW) not in known:
        words += _once_it_is_over(order, found)
    waits = (order.pk, window) in known
    return Noticed(
        order, tuple(words), hurries=waits and offers.urgent(found.decision),
        is_early=waits and window == offers.SLOW,
    ).without(known)  # fmt: skip


def _once_it_is_over(order: Order, found: Quote) -> list[Word]:
    """What a claim gives after the filing limit, of what was counted since the window: no count may come any more."""
    if not _counted_since(order):
        return []
    at = may_wait_until(found)
    after = quote(order=order, reason="drop", now=at)
    since = after.look is not None and after.look.at > after.line.window_ends_at
    return [Word(offers.SLOW, after, at)] if since and offers.window_of(after.decision) == offers.SLOW else []


def _counted_since(order: Order) -> bool:
    """Whether that may be, as far as the line itself knows."""
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
    lines = [one.order.pk for one in looked if one.words]
    found = orders.supplier_ids_of(order_ids=lines) if lines else {}
    return [replace(one, supplier=found.get(one.order.pk)) for one in looked]
