"""Celery shells: they hurry along what the rows already owe."""

from datetime import timedelta
from uuid import UUID

from celery import shared_task

from common import clock
from integrations.services import message_batches, reconcile, sending, sweep

LOOK_BACK = timedelta(days=2)


@shared_task(name="integrations.send")
def send(*, key: str) -> None:
    sending.work(key=UUID(key), now=clock.now())


@shared_task(name="integrations.send_messages")
def send_messages() -> None:
    message_batches.run_due(now=clock.now())


@shared_task(name="integrations.sweep")
def sweep_due() -> None:
    sweep.loop_once(clock.now())


@shared_task(name="integrations.reconcile")
def reconcile_all() -> None:
    now = clock.now()
    reconcile.run(since=now - LOOK_BACK, now=now)
