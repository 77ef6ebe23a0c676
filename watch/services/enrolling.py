"""Orders that came in get the rows by which the watch remembers what to look at, and when."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from common import forks
from compensation.services.interacting import due_at
from orders import queries as orders
from watch.models import EffectCheck, LineHealth, Pass

if TYPE_CHECKING:
    from orders.models import Order

NAME, BATCH = "orders", 500
# An order whose transaction began before another's may be seen after it, under a smaller number: nothing is enrolled
# until that can't be so any more. Nothing is due so soon.
LAG = timedelta(minutes=10)


def _always() -> bool:
    return True


def run(*, until: datetime) -> int:
    """Enrol what was taken by then; how many orders were gone through. Stopped anywhere, it goes on from there."""
    return walk(name=NAME, until=until, write=_enrol)


def walk(
    *, name: str, until: datetime, write: Callable[[Sequence[Order]], None], goes_on: Callable[[], bool] = _always
) -> int:  # fmt: skip
    """All orders once, by id; how many were gone through. `write` is in the transaction that says how far it got."""
    gone = 0
    while goes_on() and not forks.gate.wanted:
        taken = _some(name, until, write)
        gone += taken
        if taken < BATCH:
            break
    return gone


@transaction.atomic
def _some(name: str, until: datetime, write: Callable[[Sequence[Order]], None]) -> int:
    place, _ = Pass.objects.get_or_create(name=name)
    some = orders.taken_after(after=place.after, until=until, most=BATCH)
    if not some:
        return 0
    write(some)
    # Whoever was there before has the same rows; only forwards, so that neither takes the other back.
    Pass.objects.filter(name=name, after__lt=some[-1].pk).update(after=some[-1].pk)
    return len(some)


def _enrol(some: Sequence[Order]) -> None:
    EffectCheck.objects.bulk_create(_checks(some), ignore_conflicts=True)
    bought = [order for order in some if not order.is_gift]
    LineHealth.objects.bulk_create(
        (LineHealth(order=order, due_at=order.rollup.window_ends_at) for order in bought),
        ignore_conflicts=True,
    )


def _checks(some: Iterable[Order]) -> Iterable[EffectCheck]:
    """Of paid metered lines; what was due before it came in is history, and left alone."""
    for order in some:
        if order.product.kind != "metered" or order.is_gift:
            continue
        due = due_at(order)
        if due is not None and order.created_at <= due:
            yield EffectCheck(order=order, due_at=due)
