"""Several refunds wait on one line: it closes with the last that goes out, whatever others were worth when decided."""

from datetime import timedelta

import pytest

from common import clock
from compensation.models import LineBudget
from tests.claims.licence_case import sold
from tests.tickets.case import claim, close, order_of
from tests.tickets.desk_case import act, sound

pytestmark = pytest.mark.django_db
PAID = 100_000


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


@pytest.fixture
def two(shop):
    """Ten of forty codes asked back, and a defect of all that are left: both wait for a person."""
    sold("K-1", units=40, ids=[], paid_fen=PAID, list_fen=PAID, paid_at=clock.now() - timedelta(hours=1))
    few = claim("K-1", reason="refund", quantity=10)
    rest = claim("K-1", reason="defect")
    act(rest, "establish", facts={"proof": "verified"})
    rest.refresh_from_db()
    assert [cash(ticket) for ticket in (few, rest)] == [25_000, 75_000]
    return few, rest


def cash(ticket):
    return sum(remedy["amount_fen"] or 0 for remedy in ticket.decision.body["remedies"])


def line():
    """(fen given or promised, units, closed)."""
    row = LineBudget.objects.get(order=order_of("K-1"))
    return row.reserved_fen + row.settled_fen, row.refunded_units, row.closed_by_id is not None


@pytest.mark.parametrize(
    ("moves", "expected"),
    [
        ("few refused, rest approved", (75_000, 30, False)),
        ("rest approved, few refused", (75_000, 30, False)),
        ("few approved, rest refused", (25_000, 10, False)),
        ("few approved, rest approved", (PAID, 40, True)),
        ("rest approved, few approved", (PAID, 40, True)),
    ],
)
def test_a_line_closes_when_nothing_of_it_is_left_and_not_before(two, moves, expected):
    few, rest = two
    for which, move in (one.split() for one in moves.split(", ")):
        ticket = few if which == "few" else rest
        act(ticket, "approve" if move == "approved" else "refuse", by="chen")
    assert line() == expected
    sound()


def test_what_was_refused_can_be_asked_for_again(two):
    few, rest = two
    act(few, "refuse", by="chen")
    act(rest, "approve", by="chen")
    close(few)
    again = claim("K-1", reason="refund")
    assert (again.decision.clause, cash(again), line()) == ("refund.cooling_off", 25_000, (PAID, 40, False))
