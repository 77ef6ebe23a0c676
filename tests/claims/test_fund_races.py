"""The guarantee fund asked by several at once, while responsibility is corrected and money is paid out beside it."""

import random
from collections import Counter
from itertools import cycle, islice

import pytest
from django.db import transaction

from accounts.models import User
from accounts.services import people
from common import clock
from common.refusals import Refusal
from common.transitions import again_on_deadlock
from compensation.services import bearing, deciding
from developers.models import FundClaim
from developers.services.fund import deciding as answers
from developers.services.fund import filing, paying
from ledger.services import funds as books
from orders.models import Product
from tests.claims.conftest import claim
from tests.claims.test_bearing_races import asked, fresh
from tests.claims.test_races import at_once, settle
from tests.developers.fund_case import lies, money, of, ops, sound

pytestmark = pytest.mark.django_db(transaction=True)
PAID, PARTIES = 5000, ("developer", "platform", "supplier", "unknown")


@pytest.fixture
def refunded(fell):
    """refunded("A-1"): a refund of 5000 fen of yun's goods, paid; nobody has said yet who bears it."""
    people.ensure_user(username="yun", role="developer", password="pass")

    def make(number):
        Product.objects.update(developer=User.objects.get(username="yun"))
        fell(number, 700)
        ticket = claim(number)
        settle(asked(ticket), amount_fen=PAID)
        return fresh(ticket)

    return make


def correct(ticket, party):
    """As a person's word does it: under the line's lock, in one transaction."""

    @transaction.atomic
    def step():
        deciding.lock_line(ticket.order)
        record = ticket.decision
        bearing.set_bearer(record=record, party=party, by="qiao", reason="查过", now=clock.now())

    again_on_deadlock(step)


def answer(row, action, by):
    person, found = ops(by), FundClaim.objects.select_related("developer").get(pk=row.pk)
    step = getattr(answers, action)
    return lambda: step(claim=found, by=person, reason="核对过", now=clock.now())


def test_two_answer_while_responsibility_moves_and_money_is_paid_out(refunded):
    money("guarantee", 3 * PAID)
    money("share", 4 * PAID, developer="yun")
    account, yun = of("yun"), User.objects.get(username="yun")
    for turn, number in enumerate(("A-0", "A-1", "A-2")):
        ticket = refunded(number)
        correct(ticket, "developer")
        row = filing.file(by=yun, cause="outage", nos=[ticket.no], text="停服", now=clock.now())
        mine = FundClaim.objects.get(pk=row.pk)
        before = Counter(lies())
        results = at_once(
            answer(row, "approve", "qiao"), answer(row, "approve", "lan"),
            lambda ticket=ticket: correct(ticket, "platform"),
            lambda turn=turn: books.pay_out(account=account, fen=100, reference=f"P-{turn}", now=clock.now()),
            *([lambda mine=mine: filing.withdraw(claim=mine, by=yun, now=clock.now())] if turn == 2 else []),
        )  # fmt: skip
        broken = [each for each in results if isinstance(each, Exception) and not isinstance(each, Refusal)]
        row.refresh_from_db()
        paid = row.paid_fen if row.state == "paid" else 0
        moved = Counter(lies())
        moved.subtract(before)
        # In the end the platform bears it; the developer has got it back once, whoever was first.
        assert (broken, paid in (0, PAID), sound()) == ([], True, True)
        expected = {account: PAID - 100, "platform_expense": -PAID, "developer_paid": 100}
        assert {code: fen for code, fen in moved.items() if fen} == expected


def test_eight_answer_and_eight_pay_and_it_is_paid_once(refunded):
    ticket = refunded("A-1")
    correct(ticket, "developer")
    yun = User.objects.get(username="yun")
    row = filing.file(by=yun, cause="outage", nos=[ticket.no], text="停服", now=clock.now())
    results = at_once(*[answer(row, "approve", f"ops-{n}") for n in range(4)])
    assert Counter(isinstance(each, Refusal) for each in results) == {True: 3, False: 1}
    money("guarantee", PAID - 1)
    at_once(*[lambda: paying.run_due(now=clock.now())] * 4)
    assert lies()["guarantee_fund"] == PAID - 1
    at_once(lambda: money("guarantee", PAID), *[lambda: paying.run_due(now=clock.now())] * 7)
    paying.run_due(now=clock.now())
    row.refresh_from_db()
    assert (row.state, row.paid_fen, lies()["guarantee_fund"], sound()) == ("paid", PAID, PAID - 1, True)


def test_eight_file_for_one_case_and_one_does(refunded):
    ticket = refunded("A-1")
    correct(ticket, "developer")
    yun = User.objects.get(username="yun")
    file = lambda: filing.file(by=yun, cause="wrong", nos=[ticket.no], text="多退", now=clock.now())  # noqa: E731
    results = at_once(*[file] * 8)
    assert sorted(type(each).__name__ for each in results) == ["ClaimedBefore"] * 7 + ["FundClaim"]


def test_two_hundred_corrections_eight_at_once_leave_the_books_at_zero(refunded):
    """What is kept for the developer and what the fund has suffice for half of it: both limits are met all the time."""
    tickets = [refunded(f"A-{n}") for n in range(4)]
    money("guarantee", PAID // 2)
    money("share", 3 * PAID // 2, developer="yun")
    account = of("yun")

    def hand(seed):
        r = random.Random(seed)
        for party in islice(cycle(r.sample(PARTIES, 4)), 25):
            correct(r.choice(tickets), party)

    results = at_once(*[lambda seed=seed: hand(seed) for seed in range(8)])
    assert ([each for each in results if each is not None], sound()) == ([], True)
    for ticket in tickets:
        correct(ticket, "developer")
    assert (lies().get(account, 0), lies().get("guarantee_fund", 0), sound()) == (0, 0, True)
    for ticket in tickets:
        correct(ticket, "platform")
    end = {account: 3 * PAID // 2, "guarantee_fund": PAID // 2, "platform_expense": -4 * PAID - PAID // 2}
    assert ({code: lies()[code] for code in end}, sound()) == (end, True)
