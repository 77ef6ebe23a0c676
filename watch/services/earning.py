"""Points that orders earn their buyers when their last window has ended: each order once, looked at when it is due."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Case, DateTimeField, Value, When

from common import forks
from common.refusals import StateMoved
from common.transitions import again_on_deadlock
from compensation.rules import points
from integrations.services import moments, standstill
from ledger.services import points as books
from ledger.services.points import Earned
from orders import queries as orders
from watch.models import OrderPoints
from watch.services import earning_facts, enrolling, passing, stumbling
from watch.services.earning_facts import Standing

if TYPE_CHECKING:
    from orders.models import Order

log = logging.getLogger(__name__)
NAME, BATCH, LONGEST_PASS, EVERY = "points", 500, timedelta(seconds=8), timedelta(minutes=1)
# A claim filed in the last instant may not be seen at once: nothing is decided before it must be.
LAG = enrolling.LAG
AGAIN, LONGEST_WAIT = timedelta(days=1), timedelta(days=3)


def run_due(*, now: datetime) -> None:
    """Once a minute, by whichever worker comes first. Run by the sweep."""
    if passing.is_due(name="points due", every=EVERY, now=now):
        run(now=now)


def run(*, now: datetime) -> None:
    """Orders that came in are enrolled, those whose last window ended are looked at, as far as the time goes."""
    if standstill.is_open():  # a refund may have been forgotten: the lists name it first
        return
    clock = moments.running_from(now)

    def goes_on() -> bool:
        return clock() - now <= LONGEST_PASS and not forks.gate.wanted

    enrolling.walk(name=NAME, until=now - enrolling.LAG, write=_enrol, goes_on=goes_on)
    while goes_on():
        if _some(now) < BATCH:
            break


def _enrol(some: Sequence[Order]) -> None:
    """What was paid for, due as if it had come at once: when it came is known by then, and it is looked at again."""
    paid = [order for order in some if not order.is_gift and points.worth(order.paid_fen)]
    OrderPoints.objects.bulk_create(
        (
            OrderPoints(order=order, due_at=order.paid_at + timedelta(days=order.warranty_days))
            for order in paid
        ),
        ignore_conflicts=True,
    )


def _some(now: datetime) -> int:
    due = OrderPoints.objects.filter(due_at__lt=now - LAG).order_by("due_at").values_list("pk", flat=True)
    some = list(due[:BATCH])
    if some:
        stumbling.in_parts(some, lambda part: _look_at(part, now), lambda line: _broke(line, now))
    return len(some)


def _broke(line: int, now: datetime) -> None:
    later = stumbling.put_off(work=stumbling.EARN, line=line, now=now)
    _put_off({line: later})


def _look_at(some: Collection[int], now: datetime) -> None:
    """Read first, then written in one transaction: what decides is of an instant that is over."""
    lines = orders.lines_called(ids=some)
    known = earning_facts.read(lines)
    ended: dict[str, list[Order]] = defaultdict(list)
    later = {}
    for order in lines:
        if again_at := _later(order, known[order.pk], now):
            later[order.pk] = again_at
        else:
            ended[known[order.pk].why].append(order)
    try:
        again_on_deadlock(lambda: _write(ended, later, now))
    except StateMoved:
        log.info("积分：另一个进程在看，下次再看")


def _later(order: Order, standing: Standing, now: datetime) -> datetime | None:
    """When to look again; None where it is known what it came to."""
    ends_at = standing.ends_at
    if ends_at is None:  # never handed over; what it came to may be known all the same
        wait = min(max(standing.at_least, AGAIN), LONGEST_WAIT)
        return None if standing.why in (points.CLAIMED, points.REFUNDED) else now + wait
    if ends_at >= now - LAG:  # while it is on its way, its completion may still prove to be earlier
        return min(ends_at, now + AGAIN) if order.rollup.completed_at > now else ends_at
    return now + AGAIN if standing.why == points.OPEN else None


@transaction.atomic
def _write(ended: Mapping[str, Sequence[Order]], later: Mapping[int, datetime], now: datetime) -> None:
    """Whoever comes second writes nothing: StateMoved."""
    for result, lines in ended.items():
        waiting = OrderPoints.objects.filter(pk__in=[order.pk for order in lines], ended_at=None)
        if waiting.update(result=result, due_at=None, ended_at=now) != len(lines):
            raise StateMoved()
    books.issue(_earned(ended.get(points.EARNED, ())), now=now)
    _put_off(later)
    stumbling.got_through(work=stumbling.EARN, lines=[order.pk for one in ended.values() for order in one])


def _earned(lines: Iterable[Order]) -> list[Earned]:
    return [Earned(order.buyer_id, order.order_no, points.worth(order.paid_fen)) for order in lines]


def _put_off(later: Mapping[int, datetime]) -> None:
    if later:
        when = [When(pk=line, then=Value(at)) for line, at in later.items()]
        waiting = OrderPoints.objects.filter(pk__in=list(later), ended_at=None)
        waiting.update(due_at=Case(*when, output_field=DateTimeField()))
