"""Who bears the cost: the books follow a person's word, also for what is paid later, and the buyer gets the same."""

from collections import Counter
from datetime import timedelta
from unittest.mock import patch

import pytest

from accounts.models import User
from common import clock
from common.refusals import Invalid
from compensation import queries
from compensation.models import Bearer, DecisionRecord, Remedy
from compensation.services import bearing
from ledger.models import Transfer
from orders.models import Product, Supplier
from orders.services.deliveries import take_deliveries
from tests.tickets.case import budget, claim, confirm, count, fallen, rows, state, work
from tests.tickets.desk_case import act, large, person, sound, story, unhappy
from tickets.models import Ticket

pytestmark = pytest.mark.django_db


def costs():
    """{account: fen it bears}, those with nothing left out."""
    borne = Counter()
    for row in Transfer.objects.filter(unit="fen").select_related("debit", "credit"):
        borne[row.debit.code] += row.amount
        borne[row.credit.code] -= row.amount
    return {code: fen for code, fen in borne.items() if fen > 0}


def bears(ticket, party, by="qiao"):
    act(ticket, "set_responsibility", party=party, by=by)


@pytest.fixture
def paid(outside):
    """Tier C, carried out: 5000 fen, borne by the dispute fund until it is known better."""
    fallen(left=700)
    ticket = claim()
    work()
    assert costs() == {"dispute_fund": 5000}
    return ticket


@pytest.mark.parametrize(
    ("party", "account"),
    [
        ("platform", "platform_expense"), ("buyer", "platform_expense"), ("supplier", "supplier_payable"),
        ("unknown", "dispute_fund"), ("developer", "dispute_fund"),  # the goods have none
    ],
)  # fmt: skip
def test_each_party_has_its_account(paid, party, account):
    bears(paid, party)
    assert (costs(), state(paid), rows(paid)[1][:2]) == ({account: 5000}, "confirming", ("refund", "settled"))
    assert Ticket.objects.get().responsibility == party
    sound()


def test_a_developer_owes_it_under_their_own_account(paid):
    maker = person("yun", "developer")
    Product.objects.update(developer=User.objects.get(pk=maker.pk))
    bears(paid, "developer")
    assert costs() == {f"developer_payable.{maker.pk}": 5000}


def test_known_better_only_the_difference_moves(paid):
    for party, moves in (("supplier", 1), ("supplier", 1), ("platform", 2), ("buyer", 2), ("unknown", 3)):
        bears(paid, party)
        assert Transfer.objects.filter(reason="bear").count() == moves
    assert (costs(), Bearer.objects.count()) == ({"dispute_fund": 5000}, 5)
    sound()


def test_said_before_it_was_paid_the_cost_follows_when_it_is(outside):
    fallen(left=700)
    ticket = claim()
    bears(ticket, "supplier")
    assert costs() == {"dispute_fund": 5000}
    work()
    assert (costs(), budget()) == ({"supplier_payable": 5000}, (0, 5000, 1000, True))
    sound()


def test_what_was_never_paid_costs_nobody(outside):
    outside.refunds = [{"state": "failed"}]
    fallen(left=700)
    ticket = claim()
    bears(ticket, "supplier")
    work()
    assert costs() == {}
    sound()


def test_an_override_is_borne_by_the_same(outside):
    ticket = large()
    bears(ticket, "platform")
    act(ticket, "override", remedies=[{"kind": "refund", "amount_fen": 3000}])
    work()
    assert costs() == {"platform_expense": 3000}
    sound()


def test_decided_again_whoever_bore_the_first_bears_the_next(outside):
    fallen(left=1000)
    ticket = claim(reason="defect")
    bears(ticket, "supplier")
    act(ticket, "establish", facts={"proof": "verified"})
    work()
    assert costs() == {"supplier_payable": 5000}
    sound()


def test_known_better_after_it_was_decided_again_all_of_it_moves(outside):
    fallen(left=1000)
    ticket = claim(reason="defect")
    act(ticket, "override", remedies=[{"kind": "refund", "amount_fen": 1000}])
    work()
    unhappy(ticket)
    act(ticket, "establish", facts={"proof": "verified"})
    work()
    assert costs() == {"dispute_fund": 5000}
    bears(ticket, "supplier")
    assert costs() == {"supplier_payable": 5000}
    sound()


def test_known_better_after_it_was_decided_again_what_is_paid_later_follows(outside):
    fallen(left=1000)
    ticket = claim(reason="defect")
    act(ticket, "override", remedies=[{"kind": "refund", "amount_fen": 1000}])
    work()
    unhappy(ticket)
    act(ticket, "establish", facts={"proof": "verified"})
    work()
    bears(ticket, "supplier")
    earlier = DecisionRecord.objects.order_by("id").first()
    fresh, now = Remedy.objects.filter(decision=earlier, kind="refund").get(), clock.now()
    books = []
    with patch("compensation.services.bearing._book", lambda remedy, party, now: books.append(party)):
        bearing.settled(remedy=fresh, now=now)
    assert books == ["supplier"]


def test_it_may_be_set_when_the_case_is_over(paid):
    Ticket.objects.update(state="resolved", due_at=None)
    bears(paid, "supplier")
    assert (state(paid), costs()) == ("resolved", {"supplier_payable": 5000})
    assert Ticket.objects.get().resolved_at is None  # as it was


def test_the_buyer_reads_nothing_of_it(paid):
    bears(paid, "supplier")
    assert [kind for kind, _, _ in story(paid, internal=False)].count("set_responsibility") == 0
    with pytest.raises(Invalid):
        bears(paid, "nobody")


def delivered(*by):
    """In as many parts, by these suppliers."""
    parts = [
        {
            "order_no": "A-1", "delivered_at": (clock.now() - timedelta(hours=30 + n)).isoformat(), "quantity": 500,
            "supplier": one,
        }
        for n, one in enumerate(by)
    ]  # fmt: skip
    assert take_deliveries(raw_rows=parts, now=clock.now()).accepted == len(by)


@pytest.mark.parametrize(
    ("by", "named"), [(["nan", "nan"], True), (["nan", "bei"], False), (["nan", ""], False), ([], False)]
)
def test_what_fell_of_one_suppliers_deliveries_names_it(shop, by, named):
    fallen(left=850)
    delivered(*by)
    record = claim().decision
    found = queries.proposal_of(record)
    whose = tuple(Supplier.objects.values_list("pk", flat=True)) if named else None
    assert (found.party, found.rows.get("suppliers")) == ("supplier", whose)
    row = bearing.set_bearer(record=record, party="supplier", by="qiao", reason="看过", now=clock.now())
    assert row.rests_on["rows"].get("suppliers") == (list(whose) if whose else None)


def test_of_what_was_topped_up_since_nobody_can_tell(outside):
    fallen(left=850)
    delivered("nan")
    first = claim()
    assert "suppliers" in queries.proposal_of(first.decision).rows
    work()
    confirm(first)
    count("A-1", 700, clock.now() + timedelta(minutes=10))
    again = claim(at=clock.now() + timedelta(minutes=20)).decision
    assert (queries.proposal_of(again).party, again.sources["given"] != []) == ("supplier", True)
    assert "suppliers" not in queries.proposal_of(again).rows
