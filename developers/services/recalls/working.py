"""A recall at work: batch by batch, by whoever comes first, and from where the last one was stopped or killed."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

from common import forks
from common.jobs import enqueue_after_commit
from common.refusals import StateMoved
from developers.models import Recall
from developers.rules.recall_life import AT_WORK, OPEN, WALKING, State
from developers.services.recalls import carrying, walking
from integrations.services import moments

LONGEST_PASS = timedelta(seconds=8)
AT_ONCE = 4  # batches that whoever asked waits for
TASK = "developers.recall"


def run_due(*, now: datetime) -> int:
    """Go on with every recall that is at work; how many batches were done. Run by the sweep."""
    clock, done = moments.running_from(now), 0

    def in_time() -> bool:
        return clock() - now <= LONGEST_PASS and not forks.gate.wanted

    for pk in Recall.objects.filter(state__in=AT_WORK).order_by("id").values_list("pk", flat=True)[:50]:
        done += work(pk=pk, clock=clock, in_time=in_time)
    return done


def work(*, pk: int, clock: Callable[[], datetime], in_time: Callable[[], bool]) -> int:
    """Batches of one recall while there is time; how many. Somebody else's batch is as good as ours."""
    done = 0
    recall = _read(pk)
    while recall.state in AT_WORK and in_time():
        step = walking.step if recall.state in WALKING else carrying.step
        with suppress(StateMoved):
            step(recall=recall, now=clock())
        done += 1
        recall = _read(pk)
    if done and recall.state in OPEN:
        carrying.keep_progress(recall=recall)
    return done


def hurry(*, recall: Recall, now: datetime) -> Recall:
    """Walk a small recall to its end at once; of a large one the workers do the rest. Gives nothing yet."""
    for _ in range(AT_ONCE):
        if recall.state not in WALKING:
            break
        with suppress(StateMoved):
            walking.step(recall=recall, now=now)
        recall = _read(recall.pk)
    return wake(recall=recall)


def wake(*, recall: Recall) -> Recall:
    if State(recall.state) in AT_WORK:
        enqueue_after_commit(TASK, pk=recall.pk)
    return recall


def _read(pk: int) -> Recall:
    return Recall.objects.select_related("product__developer", "asked_by", "supplier").get(pk=pk)
