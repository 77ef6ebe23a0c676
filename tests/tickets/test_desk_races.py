"""Several hands at one desk: whoever is second is told so, and everything is given once. Threads, both databases."""

import pytest

from common import clock
from common.refusals import StateMoved
from compensation.models import Approval, Finding, LineBudget, Override, Remedy
from integrations.models import Intent
from integrations.rules import answers
from integrations.rules.answers import Meaning, Report
from integrations.services import settling
from tests.orders.test_concurrency import together
from tests.tickets.case import assert_balanced, budget, claim, fallen, rows, state, withdraw
from tests.tickets.desk_case import ONE, TWO, act, large, person
from tickets.models import Ticket
from tickets.services.desk import ColleagueFirst

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def people(db):
    """Made before the race, which is about cases."""
    for name in ("qiao", "an", "bai"):
        person(name)


def names(results):
    return sorted(type(result).__name__ for result in results)


def test_two_who_press_at_once_approve_once(shop, people):
    ticket = large()
    results = together(
        *[lambda by=by: act(ticket, "approve", by=by, version=0) for by in ("qiao", "an", "bai")]
    )
    assert names(results) == ["ColleagueFirst", "ColleagueFirst", "Ticket"]
    assert (state(ticket), Intent.objects.count(), Approval.objects.count()) == ("fulfilling", 2, 1)
    assert (budget(), Remedy.objects.count()) == ((ONE, 0, 1000, True), 2)
    assert_balanced()


def test_of_two_needed_two_who_press_at_once_are_one(shop, people):
    ticket = large(TWO)
    results = together(*[lambda by=by: act(ticket, "approve", by=by, version=0) for by in ("qiao", "an")])
    assert (names(results), Approval.objects.count()) == (["ColleagueFirst", "Ticket"], 1)
    assert (state(ticket), Intent.objects.count()) == ("waiting_ops", 0)


def test_an_approval_meets_a_withdrawal(shop, people):
    """Either is first, and the line adds up to what it says."""
    for round_ in range(4):
        fallen(f"A-{round_}", left=700, paid_fen=ONE)
        ticket = claim(f"A-{round_}")
        results = together(
            lambda ticket=ticket: act(ticket, "approve", version=0), lambda ticket=ticket: withdraw(ticket)
        )
        ended = state(ticket)
        assert ended in ("withdrawn", "fulfilling")
        assert sum(isinstance(result, StateMoved) for result in results) == 1, results
        alive = [row for row in rows(ticket) if row[1] != "voided"]
        reserved = budget(f"A-{round_}")[0]
        assert (len(alive), reserved) == ((0, 0) if ended == "withdrawn" else (2, ONE))
    assert_balanced()


def test_an_override_meets_an_approval(shop, people):
    wanted = [{"kind": "refund", "amount_fen": 3000}]
    for round_ in range(4):
        fallen(f"A-{round_}", left=700, paid_fen=ONE)
        ticket = claim(f"A-{round_}")
        results = together(
            lambda ticket=ticket: act(ticket, "approve", version=0),
            lambda ticket=ticket: act(ticket, "override", by="an", version=0, remedies=wanted),
        )
        assert names(results) == ["ColleagueFirst", "Ticket"]
        assert budget(f"A-{round_}")[0] == (
            3000 if Override.objects.filter(decision=ticket.decision_id) else ONE
        )
    assert_balanced()


def test_two_findings_at_once_are_one(shop, people):
    fallen(left=1000)
    ticket = claim(reason="fake_units")
    facts = {"proof": "verified", "fake_units": 40}
    results = together(
        *[lambda by=by: act(ticket, "establish", by=by, version=0, facts=facts) for by in ("qiao", "an")]
    )
    assert (names(results), Finding.objects.count()) == (["ColleagueFirst", "Ticket"], 1)
    assert list(Remedy.objects.values_list("quantity", "state")) == [(40, "pending")]


def test_two_cases_of_one_line_never_give_more_than_was_paid(shop, people):
    """Each override is within the line alone; together they would be beyond it."""
    fallen(left=None, paid_fen=5000)
    cases = [claim(reason="drop"), claim(reason="defect"), claim(reason="not_as_described")]
    wanted = [{"kind": "refund", "amount_fen": 2600}]
    results = together(*[lambda one=one: act(one, "override", version=0, remedies=wanted) for one in cases])
    assert names(results) == ["BudgetSpent", "BudgetSpent", "Ticket"]
    row = LineBudget.objects.get()
    assert (row.reserved_fen, Override.objects.count(), Intent.objects.count()) == (2600, 1, 1)
    assert sorted(one.state for one in Ticket.objects.all()) == ["fulfilling", "waiting_ops", "waiting_ops"]


def test_a_refusal_meets_the_settle_of_what_it_would_take_back(shop, people):
    """The refund waits for a person while the gift is on its way: either it came, or the refusal is told to wait."""
    fallen(left=700, gateway="manual")
    ticket = claim()
    now = clock.now()
    Intent.objects.update(state="processing", first_sent_at=now, last_sent_at=now, next_at=now)
    Remedy.objects.filter(kind="gift").update(state="processing")
    key = Intent.objects.get().key

    def settle():
        report = Report(meaning=Meaning.DONE, reference="R-1", delivered=1000)
        return settling.settle(key=key, answer=answers.told(report), now=clock.now())

    results = together(lambda: act(ticket, "refuse", version=0), settle)
    assert [type(result).__name__ for result in results] == (["MoveNotAllowed", "Intent"])
    assert (state(ticket), [row[:2] for row in rows(ticket)]) == (
        "waiting_ops", [("gift", "settled"), ("refund", "held")],
    )  # fmt: skip
    assert not isinstance(results[0], ColleagueFirst)
    assert_balanced()
