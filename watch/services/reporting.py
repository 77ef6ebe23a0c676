"""Monthly reports: one pass over the buyers for the month that ended, a batch at a time, each in one transaction."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction

from accounts import queries as accounts
from common import forks
from common.ids import public_id
from common.inserting import insert
from common.phrases import mark
from common.refusals import Invalid, StateMoved
from common.transitions import move
from compensation.rules.loyalty import Month
from integrations.services import moments
from watch.models import MonthlyReport, ReportRun
from watch.rules import quiet, report_months
from watch.services import recording, reporting_figures, reporting_saying

if TYPE_CHECKING:
    from accounts.models import Buyer

log = logging.getLogger(__name__)
BATCH = 500  # buyers that are looked at together
LEASE = timedelta(seconds=60)
LONGEST_PASS = timedelta(seconds=20)  # then the other long sweeps have their turn


class MonthNotOver(Invalid):
    code = "month_not_over"
    detail = mark("这个月还没过完，报告要等下个月 1 日凌晨两点以后做。")


class BeingMade(StateMoved):
    code = "reports_being_made"
    detail = mark("另一个进程正在做这个月的报告，请过一会儿再看。")


def run_due(*, now: datetime) -> None:
    """Go on with the reports of the month that ended, then say what is due. Run by the sweep and by beat."""
    month, clock = report_months.due(now), moments.running_from(now)
    if month is not None:
        run = _run_of(month, now)
        if run.state != "done" and _taken(run, now):
            _carry_on(run, now, within=LONGEST_PASS)
    reporting_saying.say_due(now=clock())


def make(*, month: Month, now: datetime, seen: Callable[[ReportRun], Any]) -> ReportRun:
    """All reports of the month, to the end; `seen` after each batch. What was made before stays as it is.

    Buyers are written to about the month that has just ended, and about no other. Refuses: MonthNotOver, BeingMade.
    """
    newest = report_months.due(now)
    if newest is None or month > newest:
        raise MonthNotOver()
    run = _run_of(month, now)
    if run.state == "done" and run.failed:
        move(run, to="waiting", cursor=0, last=accounts.newest_buyer(), failed=0, finished_at=None)
    if run.state != "done":
        if not _taken(run, now):
            raise BeingMade()
        _carry_on(run, now, seen=seen)
    return run


def _run_of(month: Month, now: datetime) -> ReportRun:
    name = report_months.name_of(month)
    run = ReportRun.objects.filter(month=name).first()
    if run is not None:
        return run
    try:
        with transaction.atomic():
            return ReportRun.objects.create(month=name, last=accounts.newest_buyer(), at=now)
    except IntegrityError:  # another worker began it this instant
        return ReportRun.objects.get(month=name)


def _taken(run: ReportRun, now: datetime) -> bool:
    """Ours for a lease's time."""
    if run.lease_until is not None and run.lease_until > now:
        return False
    try:
        move(run, to="running", lease_until=now + LEASE)
    except StateMoved:
        return False
    return True


def _carry_on(
    run: ReportRun, now: datetime, *, within: timedelta | None = None, seen: Callable[[ReportRun], Any] = lambda _: None
) -> None:  # fmt: skip
    """Batch by batch to the end, or until it is others' turn; whoever died in between left a whole number of them."""
    clock = moments.running_from(now)
    try:
        while run.state != "done":
            if within is not None and (clock() - now > within or forks.gate.wanted):
                return move(run, to="waiting", lease_until=None)
            _step(run, clock())
            seen(run)
    except StateMoved:
        log.info("%s 的报告：另一个进程在做", run.month)
    return None


def _step(run: ReportRun, now: datetime) -> None:
    buyers = accounts.buyers_after(run.cursor, most=BATCH)
    if not buyers:
        return move(run, to="done", finished_at=now, lease_until=None)
    month = report_months.named(run.month)
    assert month is not None, run.month
    batch = reporting_figures.of_batch(buyers, month=month, now=now)
    rows = _rows(buyers, batch.figures, month, now)
    with transaction.atomic():
        move(
            run, to="running", cursor=buyers[-1].pk, made=run.made + len(rows),
            failed=run.failed + len(batch.broken), lease_until=now + LEASE,
        )  # fmt: skip
        if rows:
            insert(*rows)
            recording.reports(rows, now=now)
    return None


def _rows(
    buyers: Sequence[Buyer], figures: dict[int, dict[str, Any]], month: Month, now: datetime
) -> list[MonthlyReport]:
    """Frozen as they are now; said by day, and only of the month that has just ended."""
    due_at = quiet.sayable_at(now, urgent=False) if month == report_months.ended(now) else None
    return [
        MonthlyReport(
            no=public_id("R"), month=report_months.name_of(month), buyer=buyer, figures=figures[buyer.pk],
            made_at=now, expires_at=now + timedelta(days=report_months.LINK_DAYS), due_at=due_at,
        )
        for buyer in buyers
        if buyer.pk in figures
    ]  # fmt: skip
