"""The loops inside a worker go on whatever happens, and what the timetable names exists."""

import threading
import time

import pytest
from django.utils.module_loading import import_string

from common import clock
from shop_aftersales import sweeper, timetable
from shop_aftersales.celery import app
from shop_aftersales.sweeper import Loop


def until(true, limit=3.0):
    end = time.monotonic() + limit
    while not true():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.005)


def broken(*, now):
    raise RuntimeError("broken on purpose")


def test_a_step_that_fails_neither_ends_the_loop_nor_costs_the_others_their_turn(caplog):
    seen = []
    loop = Loop(name="t", steps={"first": broken, "second": lambda now: seen.append(now)}, every_s=0.01)
    loop.start()
    until(lambda: len(seen) >= 3)
    loop.end()
    loop.join(timeout=1)
    assert not loop.is_alive()
    assert seen == sorted(seen)
    assert seen[-1] <= clock.now()
    assert "first" in caplog.text


class Connections:
    """In place of Django's: which steps had been taken when all were closed."""

    def __init__(self):
        self.taken, self.closed_after = [], []

    def step(self, now):
        self.taken.append(now)

    def close_all(self):
        self.closed_after.append(len(self.taken))


def closed_in_a_round(monkeypatch, **steps):
    """After how many steps all was closed, in a round of ordinary ones and `steps` between them."""
    connections = Connections()
    monkeypatch.setattr(sweeper, "connections", connections)
    around = {"before": connections.step} | steps | {"after": connections.step}
    Loop(name="t", steps=around, every_s=60).round()
    return connections.closed_after


def test_a_round_keeps_one_connection_to_its_end(monkeypatch):
    assert closed_in_a_round(monkeypatch) == [2]


def test_after_a_step_that_failed_the_next_has_a_fresh_one(monkeypatch):
    assert closed_in_a_round(monkeypatch, broken=broken) == [1, 2]


def test_a_fork_finds_nothing_open_and_does_not_wait_for_the_round(monkeypatch):
    forks = []

    def wanted(now):
        forks.append(threading.Thread(target=sweeper.forks.gate.before_fork))
        forks[0].start()
        until(lambda: sweeper.forks.gate.wanted)

    def over(leaving):
        """The gate's own, but that the fork is over as soon as nobody is inside."""
        let = threading.Timer(0, lambda: (forks[0].join(5), sweeper.forks.gate.after_in_parent()))
        let.start()
        given(leaving=leaving)

    given = sweeper.forks.gate.give_way
    monkeypatch.setattr(
        sweeper.forks.gate,
        "give_way",
        lambda *, leaving: over(leaving) if sweeper.forks.gate.wanted else None,
    )
    assert closed_in_a_round(monkeypatch, wanted=wanted) == [1, 2]


def test_told_to_end_it_does_not_begin_the_next_step():
    seen = []
    loop = Loop(
        name="t", steps={"first": lambda now: loop.end(), "second": lambda now: seen.append(now)}, every_s=60
    )
    loop.start()
    loop.join(timeout=1)
    assert (loop.is_alive(), seen) == (False, [])


@pytest.mark.parametrize("entry", timetable.BEAT.values(), ids=timetable.BEAT)
def test_what_beat_wakes_is_a_known_task(entry):
    app.loader.import_default_modules()
    assert entry["task"] in app.tasks


@pytest.mark.parametrize("name", timetable.SWEEPS + timetable.LONG + timetable.MESSAGES)
@pytest.mark.django_db
def test_a_sweep_with_nothing_to_do_does_nothing(name):
    import_string(name)(now=clock.now())


def test_long_work_makes_nothing_else_wait(monkeypatch):
    """An import that takes its time, while the sweeps go round."""
    rounds, holding = [], []
    steps = {
        "quick": lambda now: rounds.append(now),
        "slow": lambda now: holding.append(now) or time.sleep(1),
    }
    monkeypatch.setattr(timetable, "SWEEPS", ("quick",))
    monkeypatch.setattr(timetable, "LONG", ("slow",))
    monkeypatch.setattr(timetable, "MESSAGES", ())
    monkeypatch.setattr(sweeper, "import_string", steps.__getitem__)
    monkeypatch.setattr(sweeper, "beat", lambda now: None)
    monkeypatch.setattr("django.conf.settings.SWEEP_S", 0.01)
    running = sweeper.Sweeper()
    running.start()
    until(lambda: holding and len(rounds) >= 5, limit=0.9)
    running.stop(within_s=3)
