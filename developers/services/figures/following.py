"""The record is followed: whatever happened to an order, the order is counted again.

One batch is one transaction that begins with a compare-and-set of the follower's row: whoever is second, or is
killed, has done nothing. A claim pays nothing for it. See docs/decisions/0034.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime, timedelta

from django.db import transaction

from common import forks
from developers.models import (
    CountedClaim,
    CountedCost,
    CountedSale,
    Follower,
    GoodsDay,
    GoodsMonth,
    GoodsNow,
    MakerDay,
)
from developers.services.defects import placing
from developers.services.figures import counting, makers, using
from evidence import queries as evidence
from integrations.services import moments
from orders import queries as orders
from orders.services import usage_days

NAME = "figures"
BATCH, WALKED_AT_ONCE, LONGEST_PASS = 500, 200, timedelta(seconds=8)
# Who else hears of orders that changed, once these are counted, in the same transaction: (order_ids=…, now=…).
HEARERS: tuple[Callable[..., None], ...] = (placing.changed,)


def run_due(*, now: datetime) -> int:
    """Everything that happened since, as far as the time goes; how many batches. Run by the sweep."""
    clock, done = moments.running_from(now), 0
    while clock() - now <= LONGEST_PASS and not forks.gate.wanted:
        if not step(now=clock()):
            break
        done += 1
    return done


def step(*, now: datetime) -> bool:
    """One batch; whether there is more to do for the caller. Nothing is written where nothing happened."""
    place = Follower.objects.filter(name=NAME).first() or _begin()
    if place.walked is not None:
        return _walk(place, now)
    if told := evidence.orders_told_of(since=place.seq, most=BATCH):
        last, _, at = told[-1]
        return _take(place, _ids(told), now, seq=last + 1, counted_at=at)
    if used := orders.used_days_due(most=BATCH):
        return _take_used(place, used)
    moved = makers.moved()
    return bool(moved) and _change_hands(place, moved)


def rebuild() -> None:
    """Forget all figures and count every order anew; the sweeps do it, and the pages say so until it is done."""
    with transaction.atomic():
        place = Follower.objects.filter(name=NAME).first() or _begin()
        while not _hold(place, seq=evidence.size(), walked=0, counted_at=None):
            place.refresh_from_db()
        for model in (CountedClaim, CountedCost, CountedSale, GoodsDay, GoodsMonth, GoodsNow, MakerDay):
            model._default_manager.all().delete()
        usage_days.again()


def _begin() -> Follower:
    """Orders of before are walked through once; what happens from here on is in the record."""
    start = {"seq": evidence.size()}
    return Follower.objects.get_or_create(name=NAME, defaults=start)[0]


def _walk(place: Follower, now: datetime) -> bool:
    after = place.walked or 0
    ids = orders.ids_after(after=after, most=WALKED_AT_ONCE)
    return _take(place, ids, now, walked=ids[-1] if ids else None)


def _ids(told: list[tuple[int, str, datetime]]) -> list[int]:
    names = {order_no for _, order_no, _ in told if order_no}
    return orders.ids_called(names) if names else []


@transaction.atomic
def _take(place: Follower, order_ids: Collection[int], now: datetime, **onto: object) -> bool:
    if not _hold(place, **onto):
        return False
    if order_ids:
        counting.changed(order_ids=order_ids)
        for hear in HEARERS:
            hear(order_ids=order_ids, now=now)
    return True


@transaction.atomic
def _take_used(place: Follower, days: list[orders.UsedOn]) -> bool:
    """What was used on some days."""
    if not _hold(place):
        return False
    using.changed(days=days)
    return True


@transaction.atomic
def _change_hands(place: Follower, moved: list[makers.Moved]) -> bool:
    """What the shop gave to another developer."""
    if not _hold(place):
        return False
    for one in moved:
        makers.move(moved=one)
    return True


def _hold(place: Follower, **onto: object) -> bool:
    """The row is held until the transaction ends; False where somebody moved it since it was read."""
    as_read = Follower.objects.filter(pk=place.pk, version=place.version)
    return bool(as_read.update(version=place.version + 1, **onto))
