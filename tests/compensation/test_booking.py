"""What the kernel reports is booked: in any order, any number of times, to the same end."""

import random
from datetime import timedelta

import pytest
from django.db import transaction

from common import clock
from compensation.models import LineBudget, Remedy, UnitDelivery
from compensation.services import booking, remedies
from integrations.models import Intent
from integrations.rules import answers
from integrations.rules.answers import Meaning, Report
from integrations.services import intents, settling
from ledger.models import Break, Hold, Transfer
from tests.tickets.case import assert_balanced, budget, claim, fallen, rows, state, withdraw

pytestmark = pytest.mark.django_db
DONE, PARTIAL, RUNNING, REFUSED = Meaning.DONE, Meaning.PARTIAL, Meaning.RUNNING, Meaning.REFUSED


def told(kind, meaning, delivered=None, ordinal=1):
    """The provider says so of the order's remedy of that kind, as a call-back does."""
    key = Remedy.objects.get(kind=kind, ordinal=ordinal).key
    report = Report(meaning=meaning, reference=f"R-{ordinal}", delivered=delivered)
    settling.settle(key=key, answer=answers.told(report), now=clock.now())


def came(kind="top_up"):
    return list(
        UnitDelivery.objects.filter(remedy__kind=kind).order_by("id").values_list("quantity", flat=True)
    )


def test_units_are_booked_as_they_come_and_once(shop):
    fallen()
    ticket = claim()
    for delivered in (60, 60, 40, 100):
        told("top_up", RUNNING, delivered)
        assert Hold.objects.get().state == "pending"
    assert (came(), state(ticket)) == ([60, 40], "fulfilling")
    told("top_up", DONE)
    told("top_up", DONE)
    told("top_up", RUNNING, 100)
    assert (came(), rows(ticket)) == ([60, 40, 80], [("top_up", "settled", 180, 180)])
    assert (state(ticket), Hold.objects.get().posted) == ("confirming", 180)
    assert [t.reason for t in Transfer.objects.order_by("id")] == ["hold", "post"]
    assert_balanced()


@pytest.mark.parametrize("seed", range(5))
def test_in_any_order_and_repeated_it_ends_the_same(shop, seed):
    fallen(left=700)
    ticket = claim()
    heard = [("gift", RUNNING, 100), ("gift", RUNNING, 700), ("gift", DONE, 1000), ("refund", RUNNING, None),
             ("refund", DONE, None)] * 3  # fmt: skip
    random.Random(seed).shuffle(heard)
    for one in heard:
        told(*one)
    assert rows(ticket) == [("gift", "settled", 1000, 1000), ("refund", "settled", 5000, 0)], f"seed {seed}"
    assert (sum(came("gift")), budget(), state(ticket)) == (1000, (0, 5000, 1000, True), "confirming")
    assert (Transfer.objects.count(), Break.objects.count()) == (4, 0)
    assert_balanced()


def test_the_rest_is_named_next_and_keeps_the_shares(shop):
    """r and g of the parts add up to those of the whole: 150 of 180."""
    fallen()
    ticket = claim()
    told("top_up", PARTIAL, 170)
    told("top_up", PARTIAL, 4, ordinal=2)
    assert [(r.ordinal, r.quantity, r.loss_share, r.delivered, r.state) for r in Remedy.objects.order_by("id")] == [
        (1, 180, 150, 170, "settled"), (2, 10, 0, 4, "settled"), (3, 6, 0, 0, "held"),
    ]  # fmt: skip
    assert (state(ticket), Intent.objects.count(), Break.objects.get().kind) == (
        "waiting_ops",
        2,
        "rest_again",
    )
    assert_balanced()


def test_a_rest_that_was_held_is_called_back_with_its_case(shop):
    fallen()
    ticket = claim()
    told("top_up", REFUSED)
    told("top_up", REFUSED, ordinal=2)
    withdraw(ticket)
    assert ([r[1] for r in rows(ticket)], state(ticket)) == (["failed", "failed", "voided"], "withdrawn")
    assert set(Hold.objects.values_list("state", flat=True)) == {"voided"}
    assert_balanced()


def test_a_gift_refused_is_ordered_again_on_the_closed_line(shop):
    fallen(left=700)
    ticket = claim()
    told("refund", DONE)
    told("gift", REFUSED)
    assert state(ticket) == "fulfilling"
    told("gift", DONE, ordinal=2)
    assert (state(ticket), sum(came("gift"))) == ("confirming", 1000)


def test_a_refund_that_failed_frees_cash_and_units_and_keeps_the_line_closed(shop):
    fallen(left=700)
    ticket = claim()
    told("refund", REFUSED)
    told("refund", REFUSED)
    assert (budget(), state(ticket), Hold.objects.get(cost__code="dispute_fund").state) == (
        (0, 0, 0, True), "waiting_ops", "voided",
    )  # fmt: skip
    told("gift", DONE)
    assert state(ticket) == "waiting_ops"


def test_called_back_with_a_part_delivered_keeps_the_part_and_orders_nothing(shop):
    fallen()
    claim()
    told("top_up", RUNNING, 50)
    with transaction.atomic():
        remedies.call_back(remedy=Remedy.objects.select_related("order").get(), now=clock.now())
    told("top_up", PARTIAL, 50)
    assert [(r.state, r.delivered, r.calling_back) for r in Remedy.objects.all()] == [("settled", 50, True)]
    assert (Hold.objects.get().posted, came()) == (50, [50])
    assert_balanced()


@pytest.mark.parametrize("meaning", [DONE, PARTIAL])
def test_called_back_too_late_it_all_counts(shop, meaning):
    fallen()
    claim()
    told("top_up", RUNNING, 0)
    intents.ask_void(key=Remedy.objects.get().key, now=clock.now())
    told("top_up", meaning, 180)
    assert [(r.state, r.delivered) for r in Remedy.objects.all()] == [("settled", 180)]


def test_what_has_ended_is_not_booked_again(shop):
    fallen()
    ticket = claim()
    told("top_up", DONE)
    before = list(Transfer.objects.values()), rows(ticket), state(ticket)
    booking.book(intent=Intent.objects.get(), now=clock.now())
    assert (list(Transfer.objects.values()), rows(ticket), state(ticket)) == before


def test_an_intent_nobody_granted_is_nothing_to_book(shop):
    fallen()
    claim()
    before = list(LineBudget.objects.values())
    booking.book(intent=Intent(key="00000000-0000-0000-0000-000000000001", state="settled"), now=clock.now())
    assert list(LineBudget.objects.values()) == before


def test_a_kernel_hold_goes_to_a_person_and_its_release_goes_on(shop):
    fallen()
    ticket = claim()
    key = Remedy.objects.get().key
    told("top_up", RUNNING, 10)
    told("top_up", RUNNING, 181)  # more than was asked for: a mismatch
    assert (state(ticket), rows(ticket)[0][1], Break.objects.get().kind) == (
        "waiting_ops",
        "held",
        "delivered",
    )
    intents.release(key=key, now=clock.now() + timedelta(minutes=1))
    assert (state(ticket), rows(ticket)[0][1]) == ("fulfilling", "unknown")
    told("top_up", DONE)
    assert (state(ticket), came()) == ("confirming", [10, 170])
