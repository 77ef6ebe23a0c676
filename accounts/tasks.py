"""Celery shells."""

from celery import shared_task

from accounts.services import purge
from common import clock


@shared_task(name="accounts.purge")
def purge_old() -> None:
    purge.run(now=clock.now())
