"""Celery shells."""

from celery import shared_task

from common import clock
from developers.services import credit as crediting
from developers.services.defects import working as defects_at_work
from developers.services.recalls import working


@shared_task(name="developers.recall")
def recall(pk: int | None = None) -> None:
    """Whatever is at work, the one that was named with it."""
    working.run_due(now=clock.now())


@shared_task(name="developers.credit")
def credit() -> None:
    """The credits of the month that ended."""
    crediting.run_due(now=clock.now())


@shared_task(name="developers.defects")
def defects() -> None:
    """Those that changed, and the buyers to tell."""
    defects_at_work.run_due(now=clock.now())
