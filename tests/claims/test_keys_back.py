"""Refunds of card keys kept here: what nobody has looked at is shut and paid back, what was seen waits for a person."""

from datetime import timedelta

import pytest
from django.db import transaction

from common import clock
from compensation.models import LineBudget, Remedy
from compensation.services import licences, revealing
from evidence.models import Entry
from ledger.models import Break
from orders.models import CardKey
from orders.services.usage import take_usage
from tests.claims.conftest import claim
from tests.orders import card_key_case
from tests.orders.card_key_case import SECRETS, SPARE, keys
from tests.orders.conftest import z
from tests.tickets.desk_case import act

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def bought(shop, settings, tmp_path):
    """Three codes for thirty yuan, an hour ago."""
    settings.DATA_DIR = tmp_path
    now = clock.now()
    return card_key_case.sold(
        now=now, paid_at=now - timedelta(hours=1), paid_fen=3000, list_fen=3000, gateway="shop",
        payment_reference="PAY-K",
    )  # fmt: skip


def given():
    """(fen, state, held because of) of each refund."""
    rows = Remedy.objects.filter(kind="refund").order_by("id")
    return [(row.amount_fen, row.state, row.held_reason) for row in rows]


def told(kind):
    return [entry.body for entry in Entry.objects.filter(kind=kind)]


def test_all_of_them_unseen_are_shut_and_paid_back_with_no_person(bought, work):
    claim("K-1", reason="refund")
    assert keys() == [(1, "void"), (2, "void"), (3, "void")]
    work()
    assert given() == [(3000, "settled", "")]
    assert LineBudget.objects.get().closed_by_id is not None
    assert len(told("card_keys_taken_back")) == 1
    assert not any(secret in told("card_keys_taken_back")[0] for secret in SECRETS)


def test_one_of_three_is_one_key_and_the_others_can_be_looked_at(bought, work):
    claim("K-1", reason="refund", quantity=1)
    assert keys() == [(1, "delivered"), (2, "delivered"), (3, "void")]
    work()
    assert given() == [(1000, "settled", "")]
    seen = [revealing.reveal(order=bought, unit=unit, now=clock.now()).secret for unit in (1, 2)]
    assert seen == list(SECRETS[:2])


@pytest.mark.parametrize(
    ("quantity", "expected", "left"),
    [
        (None, [(3000, "held", "revocation")], ["delivered"] * 3),  # the one that was seen would work on
        (2, [(2000, "settled", "")], ["delivered", "void", "void"]),
    ],
)
def test_what_was_looked_at_needs_a_person(bought, work, quantity, expected, left):
    revealing.reveal(order=bought, unit=1, now=clock.now())
    claim("K-1", reason="refund", quantity=quantity)
    work()
    assert (given(), [state for _, state in keys()]) == (expected, left)


def test_what_the_shop_says_was_used_is_not_shut_as_if_it_were_unseen(bought, work):
    row = {"order_no": "K-1", "observed_at": z(clock.now() - timedelta(minutes=1)), "revealed_units": 2}
    assert take_usage(raw_rows=[row], now=clock.now()).as_data()["accepted"] == 1
    claim("K-1", reason="refund", quantity=2)
    work()
    assert (given(), {state for _, state in keys()}) == ([(2000, "held", "revocation")], {"delivered"})


def test_what_is_refunded_can_not_be_looked_at(bought):
    claim("K-1", reason="refund")
    for unit in (1, 2, 3):
        with pytest.raises(revealing.UnitsGivenBack):
            revealing.reveal(order=bought, unit=unit, now=clock.now())


def test_a_unit_that_was_paid_back_is_given_no_new_key(bought, work):
    claim("K-1", reason="refund", quantity=1)
    work()
    card_key_case.stocked(SPARE[0])
    ticket = claim("K-1", reason="defect", wants="replacement", quantity=1)
    act(ticket, "establish", facts={"proof": "verified", "fault": "supplier"})
    assert keys() == [(1, "replaced"), (1, "delivered"), (2, "delivered"), (3, "void")]
    assert revealing.reveal(order=bought, unit=1, now=clock.now()).secret == SPARE[0]


@transaction.atomic
def came_to_nothing():
    """As where its provider refuses the refund for good."""
    licences.let_go(remedy=Remedy.objects.get(kind="refund"), now=clock.now())


def test_a_refund_that_comes_to_nothing_gives_them_back(bought):
    claim("K-1", reason="refund", quantity=2)
    assert [state for _, state in keys()] == ["delivered", "void", "void"]
    came_to_nothing()
    assert [state for _, state in keys()] == ["delivered"] * 3
    assert set(CardKey.objects.values_list("voided_for", "ended_at")) == {(None, None)}
    assert len(told("card_keys_given_back")) == 1


def test_one_that_was_sold_on_meanwhile_stays_shut_and_ops_are_told(bought):
    claim("K-1", reason="refund", quantity=1)
    card_key_case.sold("K-2", secrets=SECRETS[2:], now=clock.now())
    assert keys("K-2") == [(1, "delivered")]
    came_to_nothing()
    assert keys() == [(1, "delivered"), (2, "delivered"), (3, "doubled")]
    assert Break.objects.filter(kind="secret_twice").count() == 1
