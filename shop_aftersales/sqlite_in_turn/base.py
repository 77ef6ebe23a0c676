"""Writers come to their turn within milliseconds, however many there are.

SQLite's own waiting sleeps longer and longer, up to 100 ms, and whoever comes later looks sooner: with eight buyers and
a busy worker some claims waited 3 s and more for transactions of 20 ms. Here whoever finds the database busy
looks again every few milliseconds, one thread of a process at a time, in the order they came.
"""

import os
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any

from django.db.backends.sqlite3 import base

LOOK_MS = 3  # SQLite itself looks after 0, 1 and 3 ms, but where it sees at once that waiting is of no use
# Not SQLITE_BUSY_SNAPSHOT: who reads an old state on the same connection never comes to write, however long it waits.
WAITING_HELPS = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_BUSY_RECOVERY)


class Queue:
    """The threads of this process that found the database busy; the first of them looks, the others wait for it."""

    def __init__(self) -> None:
        self._changing = threading.Lock()
        self._line: deque[threading.Event] = deque()

    @property
    def waits(self) -> bool:
        """Whether a thread of this process waits: whoever comes now would only be quicker than it."""
        return bool(self._line)

    def run(self, statement: Callable[[], Any], *, patience_s: float) -> Any:
        """What `statement` gives once the database lets it; sqlite3.OperationalError when patience ends."""
        ends, turn = time.monotonic() + patience_s, threading.Event()
        with self._changing:
            self._line.append(turn)
            self._line[0].set()
        try:
            turn.wait(patience_s)
            while True:
                try:
                    return statement()
                except sqlite3.OperationalError as error:
                    if not busy(error) or time.monotonic() > ends:
                        raise
                time.sleep(LOOK_MS / 1000)
        finally:
            with self._changing:
                self._line.remove(turn)
                if self._line:
                    self._line[0].set()


queue = Queue()
os.register_at_fork(after_in_child=queue.__init__)  # type: ignore[misc]  # the first may be a thread the child lacks


def busy(error: sqlite3.OperationalError) -> bool:
    """Another connection has the lock that was wanted, and nothing was done."""
    return error.sqlite_errorcode in WAITING_HELPS


class Cursor(base.SQLiteCursorWrapper):
    """Asks again only outside transactions: within one, what was read before may no longer be so."""

    patience_s: float

    def execute(self, query: str, params: Any = None) -> Any:
        try:
            if not (queue.waits and query.startswith("BEGIN")):
                return super().execute(query, params)
        except sqlite3.OperationalError as error:
            if not busy(error) or self.connection.in_transaction:
                raise
        again = super().execute
        return queue.run(lambda: again(query, params), patience_s=self.patience_s)


class DatabaseWrapper(base.DatabaseWrapper):
    """OPTIONS["timeout"] is the whole patience, in seconds."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        connection = super().get_new_connection(conn_params)
        connection.execute(f"PRAGMA busy_timeout = {LOOK_MS}")
        return connection

    def create_cursor(self, name: str | None = None) -> Any:
        cursor = self.connection.cursor(factory=Cursor)
        cursor.patience_s = self.settings_dict["OPTIONS"].get("timeout", 5.0)
        return cursor
