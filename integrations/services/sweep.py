"""Finish whatever is due, whoever forgot it: lost messages, dead workers, leases that ran out."""

import logging
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connections

from common import forks
from integrations.models import Intent
from integrations.rules.bodies import OWING
from integrations.rules.lifecycle import State
from integrations.services import heartbeats, moments, sending

log = logging.getLogger(__name__)
NAME = "sweep"
# A provider that lets everybody wait for 3 s would keep a single hand at twenty intents a minute.
HANDS = 8
# A pass ends after this time even if more is due, so that the heartbeat stays fresh while a provider hangs.
LONGEST_PASS = timedelta(seconds=8)
AFTER_A_CRASH = timedelta(seconds=30)


def loop_once(now: datetime) -> int:
    """One step of the loop that runs in every worker; returns how many intents it worked on."""
    heartbeats.beat(name=NAME, now=now)
    return run_due(now=now, hands=HANDS)


def run_due(
    *, now: datetime, limit: int = 50, hands: int = 1, providers: Sequence[str] = OWING, unsent: bool = True
) -> int:
    """Work on what is due, the longest overdue first, each on its own, so many at once."""
    clock = moments.running_from(now)
    rows = Intent.objects.filter(provider__in=providers, next_at__lte=now).order_by("next_at")
    wanted = rows if unsent else rows.exclude(state=State.PENDING)
    due = deque(wanted.values_list("key", flat=True)[:limit])

    def work_off() -> int:
        done = 0
        while due and clock() - now <= LONGEST_PASS and not forks.gate.wanted:
            with suppress(IndexError):  # another hand took the last
                _work_on(due.popleft(), clock())
                done += 1
        return done

    if hands == 1 or len(due) < 2:
        return work_off()
    with ThreadPoolExecutor(hands, thread_name_prefix=NAME) as pool:
        return sum(hand.result() for hand in [pool.submit(_leaving_nothing, work_off) for _ in range(hands)])


def _leaving_nothing(work_off: Callable[[], int]) -> int:
    try:
        return work_off()
    finally:
        connections.close_all()  # the thread ends, its connection must not stay


def _work_on(key: UUID, now: datetime) -> None:
    try:
        sending.work(key=key, now=now)
    except Exception:  # one intent that breaks our own code must not keep the others from being sent
        log.exception("对外往来处理出错：%s", key)
        Intent.objects.filter(key=key, next_at__lte=now).update(next_at=now + AFTER_A_CRASH)
