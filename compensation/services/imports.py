"""Files of orders, counts and usage: which service takes their rows, at the terminal and in the workers."""

from __future__ import annotations

import logging
import time
from collections.abc import Generator, Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from django.db import InterfaceError, OperationalError

from common.jobs import enqueue_after_commit
from common.phrases import phrase
from common.tables import Row, UnreadableFile
from compensation.services import intake
from integrations.services import moments
from orders.rules import order_rows
from orders.rules.rows import RowError
from orders.services import import_files, imports, observations, usage
from orders.services.batches import Report
from orders.services.imports import Kind, Lost, Outcome, Rejected
from orders.services.intake import NewOrder

if TYPE_CHECKING:
    from orders.models import ImportRun

log = logging.getLogger(__name__)
# Other sweeps wait meanwhile; a batch that has begun is ended.
SWEEP_S, TASK_S = 3.0, 20.0
PAUSE_S = 0.1  # SQLite has one writer and no queue for it: between two batches others get their turn
BROKE = phrase("程序出了错，已停下，原因在日志里。已收下的行都算数；修好以后把文件再传一次即可。")


def at_terminal(*, kind: str, path: Path, by: str, now: datetime) -> Iterator[tuple[ImportRun, Rejected]]:
    """Steps to the end of the file; each time the run and what the step rejected. The first step has read it once."""
    run = imports.at_terminal(kind=kind, path=path, by=by, now=now)
    with closing(_steps(run, path, now)) as steps:
        for rejected in steps:
            yield run, rejected


def run_due(*, now: datetime) -> None:
    """A few seconds' worth of the file that waits longest; run by the sweep."""
    _go_on(imports.claim_next(now=now), now, SWEEP_S)
    imports.tidy(now=now)


def go_on(*, run_id: int, now: datetime) -> None:
    """A good part of one file; the next part is another message."""
    run = imports.claim_next(now=now, run_id=run_id)
    _go_on(run, now, TASK_S)
    if run is not None and run.is_open:
        enqueue_after_commit("imports.go_on", run_id=run_id)


def _go_on(run: ImportRun | None, now: datetime, for_s: float) -> None:
    if run is None:
        return
    end, before = time.monotonic() + for_s, (run.rows_total, run.rows_done)
    try:
        with closing(_steps(run, import_files.given(run.pk), now)) as steps:
            for _ in steps:
                if time.monotonic() > end and (run.rows_total, run.rows_done) != before:
                    break
                time.sleep(PAUSE_S)
    except (UnreadableFile, Lost) as why:
        log.info("导入 %s：%s", run.pk, why)
    except (OperationalError, InterfaceError):  # the database, not the file: the next sweep tries again
        raise
    except Exception:
        log.exception("导入 %s 出错，已停下", run.pk)
        imports.give_up(run=run, why=BROKE, now=moments.running_from(now)())


def _steps(run: ImportRun, source: Path, now: datetime) -> Generator[Rejected, None, None]:
    return imports.carry_on(run=run, kind=KINDS[run.kind], source=source, clock=moments.running_from(now))


def _take_orders(rows: list[Row], now: datetime) -> Outcome:
    outcome = Outcome()
    lines: dict[int, int] = {}  # by the row's own identity: a number may stand on several lines
    clean: list[NewOrder] = []
    for row in rows:
        try:
            new = NewOrder(**order_rows.order_fields(row.cells, now=now))
        except RowError as error:
            outcome.rejected.append((row.line, error.detail))
            continue
        lines[id(new)] = row.line
        clean.append(new)
    taken, unknown = intake.take_orders(new=clean, now=now)
    outcome.accepted, outcome.duplicates = taken.accepted, taken.duplicates
    for new in unknown:
        outcome.rejected.append((lines[id(new)], phrase("没有货号「{sku}」，请先建好商品。", sku=new.sku)))
    for new in taken.conflicts:
        taken_number = phrase("订单号 {order_no} 已有另一份内容，没有改动。", order_no=new.order_no)
        outcome.rejected.append((lines[id(new)], taken_number))
    return outcome


def _take_counts(rows: list[Row], now: datetime) -> Outcome:
    return _outcome(rows, observations.take_observations(raw_rows=[row.cells for row in rows], now=now))


def _take_usage(rows: list[Row], now: datetime) -> Outcome:
    return _outcome(rows, usage.take_usage(raw_rows=[row.cells for row in rows], now=now))


def _outcome(rows: list[Row], report: Report) -> Outcome:
    rejected = [(rows[error["index"]].line, error["detail"]) for error in report.rejected]
    return Outcome(report.accepted, report.duplicates, rejected)


KINDS = {
    "orders": Kind(order_rows.COLUMNS, order_rows.OPTIONAL, _take_orders),
    "observations": Kind(order_rows.COUNT_COLUMNS, order_rows.COUNT_OPTIONAL, _take_counts),
    "usage": Kind(order_rows.USAGE_COLUMNS, order_rows.USAGE_OPTIONAL, _take_usage),
}
