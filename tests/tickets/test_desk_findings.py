"""A fact established by ops: the line is decided again, net of what was given, and the record still adds up."""

from datetime import timedelta

import pytest
import time_machine

from common import clock
from common.refusals import Invalid
from compensation import queries
from compensation.models import DecisionRecord, Finding, Remedy
from compensation.services.approving import OwnRequest
from compensation.services.finding import StillUnderWay
from tests.tickets.case import RUNNING, budget, claim, count, fallen, order_of, rows, state, work
from tests.tickets.desk_case import act, appealed, clocks, large, refused, sound, story, unhappy
from tickets.models import Ticket

pytestmark = pytest.mark.django_db


def fake(**changes):
    """A full line whose buyer says that some of it is fake."""
    fallen(left=1000, **changes)
    return claim(reason="fake_units")


def found(ticket, **facts):
    by = facts.pop("by", "qiao")
    return act(ticket, "establish", by=by, facts=facts)


def test_fakes_that_ops_verified_are_replaced_and_the_first_decision_stays(outside):
    ticket = fake()
    first = ticket.decision
    assert (ticket.state, first.clause, rows(ticket)) == ("waiting_ops", "fake.claimed", [])
    found(ticket, proof="verified", fake_units=40)
    ticket.refresh_from_db()
    assert (ticket.state, ticket.decision.clause, rows(ticket)) == (
        "fulfilling", "fake.replace", [("top_up", "pending", 40, 0)],
    )  # fmt: skip
    assert DecisionRecord.objects.get(pk=first.pk).body == first.body
    assert clocks(ticket) == {"first_reply": "met", "decision": "met", "fulfilment": "running"}
    assert [row[:2] for row in story(ticket)] == [
        ("opened", "buyer"), ("decided", "system"), ("establish", "ops"), ("decided", "system"),
    ]  # fmt: skip
    work()
    assert state(ticket) == "confirming"
    sound()


def test_a_second_finding_pays_only_what_is_more(outside):
    ticket = fake()
    found(ticket, proof="verified", fake_units=40)
    work()
    unhappy(ticket)
    found(ticket, proof="verified", fake_units=60)
    assert rows(Ticket.objects.get()) == [("top_up", "pending", 20, 0)]
    work()
    unhappy(ticket)
    found(ticket, proof="verified", fake_units=60)
    assert (state(ticket), Ticket.objects.get().decision.outcome) == ("resolved", "nothing")
    assert sum(remedy.delivered for remedy in Remedy.objects.all()) == 60
    sound()


def test_what_an_override_gave_for_fakes_is_not_given_again(outside):
    ticket = fake()
    act(ticket, "override", remedies=[{"kind": "top_up", "quantity": 50}])
    work()
    unhappy(ticket)
    found(ticket, proof="verified", fake_units=70)
    assert rows(Ticket.objects.get()) == [("top_up", "pending", 20, 0)]


def test_what_never_went_out_is_voided_and_decided_anew(outside):
    ticket = fake()
    found(ticket, proof="verified", fake_units=40)
    Ticket.objects.update(state="waiting_ops")  # as where something was held
    found(ticket, proof="verified", fake_units=10)
    assert list(Remedy.objects.order_by("id").values_list("state", "quantity", "ordinal")) == [
        ("voided", 40, 1), ("pending", 10, 2),
    ]  # fmt: skip
    work()
    assert (state(ticket), Remedy.objects.get(ordinal=2).delivered) == ("confirming", 10)
    sound()


def test_while_something_is_on_its_way_nothing_is_decided_again(outside):
    outside.supplies = [RUNNING]
    ticket = fake()
    found(ticket, proof="verified", fake_units=40)
    work(10)
    Ticket.objects.update(state="waiting_ops")
    with pytest.raises(StillUnderWay):
        found(ticket, proof="verified", fake_units=60)
    assert (state(ticket), Finding.objects.count()) == ("waiting_ops", 1)


def test_every_quote_after_it_reads_the_newest_finding(outside):
    ticket = fake()
    found(ticket, proof="verified", fake_units=40)
    work()
    quote = queries.quote(order=order_of(), reason="fake_units", now=clock.now())
    assert (quote.facts.proof, quote.facts.fake_units, quote.facts.fake_replaced) == ("verified", 40, 40)
    assert (quote.decision.clause, quote.decision.outcome) == ("fake.replace", "nothing")
    other = queries.quote(order=order_of(), reason="defect", now=clock.now())
    assert (other.facts.proof, other.decision.clause) == ("none", "defect.unproven")


@pytest.mark.parametrize(
    ("facts", "clause", "ends"),
    [
        ({"proof": "verified"}, "defect.verified", "waiting_ops"),  # a licence is taken back by hand
        ({"proof": "claimed"}, "defect.claimed", "waiting_ops"),
        ({"fault": "buyer"}, "guidance", "confirming"),
        ({"proof": "verified", "fault": "developer"}, "defect.verified", "waiting_ops"),
        ({}, "defect.unproven", "waiting_ops"),
    ],
)
def test_a_defect_goes_where_its_facts_lead(outside, facts, clause, ends):
    fallen(sku="licence")
    ticket = claim(reason="defect")
    found(ticket, **facts)
    ticket.refresh_from_db()
    assert (ticket.decision.clause, ticket.state) == (clause, ends)
    if clause == "defect.verified":
        assert (rows(ticket), budget()) == ([("refund", "held", 5000, 0)], (5000, 0, 1000, True))
        assert story(ticket)[-1][0] == "remedy"
    sound()


def test_whoever_found_the_fact_does_not_approve_the_large_sum_of_it(outside):
    fallen(left=1000, paid_fen=50_000)
    ticket = claim(reason="defect")
    found(ticket, proof="verified")
    assert (state(ticket), rows(Ticket.objects.get())) == (
        "waiting_ops", [("refund", "awaiting_approval", 50000, 0)],
    )  # fmt: skip
    with pytest.raises(OwnRequest):
        act(ticket, "approve", by="qiao")
    act(ticket, "approve", by="an")
    work()
    assert (state(ticket), budget()) == ("confirming", (0, 50000, 1000, True))
    sound()


def test_decided_again_by_what_was_counted_since_as_of_the_day_it_was_filed(outside):
    fallen(left=None)
    ticket = claim()
    assert ticket.decision.clause == "drop.unmeasurable"
    later = clock.now() + timedelta(hours=70)  # in time when it was filed, and no longer now
    count("A-1", 850, clock.now())
    with time_machine.travel(later, tick=False):
        found(ticket)
    ticket.refresh_from_db()
    assert (ticket.decision.clause, ticket.state, rows(ticket)) == (
        "drop.tier_b", "fulfilling", [("top_up", "pending", 180, 0)],
    )  # fmt: skip
    assert ticket.decision.decided_at == later


def test_refused_again_after_an_appeal_is_the_end(outside):
    ticket = appealed(refused())
    found(ticket)
    assert (state(ticket), Ticket.objects.get().decision.clause) == ("closed", "refund.after_cooling_off")


def test_deciding_again_takes_back_what_waited_for_approval(outside):
    ticket = large()
    count("A-1", 990, clock.now())
    found(ticket)
    ticket.refresh_from_db()
    assert (ticket.decision.clause, ticket.state, rows(ticket), budget()) == (
        "drop.tier_a", "fulfilling", [("top_up", "pending", 10, 0)], (0, 0, 0, False),
    )  # fmt: skip
    sound()


@pytest.mark.parametrize(
    ("facts", "faults"),
    [
        ({"proof": "maybe"}, [("proof", "unknown_value")]),
        ({"fault": "nobody"}, [("fault", "unknown_value")]),
        ({"fake_units": -1}, [("fake_units", "negative")]),
        ({"fake_units": "4"}, [("fake_units", "not_an_integer")]),
        ({"credit": 900}, [("credit", "unknown_field")]),
        ({"risk": 1, "proof": 3}, [("risk", "unknown_field"), ("proof", "unknown_value")]),
    ],
)
def test_facts_that_nobody_can_find_are_named(shop, facts, faults):
    ticket = fake()
    with pytest.raises(Invalid) as told:
        found(ticket, **facts)
    assert [(error["field"], error["code"]) for error in told.value.errors] == faults
    assert (state(ticket), Finding.objects.count()) == ("waiting_ops", 0)
