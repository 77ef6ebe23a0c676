"""How goods and suppliers behave, counted line by line as windows end, and once more when late counts are in.

Each pass goes on where the last one stopped. What a line adds is kept beside it, so that counting it again adds the
difference only; the figures and the place reached are written in one transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from common import forks
from common.clock import shanghai
from compensation.services import troubles
from integrations import queries as integrations
from integrations.services import moments
from orders import queries as orders
from watch.models import LineHealth
from watch.rules import health
from watch.services import enrolling, health_lines, health_shop, passing, proposals, stumbling
from watch.services.health_tally import Key, Tally
from watch.services.passing import reached
from watch.services.stumbling import COUNT

if TYPE_CHECKING:
    from orders.models import Order
    from watch.services.health_lines import Added

BATCH, LONGEST_PASS, EVERY = 500, timedelta(seconds=8), timedelta(minutes=1)
SETTLED_AFTER = timedelta(
    hours=48
)  # after its window a line is counted once more: late counts are in by then
FINDINGS, SUPPLIED = "findings", "supplied"


def run_due(*, now: datetime) -> None:
    """Once a minute, by whichever worker comes first. Run by the sweep."""
    if passing.is_due(name="health", every=EVERY, now=now):
        run(now=now)


def run(*, now: datetime, lag: timedelta = enrolling.LAG) -> None:
    """Everything that came since, as far as the time goes."""
    until, clock = now - lag, moments.running_from(now)
    enrolling.run(until=until)
    steps: tuple[Callable[[], int], ...] = (
        lambda: _findings(until, now), lambda: _supplied(until, now), lambda: _lines(now),
        lambda: health_shop.cases(until=until), lambda: health_shop.money(until=until),
    )  # fmt: skip
    for step in steps:
        while clock() - now <= LONGEST_PASS and not forks.gate.wanted:
            if step() < BATCH:
                break


@transaction.atomic
def _findings(until: datetime, now: datetime) -> int:
    """What a person established of a line: it is counted again."""
    place = reached(name=FINDINGS)
    found = troubles.found_after(after=place.after, until=until, most=BATCH)
    if found:
        known = LineHealth.objects.filter(order_id__in={line for _, line in found})
        known.filter(order__rollup__closed_at=None).update(due_at=now)  # else what it adds stays
        place.after = found[-1][0]
        place.save()
    return len(found)


@transaction.atomic
def _supplied(until: datetime, now: datetime) -> int:
    """What suppliers were asked for and how it ended: in full or not, within a day or not."""
    place, tally = reached(name=SUPPLIED), Tally()
    ended = troubles.ended_after(at=place.until, after=place.after, until=until, most=BATCH)
    if not ended:
        return 0
    sent = integrations.sent(keys=[one.key for one in ended])
    for one in ended:
        if one.key not in sent:  # a person did it, without any supplier
            continue
        provider, at = sent[one.key]
        whose, day = health.subject(health.SUPPLIER, provider), shanghai(one.ended_at).date()
        for figure in (health.SHORT, health.SLOW):
            bad = health.against(figure, asked=one.asked, came=one.came, took=one.ended_at - at)
            tally.add(Key(whose, day, figure), int(bad), 1)
    tally.write()
    proposals.judge(subjects=tally.subjects(), now=now)
    place.until, place.after = ended[-1].ended_at, ended[-1].pk
    place.save()
    return len(ended)


def _lines(now: datetime) -> int:
    """Those whose window ended, or of which something new is known; one that breaks our own code waits alone."""
    waiting = LineHealth.objects.filter(due_at__lte=now).order_by("due_at")
    due = list(waiting.values_list("pk", flat=True)[:BATCH])
    count(due, now=now)
    return len(due)


def count(due: Sequence[int], *, now: datetime) -> None:
    """These lines, of those among them that are due."""
    if due:
        stumbling.in_parts(due, lambda some: _those(some, now), lambda line: _put_off(line, now))


def _put_off(line: int, now: datetime) -> None:
    later = stumbling.put_off(work=COUNT, line=line, now=now)
    LineHealth.objects.filter(pk=line, due_at__lte=now).update(due_at=later)


@transaction.atomic
def _those(some: Sequence[int], now: datetime) -> None:
    waiting = LineHealth.objects.filter(pk__in=some, due_at__lte=now)
    rows = {row.pk: row for row in waiting.select_for_update(skip_locked=True, no_key=True)}
    lines = orders.lines_called(ids=rows)
    ripe = [order for order in lines if order.rollup.window_ends_at <= now]
    added, tally = health_lines.added_by(ripe), Tally()
    whose = orders.suppliers_of(order_ids=added)
    for order in lines:
        row = rows[order.pk]
        if order.pk in added:
            code = whose[order.pk].code if order.pk in whose else ""
            _count(row, order, added[order.pk], code, tally)
        row.due_at = _again_at(order, now)
    # An upsert of rows that are all there, as rollups do it.
    LineHealth.objects.bulk_create(
        rows.values(),
        update_conflicts=True,
        unique_fields=["order"],
        update_fields=["due_at", "day", "added", "bad", "supplier", "by_supplier"],
    )
    tally.write()
    stumbling.got_through(work=COUNT, lines=rows)
    proposals.judge(subjects=tally.subjects(), now=now)


def _count(row: LineHealth, order: Order, added: Added, supplier: str, tally: Tally) -> None:
    """Take out what it added before, put in what it adds now."""
    day, sku = shanghai(order.rollup.window_ends_at).date(), order.product.sku
    if row.day is not None:
        before = row.supplier if row.by_supplier else None
        for whose, figure, (part, whole) in health.shares(row.added, sku=sku, supplier=before):
            tally.add(Key(whose, row.day, figure), -part, -whole)
    for whose, figure, (part, whole) in health.shares(added, sku=sku, supplier=supplier):
        tally.add(Key(whose, day, figure), part, whole)
    row.day, row.added, row.bad = day, added, health_lines.is_bad(added)
    row.supplier, row.by_supplier = supplier, True


def _again_at(order: Order, now: datetime) -> datetime | None:
    ends = order.rollup.window_ends_at
    if now < ends:
        return ends
    return ends + SETTLED_AFTER if now < ends + SETTLED_AFTER else None
