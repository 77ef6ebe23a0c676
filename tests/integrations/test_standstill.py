"""While a standstill is open nothing leaves, questions go on, and one worker at a time asks for the lists."""

from datetime import timedelta

import pytest

from integrations.models import Standstill
from integrations.services import intents, sending, standstill
from tests.integrations.provider_stub import T0, file_top_up, news, read, stub, sweep_for

__all__ = ["news", "stub"]
pytestmark = pytest.mark.django_db


def after(seconds):
    return T0 + timedelta(seconds=seconds)


def begin(at=0, last_known=T0):
    return standstill.begin(last_known=last_known, now=after(at))


def end(at):
    return standstill.end(row=standstill.current(), now=after(at))


def test_nothing_is_sent_or_sent_again_or_voided_and_questions_go_on(stub):
    lost, running, unsent = file_top_up(1), file_top_up(2), file_top_up(3)
    stub.faults["POST"].append((False, "500"))
    sending.work(key=lost.key, now=T0)
    stub.ends = {"state": "accepted"}
    sending.work(key=running.key, now=T0)
    begin(at=1)
    assert intents.ask_void(key=running.key, now=after(1)) == "asked"
    sweep_for(40, start=after(1))
    assert [read(row).state for row in (lost, running, unsent)] == ["unknown", "processing", "pending"]
    assert (stub.methods().count("POST"), stub.methods().count("DELETE")) == (2, 0)
    assert stub.methods().count("GET") > 1
    stub.ends = {"state": "completed"}
    end(41)
    sweep_for(60, start=after(41))
    assert [read(row).state for row in (lost, unsent)] == ["settled", "settled"]
    assert stub.methods().count("DELETE") == 1


def test_what_is_not_sent_can_still_be_called_back(stub):
    begin()
    row = file_top_up()
    assert intents.ask_void(key=row.key, now=T0) == "voided"


def test_it_begins_once_and_goes_further_back_where_that_is_asked():
    assert (begin(), begin(at=5), begin(last_known=after(60))) == (True, False, False)
    row = Standstill.objects.get()
    assert (row.since, row.began_at) == (T0 - timedelta(minutes=10), T0)
    assert begin(at=9, last_known=None)
    again = Standstill.objects.get()
    assert (again.since, again.began_at, again.next_at) == (standstill.EARLIEST, T0, after(9))
    assert not standstill.end(row=row, now=after(10))  # its lists began too late
    assert standstill.end(row=again, now=after(10))
    assert not standstill.is_open()
    assert begin(at=20)


def test_the_lists_are_asked_for_by_one_at_a_time_and_ever_less_often():
    begin()
    taken, at = [], 0
    while at <= 400:
        if standstill.take_turn(now=after(at)):
            taken.append(at)
            assert standstill.take_turn(now=after(at)) is None
        at += 5
    assert taken == [0, 10, 30, 60, 100, 150, 210, 270, 330, 390]
