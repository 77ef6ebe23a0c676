"""A pool process is never forked while a thread of the worker has the database open."""

import os
import sqlite3
import threading
import time

import pytest

from common import forks
from common.forks import Gate


def in_child(step):
    """What the step returned in a forked process, as its exit status."""
    pid = os.fork()
    if pid == 0:
        os._exit(int(step()))
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


@pytest.fixture
def writer(tmp_path):
    """A thread that has written, and waits inside the gate with its transaction open."""
    path, began, ends = tmp_path / "x.sqlite3", threading.Event(), threading.Event()
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("CREATE TABLE t (n)")

    def work():
        with forks.gate.inside():
            db = sqlite3.connect(path, isolation_level=None)
            db.execute("BEGIN IMMEDIATE")
            began.set()
            ends.wait(5)
            db.execute("COMMIT")
            db.close()

    thread = threading.Thread(target=work)
    thread.start()
    began.wait(5)
    yield path, ends
    ends.set()
    thread.join()


def test_a_forked_process_can_write(writer):
    path, ends = writer
    threading.Timer(0.3, ends.set).start()

    def write():
        try:
            db = sqlite3.connect(path, timeout=2, isolation_level=None)
            db.execute("INSERT INTO t VALUES (1)")
            return 0
        except sqlite3.OperationalError:  # "database is locked", by a thread that this process doesn't have
            return 1

    began = time.monotonic()
    assert in_child(write) == 0
    assert time.monotonic() - began > 0.2


def test_nobody_enters_while_a_fork_waits_and_whoever_is_inside_learns_of_it():
    gate, entered, seen = Gate(), threading.Event(), []

    def second():
        with gate.inside():
            entered.set()

    with gate.inside():
        fork = threading.Thread(target=gate.before_fork)
        fork.start()
        while not gate.wanted:
            time.sleep(0.01)
        late = threading.Thread(target=second)
        late.start()
        seen.append(entered.wait(0.1))
    fork.join(5)
    seen.append(entered.wait(0.1))
    gate.after_in_parent()
    late.join(5)
    assert (seen, entered.is_set(), gate.wanted) == ([False, False], True, False)


def test_whoever_is_inside_may_fork_itself():
    began = time.monotonic()
    with forks.gate.inside():
        assert in_child(lambda: forks.gate.wanted) == 0
    assert time.monotonic() - began < 5
