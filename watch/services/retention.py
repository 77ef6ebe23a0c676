"""Counts of lines that are over for good are let go, where the shop has said for how long it keeps them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from django.conf import settings

from common import forks
from common.transitions import again_on_deadlock
from compensation import queries as compensation
from integrations.services import moments
from orders.services import pruning
from orders.services.pruning import Needs
from tickets import queries as tickets
from watch.models import EffectCheck, LineHealth
from watch.services import passing

LONGEST_PASS, EVERY = timedelta(seconds=8), timedelta(minutes=1)


def run_due(*, now: datetime) -> None:
    """Once a minute, by whichever worker comes first. Run by the sweep and by beat."""
    if settings.OBSERVATIONS_KEEP_DAYS and passing.is_due(name="retention", every=EVERY, now=now):
        run(now=now)


def run(*, now: datetime) -> None:
    """A batch after another, as far as the time goes."""
    days, clock = settings.OBSERVATIONS_KEEP_DAYS, moments.running_from(now)
    needs = Needs(lines=_still_needed, rows=lambda lines: compensation.counts_named(order_ids=lines))
    while days and clock() - now <= LONGEST_PASS and not forks.gate.wanted:
        looked = again_on_deadlock(lambda: pruning.prune(keep_days=days, needs=needs, now=now))
        if looked < pruning.BATCH:
            break


def _still_needed(lines: Collection[int]) -> set[int]:
    """An open case, an effect check that waits, figures of health that are still to be counted."""
    waiting = EffectCheck.objects.filter(order_id__in=lines, ended_at=None).values_list("order_id", flat=True)
    uncounted = LineHealth.objects.filter(pk__in=lines, due_at__isnull=False).values_list("pk", flat=True)
    return tickets.orders_with_open(order_ids=lines) | {*waiting} | {*uncounted}
