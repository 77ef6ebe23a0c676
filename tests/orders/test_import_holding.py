"""Who holds a file, how often it may kill them, and that reading it stands in nobody's way."""

import os
import threading
import time
from datetime import timedelta
from itertools import pairwise

import pytest

from common import clock, delimited, forks, progress
from compensation.services import imports as workers
from orders.models import ImportRun, Order
from orders.services import holders, import_files, imports
from shop_aftersales.sweeper import Loop
from tests.compensation.test_scan import ORDER_COLUMNS, command, write
from tests.orders.conftest import PAID, z


class Killed(BaseException):
    """Nothing of ours may catch it, as nothing catches kill −9."""


@pytest.fixture(autouse=True)
def apart(settings, tmp_path, monkeypatch):
    settings.DATA_DIR = tmp_path / "data"
    monkeypatch.setattr(imports, "BATCH", 5)
    monkeypatch.setattr(workers, "PAUSE_S", 0)


@pytest.fixture
def file(shop, tmp_path):
    rows = [[f"A-{n}", "likes", "u-1", 1000, 5000, z(PAID), f"t-{n}", 20] for n in range(12)]
    return write(tmp_path / "orders.csv", ORDER_COLUMNS, rows)


def hand_in(file):
    with file.open("rb") as given:
        return imports.receive(kind="orders", file=given, name="o.csv", by="qiao", now=clock.now())


def taken_and_killed(monkeypatch, owner, name, now, *, times=1):
    """Workers that take the file up and end at the first call of owner.name, one after the other."""

    def die(*args, **named):
        raise Killed

    with monkeypatch.context() as dying:
        dying.setattr(owner, name, die)
        dying.setattr(imports, "_let_go", lambda run: None)
        for turn in range(times):
            with pytest.raises(Killed):
                workers.run_due(now=now + turn * 2 * imports.LEASE)


@pytest.mark.parametrize(
    ("owner", "name", "more"), [(import_files, "read_rows", 0), (imports, "_take_batch", 1)]
)  # the first has read the file, and so come further
@pytest.mark.django_db(transaction=True)
def test_what_kills_three_workers_in_the_same_place_is_stopped_and_said(file, monkeypatch, owner, name, more):
    run, now = hand_in(file), clock.now()
    taken_and_killed(monkeypatch, owner, name, now, times=imports.MOST_TRIES + more)
    run.refresh_from_db()
    assert (run.state, run.tries) == ("running", imports.MOST_TRIES)
    workers.run_due(now=now + timedelta(hours=1))
    run.refresh_from_db()
    assert (run.state, run.error, Order.objects.count()) == ("stopped", imports.KILLED, 0)
    workers.run_due(now=now + timedelta(hours=2))
    assert ImportRun.objects.get().state == "stopped"


@pytest.mark.django_db(transaction=True)
def test_whoever_comes_further_counts_anew(file, monkeypatch):
    """Killed twice, then a batch, then killed twice more: that is no sign of anything."""
    run, now = hand_in(file), clock.now()
    taken_and_killed(monkeypatch, import_files, "read_rows", now, times=2)
    monkeypatch.setattr(workers, "SWEEP_S", 0)
    workers.run_due(now=now + timedelta(hours=1))
    run.refresh_from_db()
    assert (run.tries, run.rows_total) == (0, 12)
    taken_and_killed(monkeypatch, imports, "_take_batch", now + timedelta(hours=2), times=2)
    for hour in (3, 4, 5):
        workers.run_due(now=now + timedelta(hours=hour))
    run.refresh_from_db()
    assert (run.state, run.rows_done, run.tries) == ("done", 12, 0)


@pytest.mark.django_db(transaction=True)
def test_who_is_killed_after_a_batch_came_further_too(file, monkeypatch):
    """Each takes one row and dies at the next: the file is done in the end."""
    run, now, real, calls = hand_in(file), clock.now(), imports._take_batch, []

    def every_second(*args):
        calls.append(1)
        if len(calls) % 2 == 0:
            raise Killed
        return real(*args)

    with monkeypatch.context() as dying:
        dying.setattr(imports, "BATCH", 1)
        dying.setattr(imports, "_take_batch", every_second)
        dying.setattr(imports, "_let_go", lambda run: None)
        for turn in range(imports.MOST_TRIES + 2):
            with pytest.raises(Killed):
                workers.run_due(now=now + turn * 2 * imports.LEASE)
    run.refresh_from_db()
    assert (run.state, run.rows_done, run.tries) == ("running", imports.MOST_TRIES + 2, 0)
    workers.run_due(now=now + timedelta(hours=1))
    assert ImportRun.objects.get().state == "done"


def test_only_a_process_counted_where_ours_are_is_known_to_be_dead(monkeypatch, tmp_path):
    gone = 2**22 + 1  # higher than any process number
    ours, place = holders.myself(), holders.myself().rpartition(":")[0]
    assert len(ours) <= ImportRun._meta.get_field("held_by").max_length
    host, boot, numbering = place.split(":")
    table = {
        ours: False, f"{place}:{gone}": True, f"elsewhere:{boot}:{numbering}:{gone}": False,
        f"{host}:{boot}:{int(numbering) + 1}:{gone}": False,  # a container of the same pod
        f"{host}:another-boot:{numbering}:{gone}": False, f"{host}:{gone}": False, "": False, f"{place}:x": False,
    }  # fmt: skip
    assert {holder: holders.is_dead(holder) for holder in table} == table
    monkeypatch.setattr(holders, "BOOT", tmp_path / "none")
    assert [holders.is_dead(holder) for holder in (holders.myself(), f":{gone}", f"{place}:{gone}")] == [
        False
    ] * 3


@pytest.mark.django_db(transaction=True)
def test_a_fork_does_not_wait_for_a_file_that_is_read_and_the_heart_goes_on_beating(file, monkeypatch):
    """Half a second from row to row: the file alone takes six."""
    began, beats = threading.Event(), []
    slowly = import_files.written
    monkeypatch.setattr(delimited, "BREATH", 1)
    monkeypatch.setattr(import_files, "written", lambda row: began.set() or time.sleep(0.5) or slowly(row))
    hand_in(file)
    reading = Loop(name="long", steps={"imports": workers.run_due}, every_s=60)
    heart = Loop(name="heart", steps={"beat": lambda now: beats.append(time.monotonic())}, every_s=0.05)
    for loop in (reading, heart):
        loop.start()
    assert began.wait(5)
    waited = time.monotonic()
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    forked = time.monotonic()
    os.waitpid(pid, 0)
    assert ImportRun.objects.get().rows_total is None  # still being read
    time.sleep(0.5)
    for loop in (reading, heart):
        loop.end()
        loop.join(30)
    assert forked - waited < 2
    assert len([at for at in beats if at > forked]) >= 3
    assert max(after - before for before, after in pairwise(beats)) < 2
    assert ImportRun.objects.get().rows_total == 12


def test_whoever_gives_way_is_outside_only_while_a_fork_waits():
    gate, left = forks.Gate(), []
    gate.give_way(leaving=lambda: left.append("not inside"))
    with gate.inside():
        gate.give_way(leaving=lambda: left.append("no fork"))
        fork = threading.Thread(target=lambda: (gate.before_fork(), gate.after_in_parent()))
        fork.start()
        while not gate.wanted:
            time.sleep(0.01)
        gate.give_way(leaving=lambda: left.append("once"))
        assert gate._inside == {threading.get_ident()}
    fork.join(5)
    assert (left, gate._inside, fork.is_alive()) == (["once"], set(), False)


class Seen:
    """A bar that remembers what it was told."""

    def __init__(self, of, label, *, done=0, unit="行", shown=True):
        self.label, self.shown, self.n = label, shown, done

    def update(self, by):
        self.n += by

    def close(self):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *error):
        pass


def test_the_first_reading_shows_how_far_it_has_come_at_the_terminal_only(file, monkeypatch):
    bars = []
    monkeypatch.setattr(progress, "bar", lambda *args, **named: bars.append(Seen(*args, **named)) or bars[-1])
    assert command("import_orders", file)[0] == 0
    hand_in(file)
    workers.run_due(now=clock.now())
    assert [(bar.label, bar.shown, bar.n) for bar in bars] == [
        ("读 orders.csv", True, 100), ("导入订单", True, 12), ("读 o.csv", False, 100),
    ]  # fmt: skip
