"""Waking a worker: a message sent after commit that only hurries what a row already owes."""

import logging
from typing import Any

from celery import current_app
from django.db import transaction

from common.resting import BROKER

log = logging.getLogger(__name__)


def enqueue_after_commit(name: str, **ids: Any) -> None:
    """Send the task by name once this transaction commits; a dead broker costs at most one try per rest."""
    transaction.on_commit(lambda: _send(name, ids), robust=True)


def _send(name: str, ids: dict[str, Any]) -> None:
    if not BROKER.over():
        return
    try:
        current_app.send_task(name, kwargs=ids, retry=False, ignore_result=True)
    except Exception as error:  # the row is the queue: the sweep does what this message would have hurried
        BROKER.begin()
        log.warning("任务消息没有发出，由巡检补上：%s（%s）", name, error)
    else:
        BROKER.end()
