"""Files come in by batches: rows, counts and progress are one transaction, so a kill loses and doubles nothing."""

import time
from collections.abc import Callable, Collection, Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO
from uuid import uuid4

from django.db import DatabaseError, connections, transaction

from common import forks, progress, tables
from common.jobs import enqueue_after_commit
from common.phrases import packed, phrase
from common.tables import Row, UnreadableFile
from common.transitions import again_on_deadlock
from orders.models import OPEN_IMPORTS, ImportRun, RejectedRow
from orders.services import holders
from orders.services import import_files as files

BATCH = 1000
LEASE = timedelta(seconds=30)
KEPT = 1000  # rejected rows a run remembers word for word; their number is exact
MOST_BYTES = 50 << 20
GIVEN_UP_AFTER = timedelta(days=7)
MOST_TRIES = 3
KILLED = phrase(
    "导入这份文件的进程 {n} 次在同一处被系统结束，多半是内存不够，已停下。"
    "请把文件分成几份，或另存为 CSV 再上传。",
    n=MOST_TRIES,
)
LEFT = phrase("在终端里断了以后没有再接着做。")
Rejected = list[tuple[int, str]]


@dataclass
class Outcome:
    """What became of a batch; of each rejected row its line and why."""

    accepted: int = 0
    duplicates: int = 0
    rejected: Rejected = field(default_factory=list)


@dataclass(frozen=True)
class Kind:
    """What the room that takes the rows says of such files; `take` runs inside the batch's transaction."""

    columns: Sequence[str]
    optional: Collection[str]
    take: Callable[[list[Row], datetime], Outcome]


class Lost(Exception):
    """Another process goes on with the run: this one has stopped and changed nothing more."""


def receive(*, kind: str, file: BinaryIO, name: str, by: str, now: datetime) -> ImportRun:
    """A file from the admin: kept, queued; a worker is told, and the sweep finds it anyway."""
    path, digest = files.set_down(file)
    size = path.stat().st_size
    with transaction.atomic():
        run = _new(kind, "admin", name, digest, size, by, now)
        files.adopt(path, run.pk)
        enqueue_after_commit("imports.go_on", run_id=run.pk)
    return run


def at_terminal(*, kind: str, path: Path, by: str, now: datetime) -> ImportRun:
    """The run of these bytes that was broken off here, else a new one; claimed."""
    digest, size = tables.fingerprint(path)
    broken_off = ImportRun.objects.filter(
        kind=kind, sha256=digest, source="terminal", state__in=OPEN_IMPORTS
    ).first()
    run = broken_off or _new(kind, "terminal", path.name, digest, size, by, now)
    if not claim(run=run, now=now):
        raise Lost(phrase("文件 {name} 正由另一个进程导入，请等它做完。", name=path.name))
    return run


def claim(*, run: ImportRun, now: datetime, tries: int = 0) -> bool:
    """Make the run ours for a lease's time, unless somebody alive holds it."""
    if not run.is_open or not _is_free(run, now):
        return False
    mine: dict[str, Any] = {
        "token": uuid4(), "held_by": holders.myself(), "lease_until": now + LEASE, "state": "running",
        "started_at": run.started_at or now, "tries": tries,
    }  # fmt: skip
    held = ImportRun.objects.filter(pk=run.pk, token=run.token, state__in=OPEN_IMPORTS)
    return _written(run, held.update(**mine), mine)


def claim_next(*, now: datetime, run_id: int | None = None) -> ImportRun | None:
    """The first file of the queue, or the one named, that nobody holds; one that kills who takes it is stopped."""
    waiting = ImportRun.objects.filter(state__in=OPEN_IMPORTS, source="admin").order_by("id")
    for run in waiting.filter(pk=run_id) if run_id else waiting[:20]:
        if not claim(run=run, now=now, tries=run.tries + 1):
            continue
        if run.tries <= MOST_TRIES:
            return run
        give_up(run=run, why=KILLED, now=now)
    return None


def carry_on(
    *, run: ImportRun, kind: Kind, source: Path, clock: Callable[[], datetime]
) -> Generator[Rejected, None, None]:
    """Take the rest of a claimed run, a step at a time, each committed; yields what each step rejected."""
    try:
        if run.rows_total is None or not files.is_unpacked(run.pk):
            with _reading(run, clock) as step:
                total = files.unpack(
                    run.pk, source, columns=kind.columns, optional=kind.optional, name=run.file_name, step=step
                )  # fmt: skip
            _record(run, clock(), rows_total=total, tries=0)
        yield []
        rows = files.rows(run.pk, skip=run.rows_done)
        while run.is_open:
            _give_way()
            yield _take_batch(run, kind, list(islice(rows, BATCH)), clock)
    except UnreadableFile as error:
        _record(run, clock(), state="unreadable", **_because(error.why))
        raise
    finally:
        _let_go(run)


def give_up(*, run: ImportRun, why: str, now: datetime) -> None:
    """Our own code broke on it: it stays where it is, and says so."""
    ImportRun.objects.filter(pk=run.pk, state__in=OPEN_IMPORTS).update(
        state="stopped", finished_at=now, token=None, **_because(why)
    )
    files.discard(run.pk)


def tidy(*, now: datetime) -> None:
    """Runs that nobody took up again on a terminal end; files that belong to no open run are thrown away."""
    old = files.left_behind(now=now)
    if not old:
        return
    forgotten = ImportRun.objects.filter(state__in=OPEN_IMPORTS, source="terminal")
    forgotten = forgotten.filter(lease_until__lt=now - GIVEN_UP_AFTER)
    forgotten.update(state="stopped", finished_at=now, token=None, **_because(LEFT))
    used = {str(pk) for pk in ImportRun.objects.filter(state__in=OPEN_IMPORTS).values_list("pk", flat=True)}
    for path in old:
        if path.name not in used:
            files.throw_away(path)


def _because(why: str) -> dict[str, Any]:
    return {"error": why, "error_said": packed(why)}


def _new(kind: str, source: str, name: str, digest: str, size: int, by: str, now: datetime) -> ImportRun:
    return ImportRun.objects.create(
        kind=kind, source=source, file_name=name[-200:], sha256=digest, size=size, started_by=by, created_at=now
    )  # fmt: skip


def _take_batch(run: ImportRun, kind: Kind, batch: list[Row], clock: Callable[[], datetime]) -> Rejected:
    if not batch:
        raise UnreadableFile(phrase("文件 {name} 存下的行不全，请再导入一次。", name=run.file_name))
    began = time.monotonic()

    def step() -> tuple[Rejected, dict[str, Any]]:
        with transaction.atomic():
            _hold(run, lease_until=clock() + LEASE)  # first: who lost the run waits here and goes no further
            outcome = kind.take([row for row in batch if not row.trouble], clock())
            rejected = sorted([*outcome.rejected, *((row.line, row.trouble) for row in batch if row.trouble)])
            kept = rejected[: max(0, KEPT - run.rejected)]
            RejectedRow.objects.bulk_create(
                [RejectedRow(run=run, line=n, detail=why, said=packed(why)) for n, why in kept]
            )
            news = _counted(run, outcome, len(rejected), batch, time.monotonic() - began)
            return rejected, _hold(run, **_ended(run, news, clock()))

    rejected, news = again_on_deadlock(step)
    _written(run, 1, news)
    return rejected


def _counted(
    run: ImportRun, outcome: Outcome, rejected: int, batch: list[Row], took_s: float
) -> dict[str, Any]:
    return {
        "rows_done": run.rows_done + len(batch), "last_line": batch[-1].line,
        "accepted": run.accepted + outcome.accepted, "duplicates": run.duplicates + outcome.duplicates,
        "rejected": run.rejected + rejected, "rows_per_s": len(batch) / max(took_s, 0.001),
        "tries": 0,
    }  # fmt: skip


def _ended(run: ImportRun, news: dict[str, Any], now: datetime) -> dict[str, Any]:
    """The news, and that it is over, if it is."""
    after = {"rows_done": run.rows_done, "rows_total": run.rows_total, "state": run.state} | news
    if (
        after["rows_total"] is not None
        and after["rows_done"] >= after["rows_total"]
        and after["state"] == "running"
    ):
        news = news | {"state": "done"}
    return news if news.get("state") is None else news | {"finished_at": now}


def _record(run: ImportRun, now: datetime, **news: Any) -> None:
    _written(run, 1, _hold(run, **_ended(run, news | {"lease_until": now + LEASE}, now)))


@contextmanager
def _reading(run: ImportRun, clock: Callable[[], datetime]) -> Iterator[Callable[[float], None]]:
    """What to call in the middle of the reading: it keeps the lease, lets forks pass, and shows a bar on a terminal."""
    with progress.bar(100, f"读 {run.file_name}", unit="%", shown=run.source == "terminal") as bar:

        def step(part: float) -> None:
            _give_way()
            _stay(run, clock())
            bar.update(int(part * 100) - bar.n)

        yield step


def _give_way() -> None:
    forks.gate.give_way(leaving=connections.close_all)


def _stay(run: ImportRun, now: datetime) -> None:
    """Ours a lease longer, once a third of it is over."""
    if run.lease_until is None or run.lease_until - now < LEASE * 2 / 3:
        _written(run, 1, _hold(run, lease_until=now + LEASE))


def _hold(run: ImportRun, **news: Any) -> dict[str, Any]:
    """Write only while the run is ours."""
    if ImportRun.objects.filter(pk=run.pk, token=run.token, state__in=OPEN_IMPORTS).update(**news) != 1:
        raise Lost(phrase("文件 {name} 由另一个进程接着导入，这里已停下。", name=run.file_name))
    return news


def _written(run: ImportRun, rows: int, news: dict[str, Any]) -> bool:
    """Bring the instance up to date with what is in the database."""
    for name, value in news.items() if rows == 1 else ():
        setattr(run, name, value)
    return rows == 1


def _let_go(run: ImportRun) -> None:
    if not run.is_open:
        files.discard(run.pk)
    with suppress(DatabaseError):  # else the lease ends by itself
        ImportRun.objects.filter(pk=run.pk, token=run.token).update(token=None, held_by="", tries=0)


def _is_free(run: ImportRun, now: datetime) -> bool:
    return (
        run.token is None or run.lease_until is None or run.lease_until <= now or holders.is_dead(run.held_by)
    )
