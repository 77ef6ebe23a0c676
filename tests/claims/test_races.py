"""Several hands at once on one line: threads over a real database file or PostgreSQL."""

import threading
from datetime import timedelta

import pytest
from django.db import connections

from common import clock
from compensation.models import LineBudget, Remedy
from integrations.models import Intent
from integrations.rules.answers import Answer, Heard, Meaning, Report
from integrations.services import settling
from ledger.queries import trial_balance
from tests.claims.conftest import claim, count
from tickets.models import Ticket
from tickets.services.claims import AlreadyOpen

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*steps):
    """Run them together, each in its own connection; what each returned or raised, in order."""
    gate, results = threading.Barrier(len(steps)), [None] * len(steps)

    def run(index, step):
        try:
            gate.wait(5)
            results[index] = step()
        except Exception as error:  # told to the test
            results[index] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(i, step)) for i, step in enumerate(steps)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


def test_eight_presses_make_one_claim(fell):
    fell("A-1", 700)
    results = at_once(*[lambda: claim("A-1")] * 8)
    assert sorted(type(result).__name__ for result in results) == ["AlreadyOpen"] * 7 + ["Ticket"]
    (first,) = [result for result in results if isinstance(result, Ticket)]
    assert {r.extra["ticket_no"] for r in results if isinstance(r, AlreadyOpen)} == {first.no}
    assert (Ticket.objects.count(), Remedy.objects.count(), Intent.objects.count()) == (1, 2, 2)


def test_cash_of_two_reasons_never_exceeds_what_was_paid(fell):
    order = fell("A-1", 700, quantity=1500, deadline_at=clock.now() - timedelta(hours=17))
    results = at_once(*[lambda: claim("A-1"), lambda: claim("A-1", reason="refund")] * 3)
    assert not [r for r in results if isinstance(r, Exception) and not isinstance(r, AlreadyOpen)]
    owed = sum(r.amount_fen for r in Remedy.objects.filter(kind="refund"))
    budget = LineBudget.objects.get(order=order)
    assert (owed, budget.reserved_fen) == (5000, 5000)


def settle(intent, **came):
    """The provider says it is done, as a call-back does it."""
    report = Report(meaning=Meaning.DONE, key=str(intent.key), reference="R", **came)
    settling.settle(key=intent.key, answer=Answer(heard=Heard.REPORT, report=report), now=clock.now())


def test_gift_and_refund_settling_together_both_count(fell):
    fell("A-1", 700)
    ticket = claim("A-1")
    gift, refund = Intent.objects.get(kind="gift"), Intent.objects.get(kind="refund")
    Intent.objects.update(state="processing", first_sent_at=clock.now(), last_sent_at=clock.now())
    results = at_once(
        lambda: settle(gift, delivered=1000),
        lambda: settle(refund, amount_fen=5000),
    )
    assert results == [None, None]
    ticket.refresh_from_db()
    assert ticket.state == "confirming"
    for total in trial_balance()["totals"]:
        assert total["debit"] == total["credit"]


def test_closing_a_line_while_its_top_up_settles(fell):
    """The claim holds the line and wants the intent; the settle holds the intent and wants the line."""
    for round_ in range(4):
        number = f"A-{round_}"
        fell(number, 850)
        first = claim(number)
        Ticket.objects.filter(pk=first.pk).update(state="withdrawn")
        count(number, 500)
        intent = Intent.objects.get(order_no=number)
        Intent.objects.filter(pk=intent.pk).update(
            state="processing", first_sent_at=clock.now(), last_sent_at=clock.now()
        )
        results = at_once(
            lambda number=number: claim(number),
            lambda intent=intent: settle(intent, delivered=180),
        )
        assert [r for r in results if isinstance(r, Exception)] == []
        top_up = Remedy.objects.get(key=intent.key)
        assert top_up.state in ("settled", "processing")
