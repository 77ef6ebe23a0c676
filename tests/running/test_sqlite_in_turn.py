"""Who waits for SQLite's one writer is not overtaken or told too soon, and asks nothing again within a transaction."""

import threading
import time

import pytest
from django.db import OperationalError
from django.db.utils import load_backend

from shop_aftersales import environment
from shop_aftersales.sqlite_in_turn import base

THREADS, TURNS, HELD_S = 4, 25, 0.004


@pytest.fixture
def opened(tmp_path, django_db_blocker):
    """Connections to one file, as the program opens it; `patience_s` is what a statement waits."""
    found = []

    def connect(*, patience_s=30.0):
        given = environment.sqlite()
        given["OPTIONS"] |= {"timeout": patience_s}
        defaults = {"NAME": str(tmp_path / "shop.sqlite3"), "TIME_ZONE": None, "CONN_HEALTH_CHECKS": False}
        defaults |= {"ATOMIC_REQUESTS": False, "AUTOCOMMIT": True, "TEST": {}}
        wrapper = load_backend(given["ENGINE"]).DatabaseWrapper
        found.append(wrapper(defaults | given, alias=f"of_test_{len(found)}"))
        found[-1].inc_thread_sharing()
        return found[-1]

    with django_db_blocker.unblock():
        yield connect
        for one in found:
            one.close()


def begin(connection):
    with connection.cursor() as cursor:
        cursor.execute("BEGIN IMMEDIATE")


def end(connection):
    with connection.cursor() as cursor:
        cursor.execute("COMMIT")


def most_overtaken(connections):
    """How many turns of others came between asking for one's turn and having it, at most."""
    turns, most, gate = [], [], threading.Barrier(len(connections))

    def work(connection):
        gate.wait(30)
        for _ in range(TURNS):
            asked = len(turns)
            begin(connection)
            most.append(len(turns) - asked)
            turns.append(connection)
            time.sleep(HELD_S)
            end(connection)

    threads = [threading.Thread(target=work, args=[one]) for one in connections]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(turns) == len(connections) * TURNS
    return max(most)


def test_nobody_is_overtaken_by_more_than_those_before_them(opened):
    connections = [opened() for _ in range(THREADS)]
    for one in connections:
        one.ensure_connection()
    assert most_overtaken(connections) <= 2 * THREADS


def test_a_statement_outside_a_transaction_waits_for_its_turn_too(opened):
    holder, other = opened(), opened()
    with holder.cursor() as cursor:
        cursor.execute("CREATE TABLE seen (what text)")
    begin(holder)
    later = threading.Timer(0.1, end, [holder])
    later.start()
    with other.cursor() as cursor:
        cursor.execute("INSERT INTO seen VALUES (%s)", ["once"])
        later.join()
        cursor.execute("SELECT what FROM seen")
        assert cursor.fetchall() == [("once",)]


def test_patience_ends_with_the_error_that_is_known(opened):
    holder, other = opened(), opened(patience_s=0.05)
    begin(holder)
    with pytest.raises(OperationalError, match=r"^database is locked$"):
        begin(other)
    end(holder)
    begin(other)
    end(other)


@pytest.fixture
def never_waits(monkeypatch):
    """Whoever comes to the queue has failed."""
    monkeypatch.setattr(base.Queue, "run", lambda *_, **__: pytest.fail("it waited in the queue"))


def test_within_a_transaction_nothing_is_asked_again(opened, never_waits):
    """What was read is old by then: the whole transaction has to be taken again."""
    holder, reader = opened(), opened()
    with holder.cursor() as cursor:
        cursor.execute("CREATE TABLE seen (what text)")
    with reader.cursor() as cursor:
        cursor.execute("BEGIN DEFERRED")
        cursor.execute("SELECT what FROM seen")
        begin(holder)
        with pytest.raises(OperationalError, match=r"^database is locked$"):
            cursor.execute("INSERT INTO seen VALUES ('late')")
        cursor.execute("ROLLBACK")
    end(holder)


def test_who_still_reads_an_old_state_learns_at_once_that_it_can_t_write(opened, never_waits):
    """Waiting is of no use: it would hold up the others of its process for as long as its patience lasts."""
    other, reader = opened(), opened()
    with other.cursor() as cursor:
        cursor.execute("CREATE TABLE seen (what text)")
        cursor.execute("INSERT INTO seen VALUES ('a'), ('b')")
    with reader.cursor() as half_read:
        half_read.execute("SELECT what FROM seen")
        assert half_read.fetchone() == ("a",)
        with other.cursor() as cursor:
            cursor.execute("INSERT INTO seen VALUES ('c')")
        with pytest.raises(OperationalError, match=r"^database is locked$"):
            begin(reader)
