"""A dead provider is left alone; one that answers anything is not: and several hands, with one lease each."""

import threading
import time
from datetime import timedelta

import pytest
from django.db import OperationalError, connections

from integrations.models import Breaker, Intent
from integrations.rules import answers
from integrations.services import moving, sending, sweep
from tests.integrations.provider_stub import T0, file_top_up, read, stub, sweep_for

__all__ = ["stub"]


def after(seconds):
    return T0 + timedelta(seconds=seconds)


def trip(stub, fault=(True, "500")):
    for number in range(1, 6):
        stub.faults["POST"].append(fault)
        sending.work(key=file_top_up(number).key, now=T0)
    assert Breaker.objects.get().open_until == pytest.approx(after(5), abs=timedelta(seconds=2))


@pytest.mark.django_db
@pytest.mark.parametrize("fault", [(True, "500"), (True, "reset"), (False, "500")])
def test_where_every_first_send_is_a_fault_all_end_in_time(stub, fault):
    """The questions are answered, so the provider lives: the breaker spread these over 258 s before."""
    stub.faults["POST"].extend([fault] * 24)
    for number in range(1, 25):
        file_top_up(number)
    last = sweep_for(300)
    assert set(Intent.objects.values_list("state", flat=True)) == {"settled"}
    assert last < after(45)
    assert len(stub.executions) == 24


@pytest.mark.django_db
def test_an_answered_question_lets_the_next_send_go(stub):
    trip(stub)
    sixth = file_top_up(6)
    sending.work(key=sixth.key, now=after(0.1))
    assert (read(sixth).state, len(stub.posts)) == ("pending", 5)
    sending.work(key=read(Intent.objects.order_by("pk")[0]).key, now=after(2))  # asks, and is answered
    seventh = file_top_up(7)
    sending.work(key=seventh.key, now=after(2.1))
    assert (read(seventh).state, len(stub.posts)) == ("processing", 6)


@pytest.mark.django_db
def test_a_question_without_an_answer_opens_nothing(stub):
    trip(stub)
    stub.faults["GET"].extend([(True, "500")] * 5)
    first = Intent.objects.order_by("pk")[0]
    sending.work(key=first.key, now=after(2))
    assert Breaker.objects.get().faults == 5
    assert Breaker.objects.get().open_until == pytest.approx(after(5), abs=timedelta(seconds=2))


@pytest.mark.django_db
def test_when_the_pause_is_over_one_finds_out_for_all(stub):
    stub.always = (False, "500")
    trip(stub)
    waiting = [file_top_up(number, now=after(1)) for number in range(6, 16)]
    taken = [sending.take(key=row.key, now=after(8)) for row in waiting]  # and nobody has heard anything yet
    assert [bool(one) for one in taken] == [True] + [False] * 9
    sending.finish(taken=taken[0], answer=answers.lost("reset"), now=after(8.1))
    stub.always = None
    last = sweep_for(120, start=after(8.2))
    assert set(Intent.objects.values_list("state", flat=True)) == {"settled"}
    assert last < after(8 + 40)


@pytest.mark.django_db
def test_a_take_that_had_to_give_way_is_made_again(stub, monkeypatch):
    """PostgreSQL ends one of two that wait for each other: claim and worker meet on a line and its intent."""

    class GaveWay(Exception):
        pgcode = "40P01"

    met = []

    def move(*args, real=moving.move, **given):
        if not met:
            met.append(1)
            raise OperationalError("deadlock detected") from GaveWay()
        real(*args, **given)

    monkeypatch.setattr(moving, "move", move)
    intent = file_top_up()
    sending.work(key=intent.key, now=T0)
    assert (met, read(intent).state, len(stub.posts)) == ([1], "processing", 1)


@pytest.mark.django_db(transaction=True)
def test_a_provider_that_hangs_is_waited_for_by_several_hands_at_once(stub):
    for number in range(1, 9):
        file_top_up(number)
    inside, most, lock = [0], [0], threading.Lock()

    def carry_out(*request, real=stub.carry_out):
        with lock:
            inside[0] += 1
            most[0] = max(most[0], inside[0])
        time.sleep(0.3)
        with lock:
            inside[0] -= 1
        return real(*request)

    stub.carry_out = carry_out
    assert sweep.run_due(now=T0, hands=4) == 8
    assert most[0] > 1
    assert (len(stub.posts), len(set(stub.executions))) == (8, 8)
    assert {row.state for row in Intent.objects.all()} == {"processing"}


@pytest.mark.django_db(transaction=True)
def test_two_workers_with_several_hands_send_everything_once(stub):
    def worker_of():
        sweep.run_due(now=T0, hands=4)
        connections.close_all()

    for number in range(1, 17):
        file_top_up(number)
    workers = [threading.Thread(target=worker_of) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert sorted(key for key, _ in stub.posts) == sorted(str(row.key) for row in Intent.objects.all())
