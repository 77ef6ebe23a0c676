"""A file broken off anywhere goes on where it stopped: nothing lost, nothing twice, the totals of the whole file."""

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from django.conf import settings as program
from django.db import OperationalError, connection

from common import clock, delimited
from compensation.services import imports as workers
from orders.models import ImportRun, Observation, Order, RejectedRow, Rollup
from orders.services import import_files, imports
from tests.compensation.test_scan import COUNT_COLUMNS, ORDER_COLUMNS, command, write
from tests.orders.conftest import PAID, at, z

ROWS = 23  # in batches of 5: four whole ones and a rest


class Killed(BaseException):
    """Nothing of ours may catch it, as nothing catches kill −9."""


@pytest.fixture(autouse=True)
def small(settings, tmp_path, monkeypatch):
    settings.DATA_DIR = tmp_path / "data"
    monkeypatch.setattr(imports, "BATCH", 5)
    monkeypatch.setattr(workers, "PAUSE_S", 0)


def order_rows(number, *, bad=(), prefix="A"):
    return [
        [f"{prefix}-{n}", "nothing" if n in bad else "likes", f"u-{n % 7}", 1000, 5000, z(PAID), f"t-{n}", 20]
        for n in range(number)
    ]


@pytest.fixture
def file(shop, tmp_path):
    """22 orders, one of an unknown sku in each of two batches, one given twice."""
    rows = order_rows(ROWS - 1, bad=(3, 16))
    return write(tmp_path / "orders.csv", ORDER_COLUMNS, [*rows, rows[0]])


def killed_in(monkeypatch, name, owner, *, at_call=1, after=False):
    """The process ends at that call of owner.name, before or after the work is done; nothing is let go."""
    real, calls = getattr(owner, name), []

    def die(*args, **named):
        calls.append(1)
        if len(calls) == at_call:
            if after:
                real(*args, **named)
            raise Killed
        return real(*args, **named)

    monkeypatch.setattr(owner, name, die)
    monkeypatch.setattr(imports, "_let_go", lambda run: None)


def whole(run):
    return (run.state, run.rows_done, run.rows_total, run.accepted, run.duplicates, run.rejected)


TOTALS = ("done", ROWS, ROWS, 20, 1, 2)
PHASES = {
    "unpacking": ("read_rows", import_files, 1, False, 0),
    "unpacked, not yet said": ("unpack", import_files, 1, True, 0),
    "before the first batch": ("rows", import_files, 1, False, 0),
    "in the third batch": ("_counted", imports, 3, False, 10),
    "rows stored, not committed": ("_ended", imports, 4, True, 10),
    "between batches": ("_written", imports, 4, False, 10),
    "all done, not tidied": ("_written", imports, 7, False, 23),
}


@pytest.mark.parametrize(("name", "owner", "at_call", "after", "done"), PHASES.values(), ids=PHASES)
@pytest.mark.django_db(transaction=True)
def test_killed_at_any_point_the_same_command_goes_on(file, monkeypatch, name, owner, at_call, after, done):
    with monkeypatch.context() as dying:
        killed_in(dying, name, owner, at_call=at_call, after=after)
        with pytest.raises(Killed):
            command("import_orders", file)
    run = ImportRun.objects.get()
    assert (run.rows_done, Order.objects.count() + run.duplicates + run.rejected) == (done, done)
    ImportRun.objects.update(held_by="another-machine:1", lease_until=clock.now())  # its lease has ended
    status, printed, complained = command("import_orders", file)
    if done == ROWS:  # nothing was left to do: the same file again is a new run
        assert printed == "订单：收下 0 行，重复 21 行，没收 2 行。\n"
        return
    said = [f"接着上次，从第 {done + 2} 行起。"] if done else []
    assert (status, printed.splitlines()) == (1, [*said, "订单：收下 20 行，重复 1 行，没收 2 行。"])
    assert len(complained.splitlines()) == 2 - (done > 3)  # those named before are not named again
    assert whole(ImportRun.objects.get()) == TOTALS
    assert list(RejectedRow.objects.values_list("line", flat=True)) == [5, 18]
    assert (Order.objects.count(), Rollup.objects.count()) == (20, 20)
    assert list((Path(program.DATA_DIR) / "imports").iterdir()) == []


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_in_the_middle_is_followed_when_its_lease_ends(file, monkeypatch):
    now = clock.now()
    with file.open("rb") as given:
        run = imports.receive(kind="orders", file=given, name="o.csv", by="qiao", now=now)
    with monkeypatch.context() as dying:
        killed_in(dying, "_counted", imports, at_call=3)
        with pytest.raises(Killed):
            workers.run_due(now=now)
    workers.run_due(now=now + imports.LEASE - timedelta(seconds=2))
    run.refresh_from_db()
    assert (run.state, run.rows_done) == ("running", 10)
    workers.run_due(now=now + imports.LEASE + timedelta(seconds=5))
    run.refresh_from_db()
    assert (whole(run), Order.objects.count()) == (TOTALS, 20)


@pytest.mark.django_db(transaction=True)
def test_one_that_lost_the_run_stops_and_stores_nothing_more(file):
    now = clock.now()
    slow = imports.at_terminal(kind="orders", path=file, by="x", now=now)
    steps = imports.carry_on(run=slow, kind=workers.KINDS["orders"], source=file, clock=lambda: now)
    next(steps)
    next(steps)
    assert Order.objects.count() == 4
    other = ImportRun.objects.get()
    assert not imports.claim(run=other, now=now)  # while the lease lasts
    assert imports.claim(run=other, now=now + imports.LEASE)
    with pytest.raises(imports.Lost):
        next(steps)
    assert (Order.objects.count(), ImportRun.objects.get().token) == (4, other.token)
    for _ in imports.carry_on(run=other, kind=workers.KINDS["orders"], source=file, clock=clock.now):
        pass
    assert (whole(ImportRun.objects.get()), Order.objects.count()) == (TOTALS, 20)


def test_reading_a_large_file_outlasts_a_lease_and_one_that_lost_it_meanwhile_stops(file, monkeypatch):
    """Twenty seconds pass between any two rows; nobody may think this one dead."""
    now, passed = clock.now(), []

    def late():
        return now + timedelta(seconds=20 * len(passed))

    def somebody_else(*, given_up):
        passed.append(1)
        return imports.claim(run=ImportRun.objects.get(state="running"), now=late()) is given_up

    slowly = import_files.read_rows
    monkeypatch.setattr(delimited, "BREATH", 1)
    monkeypatch.setattr(
        import_files,
        "read_rows",
        lambda *a, **k: (row for row in slowly(*a, **k) if somebody_else(given_up=False)),
    )
    run = imports.at_terminal(kind="orders", path=file, by="x", now=now)
    for _ in imports.carry_on(run=run, kind=workers.KINDS["orders"], source=file, clock=late):
        pass
    assert whole(ImportRun.objects.get()) == TOTALS

    def take_away():
        assert imports.claim(run=ImportRun.objects.get(state="running"), now=late() + imports.LEASE)
        passed.extend([1, 1])

    monkeypatch.setattr(
        import_files, "read_rows", lambda *a, **k: (take_away() or row for row in slowly(*a, **k))
    )
    run = imports.at_terminal(kind="orders", path=file, by="x", now=late())
    with pytest.raises(imports.Lost):
        list(imports.carry_on(run=run, kind=workers.KINDS["orders"], source=file, clock=late))


def test_two_at_once_is_said_and_the_second_waits(file):
    imports.at_terminal(kind="orders", path=file, by="x", now=clock.now())
    assert command("import_orders", file) == (2, "", "文件 orders.csv 正由另一个进程导入，请等它做完。\n")


def test_the_sweep_takes_a_few_seconds_worth_and_goes_on_next_time(file, monkeypatch):
    with file.open("rb") as given:
        run = imports.receive(kind="orders", file=given, name="o.csv", by="qiao", now=clock.now())
    monkeypatch.setattr(workers, "SWEEP_S", 0)
    seen = []
    for _ in range(1 + 5):
        workers.run_due(now=clock.now())
        run.refresh_from_db()
        seen.append((run.rows_total, run.rows_done, run.token))
    # Read once, then batch by batch; let go each time, so that any worker may take it.
    assert seen == [(ROWS, done, None) for done in (0, 5, 10, 15, 20, ROWS)]
    assert whole(run) == TOTALS


def test_a_task_asks_for_the_next_part_and_one_too_many_does_nothing(
    file, monkeypatch, django_capture_on_commit_callbacks
):
    with file.open("rb") as given:
        run = imports.receive(kind="orders", file=given, name="o.csv", by="qiao", now=clock.now())
    sent = []
    monkeypatch.setattr("common.jobs._send", lambda name, ids: sent.append((name, ids)))
    monkeypatch.setattr(workers, "TASK_S", 0)
    with django_capture_on_commit_callbacks(execute=True):
        workers.go_on(run_id=run.pk, now=clock.now())
    assert sent == [("imports.go_on", {"run_id": run.pk})]
    monkeypatch.setattr(workers, "TASK_S", 20)
    for _ in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            workers.go_on(run_id=run.pk, now=clock.now())
    assert len(sent) == 1
    run.refresh_from_db()
    assert whole(run) == TOTALS


def test_a_database_that_fails_is_tried_again_our_own_error_is_said(file, monkeypatch):
    def hand_in():
        with file.open("rb") as given:
            return imports.receive(kind="orders", file=given, name="o.csv", by="qiao", now=clock.now())

    def failing(error):
        def take(*, new, now):
            raise error

        return take

    run = hand_in()
    monkeypatch.setattr("compensation.services.intake.take_orders", failing(OperationalError("gone")))
    with pytest.raises(OperationalError):
        workers.run_due(now=clock.now())
    run.refresh_from_db()
    assert (run.state, run.rows_done, run.error) == ("running", 0, "")
    monkeypatch.setattr("compensation.services.intake.take_orders", failing(KeyError("ours")))
    workers.run_due(now=clock.now())
    run.refresh_from_db()
    assert (run.state, run.error) == ("stopped", workers.BROKE)
    monkeypatch.undo()
    workers.run_due(now=clock.now())
    run.refresh_from_db()
    assert run.state == "stopped"


def test_a_broken_off_counts_file_goes_on_too(sell, tmp_path, monkeypatch):
    sell()
    rows = [["A-1", z(at(hour)), 500 + hour, "", "", 1] for hour in range(ROWS)]
    file = write(tmp_path / "counts.csv", COUNT_COLUMNS, rows)
    with monkeypatch.context() as dying:
        killed_in(dying, "_written", imports, at_call=5)
        with pytest.raises(Killed):
            command("import_observations", file)
    ImportRun.objects.update(lease_until=clock.now())
    assert command("import_observations", file)[1] == (
        "接着上次，从第 17 行起。\n计数：收下 23 行，重复 0 行，没收 0 行。\n"
    )
    assert Observation.objects.count() == ROWS


def test_only_so_many_rejected_rows_are_kept_and_all_are_counted(shop, tmp_path, monkeypatch):
    monkeypatch.setattr(imports, "KEPT", 7)
    file = write(tmp_path / "o.csv", ORDER_COLUMNS, order_rows(ROWS, bad=range(ROWS)))
    status, printed, complained = command("import_orders", file)
    assert (status, printed) == (1, "订单：收下 0 行，重复 0 行，没收 23 行。\n")
    said = [line.split(" 行")[0] for line in complained.splitlines()]
    assert said == ["第 2～6", "第 7～11", "第 12～16", "第 17～21", "第 22～24"]  # batch by batch
    assert RejectedRow.objects.count() == 7


def test_what_nobody_took_up_again_ends_and_its_files_go(file, monkeypatch):
    with monkeypatch.context() as dying:
        killed_in(dying, "_counted", imports, at_call=2)
        with pytest.raises(Killed):
            command("import_orders", file)
    folder = Path(program.DATA_DIR) / "imports"
    (folder / "new-1").mkdir()
    for path in folder.iterdir():
        os.utime(path, (0, 0))
    workers.run_due(now=clock.now())
    assert [path.name for path in folder.iterdir()] == [
        str(ImportRun.objects.get().pk)
    ]  # may still be taken up
    workers.run_due(now=clock.now() + imports.GIVEN_UP_AFTER + timedelta(minutes=1))
    assert (ImportRun.objects.get().state, list(folder.iterdir())) == ("stopped", [])


@pytest.mark.django_db(transaction=True)
def test_a_real_process_killed_in_the_middle_of_4000_rows(shop, tmp_path, monkeypatch):
    """kill −9 while it imports, several times, then to the end: counts exact, nothing twice."""
    monkeypatch.setattr(imports, "BATCH", 1000)  # five at a time, the rest alone takes half a minute
    total, bad = 4000, range(0, 4000, 200)
    file = write(tmp_path / "many.csv", ORDER_COLUMNS, order_rows(total, bad=bad, prefix="K"))
    kills = 0
    for floor in (1, 1200):
        process = subprocess.Popen(
            [sys.executable, "-c", SCRIPT, str(file)], env=environment(), stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            until(partial(has_come_to, floor, process))
        finally:
            process.send_signal(signal.SIGKILL)
            kills += process.wait() == -signal.SIGKILL
    run = ImportRun.objects.get()
    assert kills == 2
    assert 1200 <= run.rows_done < total
    assert Order.objects.count() == run.accepted == run.rows_done - run.rejected
    status, printed, _ = command("import_orders", file)
    assert (status, printed.splitlines()) == (
        1, [f"接着上次，从第 {run.rows_done + 2} 行起。", "订单：收下 3980 行，重复 0 行，没收 20 行。"],
    )  # fmt: skip
    assert whole(ImportRun.objects.get()) == ("done", total, total, 3980, 0, 20)
    assert (Order.objects.count(), Rollup.objects.count(), RejectedRow.objects.count()) == (3980, 3980, 20)


SCRIPT = """
import sys, django
from django.conf import settings
import tests.settings as ours
ours.DATABASES["default"]["NAME"] = __import__("os").environ["IMPORT_DB"]
ours.DATA_DIR = __import__("pathlib").Path(__import__("os").environ["IMPORT_DATA"])
django.setup()
from orders.services import imports
imports.BATCH = 200
from django.core.management import call_command
call_command("import_orders", sys.argv[1])
"""


def has_come_to(floor, process):
    return process.poll() is not None or ImportRun.objects.filter(rows_done__gte=floor).exists()


def environment():
    """The test's own database and folder, for a process of its own."""
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "IMPORT_DB": str(connection.settings_dict["NAME"]),
        "IMPORT_DATA": str(program.DATA_DIR),
        "PYTHONPATH": str(Path(__file__).parents[2]),
    }


def until(true, limit=60.0):
    end = time.monotonic() + limit
    while not true():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)
