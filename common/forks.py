"""No fork while a thread of this process has SQLite open: the child would inherit locks that nobody ever lets go.

SQLite remembers in memory which locks its process holds. A pool process that is forked while a thread of the worker
writes finds the database locked for as long as it lives.
"""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

PATIENCE_S = (
    30.0  # then the fork goes on: a pool without a process is worse than one that may have to be replaced
)


class Gate:
    """Many may be inside; a fork waits until nobody is, and nobody enters while it waits."""

    def __init__(self) -> None:
        self._reset()

    def _reset(self) -> None:
        self._changed = threading.Condition()
        self._inside: set[int] = set()
        self._forks = 0

    @contextmanager
    def inside(self) -> Iterator[None]:
        """Around everything that opens and closes connections of its own thread, and of threads it waits for."""
        with self._changed:
            self._changed.wait_for(lambda: not self._forks)
            self._inside.add(threading.get_ident())
        try:
            yield
        finally:
            with self._changed:
                self._inside.discard(threading.get_ident())
                self._changed.notify_all()

    @property
    def wanted(self) -> bool:
        """Whether a fork waits: whoever is inside should come to an end."""
        return self._forks > 0

    def give_way(self, *, leaving: Callable[[], None]) -> None:
        """Step outside while a fork waits, in the middle of long work; `leaving` closes what no child may inherit."""
        me = threading.get_ident()
        if not self._forks or me not in self._inside:
            return
        leaving()
        with self._changed:
            self._inside.discard(me)
            self._changed.notify_all()
            self._changed.wait_for(lambda: not self._forks)
            self._inside.add(me)

    def before_fork(self) -> None:
        with self._changed:
            self._forks += 1
            me = {threading.get_ident()}
            self._changed.wait_for(lambda: self._inside <= me, timeout=PATIENCE_S)

    def after_in_parent(self) -> None:
        with self._changed:
            self._forks -= 1
            self._changed.notify_all()

    def after_in_child(self) -> None:
        self._reset()  # the condition may be held by a thread that the child doesn't have


gate = Gate()
os.register_at_fork(
    before=gate.before_fork, after_in_parent=gate.after_in_parent, after_in_child=gate.after_in_child
)
