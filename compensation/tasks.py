"""Celery shells: they hurry along what the rows already owe."""

from celery import shared_task

from common import clock
from compensation.services import backtest_runs, imports


@shared_task(name="imports.go_on")
def go_on(*, run_id: int) -> None:
    imports.go_on(run_id=run_id, now=clock.now())


@shared_task(name="backtests.go_on")
def go_on_with_backtest(*, run_id: int) -> None:
    backtest_runs.go_on(run_id=run_id, now=clock.now())
