"""Set aside, posted or given back: two sides, one unit, once."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from ledger.models import Account, Hold, Transfer
from ledger.queries import trial_balance
from ledger.services import books
from ledger.services.books import AlreadyEnded
from tests import emptying

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
KEY = UUID(int=1)


def open_hold(key=KEY, *, unit="fen", amount=100):
    return books.open_hold(
        key=key,
        order_no="A-1",
        unit=unit,
        amount=amount,
        cost="fund",
        reserve="reserved",
        goal="paid",
        now=NOW,
    )


def end(posted, key=KEY):
    books.end_hold(key=key, order_no="A-1", posted=posted, now=NOW)


def moves(key=KEY):
    rows = Transfer.objects.filter(reference=str(key)).order_by("id")
    return [(t.debit.code, t.credit.code, t.reason, t.amount) for t in rows.select_related("debit", "credit")]


SET_ASIDE = ("fund", "reserved", "hold", 100)
ENDS = {
    100: ("posted", [SET_ASIDE, ("reserved", "paid", "post", 100)]),
    30: ("posted", [SET_ASIDE, ("reserved", "paid", "post", 30), ("reserved", "fund", "void", 70)]),
    0: ("voided", [SET_ASIDE, ("reserved", "fund", "void", 100)]),
}


@pytest.mark.parametrize("posted", ENDS)
def test_a_hold_ends_once_with_what_came(posted):
    open_hold()
    end(posted)
    state, expected = ENDS[posted]
    hold = Hold.objects.get()
    assert (hold.state, hold.posted, hold.ended_at, moves()) == (state, posted, NOW, expected)
    for again in ENDS:
        with pytest.raises(AlreadyEnded):
            end(again)
    assert moves() == expected


def test_a_key_is_set_aside_once():
    open_hold()
    with pytest.raises(IntegrityError), transaction.atomic():
        open_hold()
    assert len(moves()) == 1


@pytest.mark.parametrize("posted", [-1, 101])
def test_no_more_is_posted_than_was_set_aside(posted):
    open_hold()
    with pytest.raises(IntegrityError), transaction.atomic():
        end(posted)
    assert (Hold.objects.get().state, moves()) == ("pending", [SET_ASIDE])


def test_a_hold_ends_with_its_transfers_or_not_at_all():
    hold = open_hold()
    Transfer.objects.create(
        debit=hold.cost,
        credit=hold.goal,
        unit="fen",
        amount=1,
        reason="void",
        reference=str(KEY),
        booked_at=NOW,
    )
    with pytest.raises(IntegrityError):
        end(30)
    assert (Hold.objects.get().state, Transfer.objects.filter(reason="post").count()) == ("pending", 0)


@pytest.mark.parametrize("amount", [0, -5])
def test_nothing_is_not_set_aside(amount):
    with pytest.raises(IntegrityError), transaction.atomic():
        open_hold(amount=amount)
    assert not Transfer.objects.exists()


def test_a_transfer_has_two_sides():
    account = books.account(code="fund", unit="fen")
    same = Transfer(
        debit=account, credit=account, unit="fen", amount=1, reason="x", reference="r", booked_at=NOW
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        same.save()


@pytest.mark.django_db(transaction=True)
def test_a_process_books_on_the_accounts_that_a_restored_database_has():
    open_hold()
    emptying.empty(connection)
    for code in ("reserved", "paid", "fund"):  # in another order: each has another's number
        Account.objects.create(code=code, unit="fen")
    open_hold()
    end(100)
    assert moves() == [SET_ASIDE, ("reserved", "paid", "post", 100)]


def test_each_unit_has_its_own_accounts_and_balances():
    for number, unit in enumerate(("fen", "unit", "fen", "point")):
        open_hold(uuid4(), unit=unit, amount=10 + number)
    for number, hold in enumerate(Hold.objects.order_by("id")):
        if number < 3:
            end(number * 5, key=hold.key)
        assert [t for t in trial_balance()["totals"] if t["debit"] != t["credit"]] == []
    assert Account.objects.count() == 9
    assert trial_balance() == {
        "accounts": [
            {"account": "fund", "unit": "fen", "debit": 22, "credit": 12},
            {"account": "paid", "unit": "fen", "debit": 0, "credit": 10},
            {"account": "reserved", "unit": "fen", "debit": 22, "credit": 22},
            {"account": "fund", "unit": "point", "debit": 13, "credit": 0},
            {"account": "paid", "unit": "point", "debit": 0, "credit": 0},
            {"account": "reserved", "unit": "point", "debit": 0, "credit": 13},
            {"account": "fund", "unit": "unit", "debit": 11, "credit": 6},
            {"account": "paid", "unit": "unit", "debit": 0, "credit": 5},
            {"account": "reserved", "unit": "unit", "debit": 11, "credit": 11},
        ],
        "totals": [
            {"unit": "fen", "debit": 44, "credit": 44}, {"unit": "point", "debit": 13, "credit": 13},
            {"unit": "unit", "debit": 22, "credit": 22},
        ],
    }  # fmt: skip


def test_the_books_over_http(client_as, django_assert_num_queries):
    ops = client_as("ops")
    assert ops.get("/api/v1/ledger/trial-balance/").json() == {"accounts": [], "totals": []}
    open_hold()
    for number in range(3):
        assert ops.get("/api/v1/ledger/trial-balance/").json() == trial_balance()
        with django_assert_num_queries(3):
            trial_balance()
        open_hold(uuid4(), amount=1 + number)
