"""The credit of each developer, written once a month: read first, then row, grade and record in one transaction.

Whatever is killed leaves a whole number of developers, and whoever goes on begins with those who have none.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction

from common import forks
from common.inserting import insert
from developers.models import Credit, CreditRow
from developers.queries import credit as queries
from developers.rules import credit_rows
from developers.rules.credit import LOW, NEWEST, SCALES, Counts, credit
from evidence.services import log as evidence
from integrations.services import moments
from orders.services import makers

log = logging.getLogger(__name__)
LONGEST_PASS = timedelta(seconds=8)
KIND = "developer_credit"


def run_due(*, now: datetime) -> int:
    """Write what is missing of the month that ended; how many. Run by the sweep and by beat."""
    month, clock = credit_rows.month_due(now), moments.running_from(now)
    return run(
        month=month, clock=clock, in_time=lambda: clock() - now <= LONGEST_PASS and not forks.gate.wanted
    )


def run(*, month: str, clock: Callable[[], datetime], in_time: Callable[[], bool] = lambda: True) -> int:
    """One pass over those who have none; whose figures can't be read hold up nobody, and are tried again next time."""
    done = 0
    for developer in queries.without_credit(month=month):
        if not in_time():
            break
        try:
            done += make(developer=developer, month=month, now=clock()) is not None
        except Exception:
            log.exception("%s 的信用没有算成：%s，下一轮再试", month, developer)
    return done


def make(*, developer: Any, month: str, now: datetime) -> Credit | None:
    """The developer's credit of a month; None where somebody else wrote it this instant."""
    scale = SCALES[NEWEST]
    stretch = credit_rows.stretch_of(month, length=scale.months, now=now)
    counts, rows = queries.counted(developer=developer, stretch=stretch)
    found = credit(counts, scale)
    row = Credit(
        developer=developer, month=month, since=stretch.start, until=stretch.end, scale=NEWEST,
        counts=counts.as_data(), total=found.total, grade=found.grade, made_at=now,
    )  # fmt: skip
    try:
        with transaction.atomic():
            _write(row, rows, now)
    except IntegrityError:
        log.info("%s 的信用：另一个进程写了 %s", month, developer)
        return None
    return row


def _write(row: Credit, rows: list[queries.Counted], now: datetime) -> None:
    insert(row)
    if rows:
        insert(*[
            CreditRow(
                credit=row, part=one.part, source=one.source, ref=one.ref, bad=one.bad, at=one.at,
                ticket_id=one.ticket_id,
            )
            for one in rows
        ])  # fmt: skip
    raised = row.grade == LOW
    changed = makers.stand(developer=row.developer, raised=raised, now=now)
    data = {
        "developer": row.developer.get_username(), "month": row.month, "scale": row.scale, "counts": row.counts,
        "total": row.total, "grade": row.grade, "raised": raised, "changed": changed,
    }  # fmt: skip
    evidence.record(kind=KIND, order_no="", data=data, internal=True, row_id=row.pk, now=now)


def counts_of(row: Credit) -> Counts:
    return Counts(**row.counts)
