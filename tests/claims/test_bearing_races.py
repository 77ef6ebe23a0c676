"""Who bears it, said by several at once and while it is paid: one account has the cost, and the books are at zero."""

from collections import Counter

import pytest

from accounts.services import people
from common import clock
from common.refusals import Refusal
from compensation.models import Bearer, Contest, ContestAnswer, Remedy
from integrations.models import Intent
from ledger.models import Transfer
from ledger.queries import trial_balance
from orders.models import Product
from tests.claims.conftest import claim
from tests.claims.test_races import at_once, settle
from tickets.models import Ticket
from tickets.services import contesting, desk

pytestmark = pytest.mark.django_db(transaction=True)
ACCOUNT = {"platform": "platform_expense", "supplier": "supplier_payable", "unknown": "dispute_fund"}


def borne():
    """{account: fen it bears}, those with nothing left out."""
    sums = Counter()
    for row in Transfer.objects.filter(unit="fen").select_related("debit", "credit"):
        sums[row.debit.code] += row.amount
        sums[row.credit.code] -= row.amount
    return {code: fen for code, fen in sums.items() if fen > 0}


def balanced():
    return all(total["debit"] == total["credit"] for total in trial_balance()["totals"])


def says(ticket, party, by):
    """One press of that colleague on the case as it was when they opened it."""
    person, found = people.ensure_user(username=by, role="ops", password="pass"), fresh(ticket)
    return lambda: desk.set_responsibility(
        ticket=found, by=person, party=party, reason="查过", version=found.version, now=clock.now()
    )


def fresh(ticket):
    return Ticket.objects.select_related("order__product", "decision").get(pk=ticket.pk)


def asked(ticket):
    """Its refund is with the provider, who has not answered yet."""
    found = Intent.objects.filter(kind="refund", order_no=ticket.order.order_no)
    found.update(state="processing", first_sent_at=clock.now(), last_sent_at=clock.now())
    return found.get()


def test_two_of_ops_while_the_refund_settles(fell):
    for number in ("A-0", "A-1", "A-2"):
        fell(number, 700)
        ticket = claim(number)
        refund = asked(ticket)
        before = borne()
        results = at_once(
            says(ticket, "platform", "qiao"), says(ticket, "supplier", "lan"),
            lambda refund=refund: settle(refund, amount_fen=5000),
        )  # fmt: skip
        refused = [type(each).__name__ for each in results if isinstance(each, Exception)]
        assert refused == ["ColleagueFirst"]
        said = Bearer.objects.get(decision=ticket.decision)
        bears = Counter(borne())
        bears.subtract(before)
        assert +bears == {ACCOUNT[said.party]: 5000}
        assert (balanced(), Remedy.objects.get(key=refund.key).state) == (True, "settled")


def test_a_contest_filed_eight_times_and_answered_eight_times_while_it_is_paid(fell):
    maker = people.ensure_user(username="yun", role="developer", password="pass")
    Product.objects.update(developer=maker)
    fell("A-1", 700)
    ticket = claim("A-1")
    refund = asked(ticket)
    says(ticket, "developer", "qiao")()
    contest = lambda: contesting.contest(  # noqa: E731
        ticket=fresh(ticket), by=maker, text="不是我", now=clock.now()
    )
    results = at_once(*[contest] * 8)
    assert sorted(type(each).__name__ for each in results) == ["ContestedBefore"] * 7 + ["Ticket"]
    answers = [
        answer(ticket, party, by) for party, by in zip(("platform", "supplier") * 2, "abcd", strict=True)
    ]
    results = at_once(*answers, lambda: settle(refund, amount_fen=5000))
    assert len([each for each in results[:4] if isinstance(each, Refusal)]) == 3
    said = ContestAnswer.objects.get()
    assert borne() == {ACCOUNT[said.party]: 5000}
    assert (balanced(), Contest.objects.count(), Bearer.objects.count()) == (True, 1, 2)


def answer(ticket, party, by):
    person, found = people.ensure_user(username=by, role="ops", password="pass"), fresh(ticket)
    return lambda: contesting.answer(
        ticket=found, by=person, party=party, reason="查过", version=found.version, now=clock.now()
    )


def test_to_and_fro_it_lies_on_one_account(fell):
    """The same word twice moves nothing, and each move gives back what the one before took."""
    fell("A-1", 700)
    ticket = claim("A-1")
    settle(asked(ticket), amount_fen=5000)
    for turn in range(12):
        party = ("platform", "platform", "supplier", "unknown")[turn % 4]
        says(ticket, party, "qiao")()
        assert (borne(), balanced()) == ({ACCOUNT[party]: 5000}, True)
    assert len(set(Transfer.objects.filter(reason="bear").values_list("reference", flat=True))) == 9
