"""Two that want each other's rows, made to meet: the one that gives way is made again, and nothing is lost."""

import threading
import time

import pytest
from django.db import connection  # noqa: F401  named in skipif

from common import clock, transitions
from compensation.models import Remedy
from compensation.services import booking
from integrations.models import Intent
from integrations.rules import answers
from integrations.rules.answers import Meaning, Report
from integrations.services import intents, settling
from tests.orders.test_concurrency import PATIENCE_S, together
from tests.tickets.case import assert_balanced, budget, claim, close, count, fallen, state, withdraw

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        "connection.vendor == 'sqlite'", reason="SQLite has one writer: nobody holds half of it"
    ),
]


@pytest.fixture(params=["the call back gives way", "the settle gives way"])
def meeting(monkeypatch, request):
    """Whoever calls back holds the line, and waits until a settle holds the intent; lists who had to give way.

    PostgreSQL lets the one give way that has waited for a second, so the other comes a little later.
    """
    line_held, intent_held = threading.Event(), threading.Event()
    gave_way = []

    def ask_void(*, key, now, real=intents.ask_void):
        line_held.set()
        assert intent_held.wait(PATIENCE_S)
        time.sleep(0.3 if request.param == "the settle gives way" else 0)
        return real(key=key, now=now)

    def book(*, intent, now, real=booking.book):
        intent_held.set()
        assert line_held.wait(PATIENCE_S)
        time.sleep(0.3 if request.param == "the call back gives way" else 0)
        return real(intent=intent, now=now)

    monkeypatch.setattr(intents, "ask_void", ask_void)
    monkeypatch.setattr(booking, "book", book)
    for module in (transitions, settling):
        monkeypatch.setattr(module, "deadlocked", lambda error: told(error, gave_way))
    return gave_way


def told(error, gave_way, real=transitions.deadlocked):
    gave_way.append(real(error))
    return gave_way[-1]


def on_its_way():
    """A line with a top-up that the supplier works on."""
    fallen()
    ticket = claim()
    now = clock.now()
    Intent.objects.update(state="processing", first_sent_at=now, last_sent_at=now, next_at=now)
    Remedy.objects.update(state="processing")
    return ticket


def settle():
    report = Report(meaning=Meaning.DONE, reference="R-1")
    settling.settle(key=Intent.objects.get(kind="top_up").key, answer=answers.told(report), now=clock.now())


def test_a_claim_that_closes_the_line_meets_its_settle(shop, meeting):
    close(on_its_way())
    count("A-1", 500, clock.now())
    made, settled = together(claim, settle)
    assert (made.decision.clause, settled) == ("drop.tier_c", None)
    # They did collide. Who gave way is PostgreSQL's choice, and either may more than once.
    assert set(meeting) == {True}
    top_up = Remedy.objects.get(kind="top_up")
    assert (top_up.state, top_up.delivered, budget()) == ("settled", 180, (5000, 0, 1000, True))
    assert Remedy.objects.filter(kind="top_up").count() == 1
    assert_balanced()


def test_a_withdrawal_meets_its_settle(shop, meeting):
    ticket = on_its_way()
    answers_of = together(lambda: withdraw(ticket), settle)
    assert (answers_of[1], set(meeting)) == (None, {True})
    top_up = Remedy.objects.get()
    assert (top_up.state, top_up.delivered) == ("settled", 180)
    # Whichever was first: taken back, or come before it could be.
    was = {"withdrawn": type(None), "confirming": Exception}[state(ticket)]
    assert isinstance(answers_of[0], was)
    assert_balanced()
