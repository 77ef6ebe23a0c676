"""Lines whose counts changed are looked at, and what deserves it is written down once per line and window."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from common import forks
from compensation.queries import know_together, quote
from compensation.services.falling import falling
from integrations.services import moments
from orders import queries as orders
from orders.services import rollups
from tickets import queries as tickets
from watch import queries
from watch.models import DropWarning
from watch.rules import offers, quiet
from watch.services import majors, mass, saying, stumbling
from watch.services.saying import Warned
from watch.services.stumbling import LOOK

if TYPE_CHECKING:
    from compensation.queries import Quote
    from orders.models import Order

BATCH, AT_ONCE = 500, 100
LONGEST_PASS = timedelta(seconds=8)


@dataclass(frozen=True)
class _Seen:
    """A line that lost enough, with what a claim would give now; `window` "": it deserves no word."""

    order: Order
    found: Quote
    window: str
    supplier: int | None = None  # whose line it is, where anybody can tell


def run_due(*, now: datetime) -> int:
    """Look at what changed, say what is due, grade the claims of what fell together; how many warnings there are more.

    Run by the sweep.
    """
    clock, limit, after, written = moments.running_from(now), mass.Limit(now=now), 0, 0
    while clock() - now <= LONGEST_PASS and not forks.gate.wanted:
        batch = orders.lines_to_look_at(most=BATCH, after=after)
        if not batch:
            break
        after = batch[-1].pk
        written += _look_at(batch, limit, now)
    saying.say_due(now=clock())
    majors.run_due(now=now)
    return written


def _look_at(batch: list[Order], limit: mass.Limit, now: datetime) -> int:
    broke_before = stumbling.known(work=LOOK, lines=[order.pk for order in batch])
    batch = [order for order in batch if broke_before.get(order.pk, now) <= now]
    fresh = [order for order in batch if _may_be_news(order, now)]
    candidates, broken = _falling(fresh, now)
    chosen = {order.pk for order in candidates} | broken
    with transaction.atomic():
        rollups.seen(order.rollup for order in batch if order.pk not in chosen)
    looked = _whose(list(_closely(candidates, now)))
    if broke_before:
        through = {order.pk for order in batch} - chosen | {one.order.pk for one in looked}
        stumbling.got_through(work=LOOK, lines=through & set(broke_before))
    return _keep(looked, limit, now)


def _falling(fresh: list[Order], now: datetime) -> tuple[list[Order], set[int]]:
    """Those to be looked at closely, and those that broke our own code."""
    found: list[Order] = []
    broken: set[int] = set()

    def broke(order: Order) -> None:
        broken.add(order.pk)
        stumbling.put_off(work=LOOK, line=order.pk, now=now)

    stumbling.in_parts(fresh, lambda some: found.extend(falling(orders=some, now=now)), broke)
    return found, broken


def _keep(looked: list[_Seen], limit: mass.Limit, now: datetime) -> int:
    written = 0
    for start in range(0, len(looked), AT_ONCE):
        done, undisturbed = _write_down(looked[start : start + AT_ONCE], limit, now)
        written += done
        if not undisturbed:  # another worker has this batch: the rest of it is theirs, the next one ours
            break
    return written


def _may_be_news(order: Order, now: datetime) -> bool:
    """A file of last year's counts is put aside at once; of a shared counter others may know more."""
    return order.shared or offers.is_news(observed_at=order.rollup.newest_seen_at, now=now)  # type: ignore[attr-defined]


def _closely(candidates: list[Order], now: datetime) -> Iterable[_Seen]:
    """What a claim would give each; a case already open for the drop says it all."""
    ids = [order.pk for order in candidates]
    known, busy = queries.known_windows(ids), tickets.orders_with_open(reason="drop", order_ids=ids)
    know_together(candidates)
    for order in candidates:
        try:
            found = quote(order=order, reason="drop", now=now)
        except Exception:  # one line that breaks our own code must not keep the others from being seen
            stumbling.put_off(work=LOOK, line=order.pk, now=now)
            continue
        window = offers.window_of(found.decision) or ""
        fresh = offers.is_news(observed_at=found.look.at if found.look else None, now=now)
        wanted = fresh and order.pk not in busy and (order.pk, window) not in known
        yield _Seen(order, found, window if wanted else "")


def _whose(looked: list[_Seen]) -> list[_Seen]:
    """With their suppliers, asked for once for all that deserve a word."""
    lines = [one.order.pk for one in looked if one.window]
    found = orders.supplier_ids_of(order_ids=lines) if lines else {}
    return [replace(one, supplier=found.get(one.order.pk)) for one in looked]


def _write_down(looked: list[_Seen], limit: mass.Limit, now: datetime) -> tuple[int, bool]:
    """Together, in one transaction; where another worker wrote some of them this instant, the rest.

    How many, and whether there was no such worker.
    """
    try:
        with transaction.atomic():
            return _write(looked, limit, now), True
    except IntegrityError:
        limit.recount()
    known = queries.known_windows(one.order.pk for one in looked)
    rest = [replace(one, window="") if (one.order.pk, one.window) in known else one for one in looked]
    if rest != looked:
        return _write_down(rest, limit, now)[0], False
    if len(looked) > 1:
        return sum(_write_down([one], limit, now)[0] for one in looked), False
    with transaction.atomic():
        rollups.seen(one.order.rollup for one in looked)
    return 0, False


def _write(looked: list[_Seen], limit: mass.Limit, now: datetime) -> int:
    rollups.seen(one.order.rollup for one in looked)
    warned = [Warned(_row(one, now), one.found.decision) for one in looked if one.window]
    if not warned:
        return 0
    limit.hold()
    beyond = [(one.row, subject) for one in warned if (subject := limit.beyond(one.row))]
    mass.hold(beyond, now=now)
    at_once = [one for one in warned if one.row.due_at == now]
    for one in at_once:
        one.row.said_at, one.row.due_at = now, None
    _make_room(warned)
    limit.written(DropWarning.objects.bulk_create(one.row for one in warned))
    saying.tell(at_once, now=now)
    return len(warned)


def _make_room(warned: list[Warned]) -> None:
    """What was found before and never said gives way; the record says that it was dropped."""
    for window in {one.row.window for one in warned}:
        lines = [one.row.order_id for one in warned if one.row.window == window]
        DropWarning.objects.filter(queries.FORGONE, order_id__in=lines, window=window).delete()


def _row(one: _Seen, now: datetime) -> DropWarning:
    measured, urgent = one.found.decision.measures, offers.urgent(one.found.decision)
    assert measured is not None
    assert one.found.look is not None
    return DropWarning(
        order=one.order, window=one.window, base=measured.base, loss=measured.loss,
        observed_at=one.found.look.at, supplier_id=one.supplier, urgent=urgent, made_at=now,
        due_at=quiet.sayable_at(now, urgent=urgent),
        expires_at=_ends(one.found, one.window),
    )  # fmt: skip


def _ends(found: Quote, window: str) -> datetime:
    """Until when a claim would be in time."""
    if window == offers.SLOW:
        return found.line.warranty_ends_at
    return found.line.completed_at + timedelta(seconds=found.decision.terms.filing_seconds)
