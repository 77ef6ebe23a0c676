"""The sandbox's own memory: one SQLite file that survives a kill and later tells what was executed.

`jobs` holds each order, refund and step on a licence once per key; `licences` says what each of them is now; `changes`
and `request_log` only ever grow.
"Executed at most once" reads: no (channel, key) has two rows with effect `created` in `request_log`.
"""

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import astuple, dataclass, fields, replace
from pathlib import Path

FILE_NAME = "sandbox.sqlite3"

SCHEMA = """
CREATE TABLE IF NOT EXISTS jobs (
    channel TEXT NOT NULL, key TEXT NOT NULL, reference TEXT NOT NULL, body TEXT NOT NULL,
    plan TEXT NOT NULL, amount INTEGER NOT NULL CHECK (amount > 0), state TEXT NOT NULL,
    delivered INTEGER NOT NULL CHECK (delivered BETWEEN 0 AND amount), step INTEGER NOT NULL,
    created_at REAL NOT NULL, changed_at REAL NOT NULL, next_at REAL,
    PRIMARY KEY (channel, key));
CREATE INDEX IF NOT EXISTS jobs_due ON jobs (next_at) WHERE next_at IS NOT NULL;
CREATE INDEX IF NOT EXISTS jobs_changed ON jobs (channel, changed_at);
CREATE TABLE IF NOT EXISTS changes (
    id INTEGER PRIMARY KEY, channel TEXT NOT NULL, key TEXT NOT NULL,
    state TEXT NOT NULL, delivered INTEGER NOT NULL, at REAL NOT NULL);
CREATE INDEX IF NOT EXISTS changes_of ON changes (channel, key, id);
CREATE TABLE IF NOT EXISTS request_log (
    id INTEGER PRIMARY KEY, at REAL NOT NULL, channel TEXT NOT NULL, method TEXT NOT NULL,
    path TEXT NOT NULL, key TEXT NOT NULL, body_sha256 TEXT NOT NULL,
    status INTEGER NOT NULL, effect TEXT NOT NULL, fault TEXT NOT NULL DEFAULT '');
CREATE INDEX IF NOT EXISTS request_log_key ON request_log (channel, key);
CREATE TABLE IF NOT EXISTS call_backs (
    event_id TEXT PRIMARY KEY, channel TEXT NOT NULL, body TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0, last_status INTEGER, next_at REAL, done_at REAL);
CREATE INDEX IF NOT EXISTS call_backs_due ON call_backs (next_at) WHERE next_at IS NOT NULL;
CREATE TABLE IF NOT EXISTS licences (id TEXT PRIMARY KEY, state TEXT NOT NULL);
CREATE TRIGGER IF NOT EXISTS request_log_stays BEFORE UPDATE ON request_log
    BEGIN SELECT RAISE(ABORT, 'request_log only grows'); END;
CREATE TRIGGER IF NOT EXISTS request_log_kept BEFORE DELETE ON request_log
    BEGIN SELECT RAISE(ABORT, 'request_log only grows'); END;
CREATE TRIGGER IF NOT EXISTS changes_stay BEFORE UPDATE ON changes
    BEGIN SELECT RAISE(ABORT, 'changes only grow'); END;
CREATE TRIGGER IF NOT EXISTS changes_kept BEFORE DELETE ON changes
    BEGIN SELECT RAISE(ABORT, 'changes only grow'); END;
"""


@dataclass(frozen=True)
class Job:
    """One order or refund as the provider remembers it; `amount` is units or fen."""

    channel: str
    key: str
    reference: str
    body: str
    plan: str
    amount: int
    state: str
    delivered: int
    step: int
    created_at: float
    changed_at: float
    next_at: float | None


@dataclass(frozen=True)
class CallBack:
    """One announcement that waits for its 2xx; `body` are the bytes of every try."""

    event_id: str
    channel: str
    body: str
    attempts: int


@dataclass(frozen=True)
class LogRow:
    """One request as it came in, and what it did: created, repeated, conflict, voided, none or refused.

    `fault` is how the answer was spoilt, "" where it was not.
    """

    at: float
    channel: str
    method: str
    path: str
    key: str
    body_sha256: str
    status: int
    effect: str
    fault: str = ""


JOB_COLUMNS = ", ".join(field.name for field in fields(Job))
LOG_COLUMNS = ", ".join(field.name for field in fields(LogRow))


class Store:
    """One connection behind one lock; every write happens inside `transaction()`."""

    def __init__(self, *, data_dir: Path) -> None:
        data_dir.mkdir(parents=True, exist_ok=True)
        self._lock = threading.RLock()
        self._db = sqlite3.connect(
            data_dir / FILE_NAME, timeout=20, isolation_level=None, check_same_thread=False
        )
        self._db.execute("PRAGMA journal_mode=WAL")
        # NORMAL keeps every commit through a killed process, which is all that a twin has to survive.
        self._db.execute("PRAGMA synchronous=NORMAL")
        self._db.executescript(f"BEGIN IMMEDIATE; {SCHEMA} COMMIT;")
        self._add_what_is_new()

    def _add_what_is_new(self) -> None:
        """A file of an earlier version has a log without faults."""
        with self.transaction():
            if "fault" not in {row[1] for row in self._all("PRAGMA table_info(request_log)")}:
                self._db.execute("ALTER TABLE request_log ADD COLUMN fault TEXT NOT NULL DEFAULT ''")

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything inside happens, or nothing."""
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def close(self) -> None:
        with self._lock:
            self._db.close()

    def job(self, *, channel: str, key: str) -> Job | None:
        found = self._jobs("channel = ? AND key = ?", channel, key)
        return found[0] if found else None

    def jobs(self, *, channel: str, since: float = 0.0) -> list[Job]:
        """The jobs that changed at that instant or later, oldest change first."""
        return self._jobs("channel = ? AND changed_at >= ? ORDER BY changed_at, key", channel, since)

    def due_jobs(self, *, now: float, limit: int) -> list[Job]:
        return self._jobs("next_at <= ? ORDER BY next_at LIMIT ?", now, limit)

    def next_due(self, *, table: str) -> float | None:
        """When the next row of `jobs` or `call_backs` wants something."""
        assert table in ("jobs", "call_backs")
        rows = self._all(f"SELECT min(next_at) FROM {table} WHERE next_at IS NOT NULL")
        return rows[0][0]

    def add_job(self, job: Job) -> None:
        marks = ", ".join("?" * len(fields(Job)))
        self._db.execute(f"INSERT INTO jobs ({JOB_COLUMNS}) VALUES ({marks})", astuple(job))
        self._add_change(job)

    def move_job(
        self, job: Job, *, state: str, delivered: int, step: int, next_at: float | None, now: float
    ) -> Job:
        """Write the next step; only a visible change is dated and kept in `changes`."""
        changed = (state, delivered) != (job.state, job.delivered)
        moved = replace(
            job,
            state=state,
            delivered=delivered,
            step=step,
            next_at=next_at,
            changed_at=now if changed else job.changed_at,
        )
        self._db.execute(
            "UPDATE jobs SET state = ?, delivered = ?, step = ?, next_at = ?, changed_at = ?"
            " WHERE channel = ? AND key = ?",
            (state, delivered, step, next_at, moved.changed_at, job.channel, job.key),
        )
        if changed:
            self._add_change(moved)
        return moved

    def deliveries(self, *, key: str) -> list[tuple[float, int]]:
        """(instant, units delivered by then) of an order, in order."""
        return self._all(
            "SELECT at, delivered FROM changes WHERE channel = 'supplier' AND key = ? ORDER BY id", key
        )

    def licence(self, licence_id: str) -> str:
        """What the licence is; one that nobody has spoken of works."""
        rows = self._all("SELECT state FROM licences WHERE id = ?", licence_id)
        return rows[0][0] if rows else "active"

    def keep_licence(self, licence_id: str, state: str) -> None:
        self._db.execute("INSERT OR REPLACE INTO licences (id, state) VALUES (?, ?)", (licence_id, state))

    def checked(self, licence_id: str) -> bool:
        """Whether a step on it is still looked into."""
        return any(
            json.loads(body)["licence_id"] == licence_id
            for (body,) in self._all(
                "SELECT body FROM jobs WHERE channel = 'licence' AND state = 'manual_check'"
            )
        )

    def add_call_back(self, *, event_id: str, channel: str, body: str, now: float) -> None:
        self._db.execute(
            "INSERT INTO call_backs (event_id, channel, body, next_at) VALUES (?, ?, ?, ?)",
            (event_id, channel, body, now),
        )

    def take_call_back(self, *, now: float, lease: float) -> CallBack | None:
        """The most overdue call-back; taking it books its next try, so that a kill in between loses none."""
        rows = self._all(
            "SELECT event_id, channel, body, attempts + 1 FROM call_backs"
            " WHERE next_at <= ? ORDER BY next_at, rowid LIMIT 1",
            now,
        )
        if not rows:
            return None
        taken = CallBack(*rows[0])
        self._db.execute(
            "UPDATE call_backs SET attempts = ?, next_at = ? WHERE event_id = ?",
            (taken.attempts, now + lease, taken.event_id),
        )
        return taken

    def settle_call_back(
        self, *, event_id: str, status: int | None, next_at: float | None, done_at: float | None
    ) -> None:
        self._db.execute(
            "UPDATE call_backs SET last_status = ?, next_at = ?, done_at = ?"
            " WHERE event_id = ? AND done_at IS NULL",
            (status, next_at, done_at, event_id),
        )

    def add_log(self, row: LogRow) -> None:
        marks = ", ".join("?" * len(fields(LogRow)))
        self._db.execute(f"INSERT INTO request_log ({LOG_COLUMNS}) VALUES ({marks})", astuple(row))

    def log(self, *, effect: str | None = None) -> list[LogRow]:
        """The request log in order, all of it or the rows of one effect."""
        rows = self._all(
            f"SELECT {LOG_COLUMNS} FROM request_log WHERE ?1 IS NULL OR effect = ?1 ORDER BY id", effect
        )
        return [LogRow(*row) for row in rows]

    def requests(self, *, channel: str, method: str, key: str) -> tuple[int, int]:
        """(genuine requests by that method, faults by any method) that the key has seen."""
        rows = self._all(
            "SELECT coalesce(sum(method = ? AND status <> 401), 0), coalesce(sum(fault <> ''), 0) FROM request_log"
            " WHERE channel = ? AND key = ?",
            method,
            channel,
            key,
        )
        return rows[0]

    def call_backs_waiting(self) -> int:
        """How many announcements still have a try ahead of them."""
        return int(self._all("SELECT count(*) FROM call_backs WHERE next_at IS NOT NULL")[0][0])

    def _add_change(self, job: Job) -> None:
        self._db.execute(
            "INSERT INTO changes (channel, key, state, delivered, at) VALUES (?, ?, ?, ?, ?)",
            (job.channel, job.key, job.state, job.delivered, job.changed_at),
        )

    def _jobs(self, where: str, *values: object) -> list[Job]:
        return [Job(*row) for row in self._all(f"SELECT {JOB_COLUMNS} FROM jobs WHERE {where}", *values)]

    def _all(self, query: str, *values: object) -> list:
        with self._lock:
            return self._db.execute(query, values).fetchall()
