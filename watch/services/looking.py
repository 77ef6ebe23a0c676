"""Lines whose counts changed are looked at, and what deserves it is written down once per line and window."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from common import forks
from compensation.services.falling import falling
from integrations.services import moments
from orders import queries as orders
from orders.services import rollups
from watch import queries
from watch.models import DropWarning
from watch.rules import offers, quiet
from watch.rules.crowds import Subject
from watch.services import majors, mass, noticing, saying, stumbling
from watch.services.noticing import Noticed, Word
from watch.services.saying import Warned
from watch.services.stumbling import LOOK

if TYPE_CHECKING:
    from orders.models import Order

BATCH, AT_ONCE = 500, 100
LONGEST_PASS = timedelta(seconds=8)


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
    candidates, broken = _falling(batch, now)
    chosen = {order.pk for order in candidates} | broken
    with transaction.atomic():
        rollups.seen(order.rollup for order in batch if order.pk not in chosen)
    looked = noticing.closely(candidates, now)
    if broke_before:
        through = {order.pk for order in batch} - chosen | {one.order.pk for one in looked}
        stumbling.got_through(work=LOOK, lines=through & set(broke_before))
    return _keep(looked, limit, now)


def _falling(batch: list[Order], now: datetime) -> tuple[list[Order], set[int]]:
    """Those to be looked at closely, and those that broke our own code."""
    found: list[Order] = []
    broken: set[int] = set()

    def broke(order: Order) -> None:
        broken.add(order.pk)
        stumbling.put_off(work=LOOK, line=order.pk, now=now)

    stumbling.in_parts(batch, lambda some: found.extend(falling(orders=some, now=now)), broke)
    return found, broken


def _keep(looked: list[Noticed], limit: mass.Limit, now: datetime) -> int:
    written = 0
    for start in range(0, len(looked), AT_ONCE):
        done, undisturbed = _write_down(looked[start : start + AT_ONCE], limit, now)
        written += done
        if not undisturbed:  # another worker has this batch: the rest of it is theirs, the next one ours
            break
    return written


def _write_down(looked: list[Noticed], limit: mass.Limit, now: datetime) -> tuple[int, bool]:
    """Together, in one transaction; where another worker wrote some of them this instant, the rest.

    How many, and whether there was no such worker.
    """
    try:
        with transaction.atomic():
            return _write(looked, limit, now), True
    except IntegrityError:
        limit.recount()
    known = queries.known_windows(one.order.pk for one in looked)
    rest = [one.without(known) for one in looked]
    if rest != looked:
        return _write_down(rest, limit, now)[0], False
    if len(looked) > 1:
        return sum(_write_down([one], limit, now)[0] for one in looked), False
    with transaction.atomic():
        rollups.seen(one.order.rollup for one in looked)
    return 0, False


def _write(looked: list[Noticed], limit: mass.Limit, now: datetime) -> int:
    rollups.seen(one.order.rollup for one in looked)
    warned = [Warned(_row(one, word, now), word.found.decision) for one in looked for word in one.words]
    if warned:
        _warn(warned, limit, now)
    # Last: what waits comes after its incident.
    _hurry([one.order.pk for one in looked if one.hurries], now)
    _bring_forward([one.order.pk for one in looked if one.is_early], now)
    return len(warned)


def _warn(warned: list[Warned], limit: mass.Limit, now: datetime) -> None:
    limit.hold()
    mass.hold(_beyond(warned, limit), now=now)
    at_once = [one for one in warned if one.row.due_at == now]
    for one in at_once:
        one.row.said_at, one.row.due_at = now, None
    _make_room(warned)
    limit.written(DropWarning.objects.bulk_create(one.row for one in warned))
    saying.tell(at_once, now=now)


def _beyond(warned: list[Warned], limit: mass.Limit) -> list[tuple[DropWarning, Subject]]:
    """Each line counts once, whatever is said of it, and waits whole."""
    lines = {one.row.order_id: one.row for one in warned}
    whose = {line: limit.beyond(row) for line, row in lines.items()}
    return [(one.row, subject) for one in warned if (subject := whose[one.row.order_id])]


def _hurry(lines: list[int], now: datetime) -> None:
    """What waits for the morning and has become urgent since is due now, unless it waits for a person."""
    if not lines:
        return
    calm = DropWarning.objects.filter(
        order_id__in=lines, window=offers.INSIDE, said_at=None, dropped_at=None, urgent=False
    )
    if taken := mass.take(calm):
        these = DropWarning.objects.filter(pk__in=taken)
        these.filter(due_at__gt=now).update(due_at=now)
        these.update(urgent=True)


def _bring_forward(lines: list[int], now: datetime) -> None:
    """What was to be said when the filing limit is over is due by day: of the window nothing is owed any more."""
    if not lines:
        return
    at = quiet.sayable_at(now, urgent=False)
    later = DropWarning.objects.filter(
        order_id__in=lines, window=offers.SLOW, said_at=None, dropped_at=None, due_at__gt=at
    )
    if taken := mass.take(later):
        DropWarning.objects.filter(pk__in=taken).update(due_at=at)


def _make_room(warned: list[Warned]) -> None:
    """What was found before and never said gives way; the record says that it was dropped."""
    for window in {one.row.window for one in warned}:
        lines = [one.row.order_id for one in warned if one.row.window == window]
        queries.gives_way(lines=lines, window=window).delete()


def _row(one: Noticed, word: Word, now: datetime) -> DropWarning:
    found = word.found
    measured, urgent = found.decision.measures, offers.urgent(found.decision)
    assert measured is not None
    assert found.look is not None
    return DropWarning(
        order=one.order, window=word.window, base=measured.base, loss=measured.loss,
        observed_at=found.look.at, supplier_id=one.supplier, urgent=urgent, made_at=now,
        due_at=quiet.sayable_at(word.not_before or now, urgent=urgent),
        expires_at=noticing.ends(found, word.window),
    )  # fmt: skip
