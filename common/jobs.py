"""Waking a worker: a message sent after commit that only hurries what a row already owes."""

import logging
import time
from typing import Any

from celery import current_app
from django.db import transaction

log = logging.getLogger(__name__)
QUIET_S = 5.0
_silent_until = 0.0


def enqueue_after_commit(name: str, **ids: Any) -> None:
    """Send the task by name once this transaction commits; a dead broker costs at most one try per QUIET_S."""
    transaction.on_commit(lambda: _send(name, ids), robust=True)


def _send(name: str, ids: dict[str, Any]) -> None:
    global _silent_until
    if time.monotonic() < _silent_until:
        return
    try:
        current_app.send_task(name, kwargs=ids, retry=False, ignore_result=True)
    except Exception as error:  # the row is the queue: the sweep does what this message would have hurried
        _silent_until = time.monotonic() + QUIET_S
        log.warning("任务消息没有发出，由巡检补上：%s（%s）", name, error)
