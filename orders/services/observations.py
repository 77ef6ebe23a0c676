"""Counts come in: each row judged by itself, rollups in the same transaction."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from common import garbage
from orders.models import Observation
from orders.rules import count_rows
from orders.rules.count_rows import Row
from orders.rules.line import Count
from orders.services import bulk, rollups
from orders.services.batches import UNKNOWN, Report, judge, reject_closed
from orders.services.rollups import Held

By = dict[str, list[Row]]  # order number


@garbage.at_rest
@transaction.atomic
def take_observations(*, raw_rows: Sequence[Any], now: datetime) -> Report:
    """Store counts; the same order and instant with another count is a conflict, with the same a duplicate."""
    report = Report()
    sound, bad = count_rows.read(raw_rows, now=now)
    for index, error in bad:
        report.reject(index, error.code, error.detail)
    held = rollups.hold({row[1] for row in sound})
    fresh, late = _sorted_out(held, sound, report)
    known = _known(held, late, fresh)
    for row in late:
        _, order_no, at, *figures = row
        key = held.pk(order_no), at
        if judge(report, row[0], key[0], known, key, figures, order_no):
            fresh[order_no].append(row)
    if fresh:
        bulk.add_counts({held.pk(order_no): rows for order_no, rows in fresh.items()})
        counted = {
            order_no: [Count(at, count, measurable) for _, _, at, count, _, _, measurable in rows]
            for order_no, rows in fresh.items()
        }
        rollups.carry_on(held=held, counted=counted, now=now)
    return report


def _sorted_out(held: Held, sound: Sequence[Row], report: Report) -> tuple[By, list[Row]]:
    """(counts later than all of their lines, the others): the first are new for certain, since the lines are held."""
    newest = {no: line.rolled.newest.at for no, line in held.lines.items() if line.rolled.newest}
    fresh: By = defaultdict(list)
    late: list[Row] = []
    for row in sound:
        order_no, at = row[1], row[2]
        line = held.lines.get(order_no)
        if line is None:
            judge(report, row[0], UNKNOWN, {}, None, None, order_no)
        elif line.closed_at:
            reject_closed(report, row[0], order_no=order_no, closed_at=line.closed_at)
        elif order_no not in newest or at > newest[order_no]:
            newest[order_no] = at
            fresh[order_no].append(row)
        else:
            late.append(row)
    report.accepted += sum(map(len, fresh.values()))
    return fresh, late


def _known(held: Held, late: Iterable[Row], fresh: Mapping[str, Sequence[Row]]) -> dict[Any, list[Any]]:
    """What is already there of the late ones, in the database or before them in the batch."""
    keys = {(held.pk(row[1]), row[2]) for row in late}
    if not keys:
        return {}
    rows = Observation.objects.filter(
        order_id__in={pk for pk, _ in keys}, observed_at__in={at for _, at in keys}
    )
    found = rows.values_list("order_id", "observed_at", "count", "comments", "shares", "measurable")
    known: dict[Any, list[Any]] = {(pk, at): figures for pk, at, *figures in found.iterator()}
    for order_no, some in fresh.items():
        pk = held.pk(order_no)
        known |= {(pk, at): figures for _, _, at, *figures in some if (pk, at) in keys}
    return known
