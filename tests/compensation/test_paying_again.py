"""A refund that failed: paid again within the budget and once, handed to a person, or left."""

import threading

import pytest
from django.db import connections, transaction

from common import clock
from common.refusals import Refusal
from compensation.models import Remedy
from compensation.services import paying_again, remedies
from compensation.services.by_hand import NotOffered
from compensation.services.remedies import BudgetSpent
from ledger.models import Break
from tests.compensation.by_hand_case import done, open_breaks, remedy, send_again, stands, words
from tests.compensation.test_by_hand import sound
from tests.tickets.case import budget, claim, fallen, rows, state, work
from tests.tickets.conftest import outside

__all__ = ["outside"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def failed(outside):
    """Its refund was refused by the shop, its gift came; the line is closed."""
    outside.refunds = [{"state": "failed"}, {"state": "succeeded"}]
    fallen(left=700)
    ticket = claim()
    work()
    assert (stands("refund"), budget(), open_breaks()) == (
        ("failed", 0, "voided"), (0, 0, 0, True), ["refund_failed"],
    )  # fmt: skip
    return ticket


def act(action, *, by="qiao", ordinal=1):
    return action(remedy=remedy("refund", ordinal), by=by, reason="卡已换", now=clock.now())


def test_paid_again_under_the_next_key(failed, outside):
    assert act(paying_again.pay_again).carried_out
    fresh = remedy("refund", 2)
    assert (fresh.follows_id, fresh.amount_fen, fresh.units_back) == (remedy("refund").pk, 5000, 1000)
    assert (budget(), state(failed), open_breaks()) == ((5000, 0, 1000, True), "fulfilling", [])
    work()
    assert [row for row in rows(failed) if row[0] == "refund"] == [
        ("refund", "failed", 5000, 0), ("refund", "settled", 5000, 0),
    ]  # fmt: skip
    assert (budget(), state(failed)) == ((0, 5000, 1000, True), "confirming")
    assert outside.asked().count(("refund", 5000)) == 2
    assert words() == [("pay_again", "qiao", "", True)]
    sound()


def test_once(failed):
    act(paying_again.pay_again)
    for action in (paying_again.pay_again, paying_again.pay_by_hand, paying_again.leave):
        with pytest.raises(NotOffered):
            act(action, by="he")
    assert Remedy.objects.filter(kind="refund").count() == 2


def test_what_failed_again_may_be_paid_again_again(failed, outside):
    outside.refunds = [{"state": "failed"}, {"state": "succeeded"}]
    act(paying_again.pay_again)
    work()
    assert (state(failed), open_breaks()) == ("waiting_ops", ["refund_failed"])
    act(paying_again.pay_again, ordinal=2)
    work()
    assert (state(failed), budget()) == ("confirming", (0, 5000, 1000, True))
    sound()


def test_within_the_budget(failed):
    row = remedy("refund")
    with transaction.atomic():
        remedies.reserve(record=row.decision, amount_fen=1, units=0)
    with pytest.raises(BudgetSpent):
        act(paying_again.pay_again)
    assert (Remedy.objects.filter(kind="refund").count(), open_breaks(), words()) == (
        1,
        ["refund_failed"],
        [],
    )


def test_handed_to_a_person(failed, outside):
    act(paying_again.pay_by_hand)
    assert (stands("refund", 2), remedy("refund", 2).held_reason) == (("held", 0, "pending"), "refund_again")
    assert (state(failed), open_breaks(), budget()[0]) == ("waiting_ops", [], 5000)
    done("refund", ordinal=2)
    assert (state(failed), budget()) == ("confirming", (0, 5000, 1000, True))
    sound()


def test_handed_to_a_person_and_sent_after_all(failed):
    act(paying_again.pay_by_hand)
    send_again("refund", ordinal=2)
    work()
    assert (state(failed), stands("refund", 2)) == ("confirming", ("settled", 0, "posted"))
    sound()


def test_left(failed):
    act(paying_again.leave)
    assert (stands("refund"), open_breaks(), Break.objects.get().closing.note) == (
        ("failed", 0, "voided"), [], "卡已换",
    )  # fmt: skip
    with pytest.raises(NotOffered):
        act(paying_again.pay_again)


@pytest.mark.parametrize("kind", ["gift", "top_up"])
def test_only_of_a_refund_that_failed(outside, kind):
    fallen(left=700 if kind == "gift" else 850)
    claim()
    work()
    for action in (paying_again.pay_again, paying_again.leave):
        with pytest.raises(NotOffered):
            action(remedy=remedy(kind), by="qiao", reason="试", now=clock.now())


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_one_pays(failed):
    outcomes, errors, start = [], [], threading.Barrier(6)

    def press(n):
        try:
            start.wait(10)
            outcomes.append(act(paying_again.pay_again, by=f"ops-{n}").carried_out)
        except Refusal:
            outcomes.append(False)
        except Exception as error:
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=press, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (errors, sorted(outcomes)) == ([], [False] * 5 + [True])
    assert (Remedy.objects.filter(kind="refund").count(), budget()[0]) == (2, 5000)
