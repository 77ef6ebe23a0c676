"""Points in the books: once an order, the balance with them, never below nothing, and checked as the rest is."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from evidence.models import Entry
from ledger import queries
from ledger.models import Account, Balance, Transfer
from ledger.rules import names
from ledger.services import books, points, recording
from ledger.services.points import Earned

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


def issue(*earned, now=NOW):
    points.issue([Earned(*one) for one in earned], now=now)


def moves():
    rows = Transfer.objects.order_by("id").select_related("debit", "credit")
    return [(t.debit.code, t.credit.code, t.unit, t.reason, t.order_no, t.amount) for t in rows]


def test_what_orders_earned_is_booked_with_its_balance_and_recorded():
    issue((7, "A-1", 50), (8, "A-2", 3), (7, "A-3", 1))
    assert moves() == [
        ("points_issued", "points.7", "point", "earned", "A-1", 50),
        ("points_issued", "points.8", "point", "earned", "A-2", 3),
        ("points_issued", "points.7", "point", "earned", "A-3", 1),
    ]
    assert [queries.points_of(buyer_id=pk) for pk in (7, 8, 9)] == [51, 3, 0]
    assert sorted(Entry.objects.filter(kind="transfer").values_list("order_no", "internal")) == [
        ("A-1", False), ("A-2", False), ("A-3", False),
    ]  # fmt: skip
    assert (list(recording.unsound_points()), list(recording.unsound_funds())) == ([], [])


def test_the_record_does_not_number_the_buyer():
    issue((7, "A-1", 50))
    said = json.loads(Entry.objects.get(kind="transfer").body)["data"]
    assert (said["debit"], said["credit"], said["amount"]) == ("points_issued", "points", 50)
    assert list(recording.earned_by()) == [("A-1", 7)]


def test_an_order_earns_once():
    issue((7, "A-1", 50))
    with pytest.raises(IntegrityError), transaction.atomic():
        issue((7, "A-2", 20), (7, "A-1", 50))
    assert (queries.points_of(buyer_id=7), len(moves())) == (50, 1)


def test_a_balance_is_never_below_nothing():
    issue((7, "A-1", 50))
    with pytest.raises(IntegrityError), transaction.atomic():
        Balance.objects.update(amount=-1)


def test_what_they_earned_in_a_time_and_had_at_an_instant():
    for n, (buyer, order_no) in enumerate([(7, "A-1"), (8, "A-2"), (7, "A-3"), (9, "A-4")]):
        issue((buyer, order_no, 10 + n), now=NOW + timedelta(hours=n))
    since, until = NOW, NOW + timedelta(hours=2)
    earned = queries.points_earned(buyers=[7, 8], since=since, until=until)
    assert [tuple(one) for one in earned] == [(7, "A-1", 10, NOW), (8, "A-2", 11, NOW + timedelta(hours=1))]
    assert queries.points_before(buyers=[7, 8], at=until) == {7: 10, 8: 11}
    assert queries.points_before(buyers=[7, 8], at=until + timedelta(seconds=1)) == {7: 22, 8: 11}


def test_points_of_buyers_are_one_row_of_the_trial_balance():
    books.open_hold(
        key="00000000-0000-0000-0000-000000000001", order_no="A-1", unit="fen", amount=100, cost="fund",
        reserve="reserved", goal="paid", now=NOW,
    )  # fmt: skip
    issue((7, "A-1", 50), (8, "A-2", 3))
    assert queries.trial_balance() == {
        "accounts": [
            {"account": "fund", "unit": "fen", "debit": 100, "credit": 0},
            {"account": "paid", "unit": "fen", "debit": 0, "credit": 0},
            {"account": "reserved", "unit": "fen", "debit": 0, "credit": 100},
            {"account": "points", "unit": "point", "debit": 0, "credit": 53},
            {"account": "points_issued", "unit": "point", "debit": 53, "credit": 0},
        ],
        "totals": [
            {"unit": "fen", "debit": 100, "credit": 100}, {"unit": "point", "debit": 53, "credit": 53},
        ],
    }  # fmt: skip


@pytest.mark.parametrize(("change", "said"), [
    ({"amount": 49}, [("points.7", "余额写的是 49 积分，分录加起来是 50 积分")]),
    (None, [("points.7", "余额写的是 0 积分，分录加起来是 50 积分")]),
])  # fmt: skip
def test_a_balance_that_its_transfers_do_not_bear_out_is_named(change, said):
    issue((7, "A-1", 50), (8, "A-2", 3))
    mine = Balance.objects.filter(account__code="points.7")
    mine.update(**change) if change else mine.delete()
    assert list(recording.unsound_points()) == said


def test_accounts_have_names():
    assert [names.account(code) for code in ("points_issued", "points.7")] == [
        "发出的积分", "买家的积分（7）",
    ]  # fmt: skip


def test_as_many_statements_for_three_as_for_one():
    asked = []
    for n, many in enumerate((1, 3, 1, 3)):
        with CaptureQueriesContext(connection) as seen:
            issue(*((100 + 10 * n + k, f"A-{n}-{k}", 5) for k in range(many)))
        asked.append(len(seen))
    assert asked[1:] == [asked[1]] * 3
    assert Account.objects.filter(unit="point").count() == 9
