"""Celery shells: they hurry along what the rows already owe."""

from celery import shared_task

from common import clock
from compensation.services import imports


@shared_task(name="imports.go_on")
def go_on(*, run_id: int) -> None:
    imports.go_on(run_id=run_id, now=clock.now())
