"""Celery shells."""

from celery import shared_task

from common import clock
from watch.services import looking, reporting, retention


@shared_task(name="watch.look")
def look() -> None:
    looking.run_due(now=clock.now())


@shared_task(name="watch.report")
def report() -> None:
    reporting.run_due(now=clock.now())


@shared_task(name="watch.prune")
def prune() -> None:
    retention.run_due(now=clock.now())
