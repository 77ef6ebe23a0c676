"""Finish whatever is due, whoever forgot it: lost messages, dead workers, leases that ran out."""

import logging
from datetime import datetime, timedelta
from uuid import UUID

from integrations.models import Intent
from integrations.services import heartbeats, moments, sending

log = logging.getLogger(__name__)
NAME = "sweep"
# A pass ends after this time even if more is due, so that the heartbeat stays fresh while a provider hangs.
LONGEST_PASS = timedelta(seconds=8)
AFTER_A_CRASH = timedelta(seconds=30)


def loop_once(now: datetime) -> int:
    """One step of the loop that runs in every worker; returns how many intents it worked on."""
    heartbeats.beat(name=NAME, now=now)
    return run_due(now=now)


def run_due(*, now: datetime, limit: int = 50) -> int:
    """Work on what is due, the longest overdue first, each on its own."""
    clock = moments.running_from(now)
    due = Intent.objects.filter(next_at__lte=now).order_by("next_at").values_list("key", flat=True)[:limit]
    done = 0
    for key in list(due):
        if clock() - now > LONGEST_PASS:
            break
        _work_on(key, clock())
        done += 1
    return done


def _work_on(key: UUID, now: datetime) -> None:
    try:
        sending.work(key=key, now=now)
    except Exception:  # one intent that breaks our own code must not keep the others from being sent
        log.exception("对外往来处理出错：%s", key)
        Intent.objects.filter(key=key, next_at__lte=now).update(next_at=now + AFTER_A_CRASH)
