"""A refund that failed, or an approval that was refused since: what people rule next stands alone."""

import pytest

from common import clock
from compensation.admin import present_remedy
from compensation.models import Approval, HandWord, Remedy
from compensation.services import by_hand, paying_again
from compensation.services.approving import DecideAnew
from compensation.services.by_hand import NotOffered
from integrations.models import Intent
from integrations.rules import answers
from integrations.rules.answers import Meaning, Report
from integrations.services import settling
from ledger.models import Break
from tests.tickets.case import budget, claim, fallen, rows, state, work
from tests.tickets.desk_case import ONE, REASON, TWO, act, appealed, large, sound
from tickets.models import Ticket

pytestmark = pytest.mark.django_db
REFUND = {"kind": "refund", "amount_fen": 3000}


@pytest.fixture
def failed(outside):
    """Thirty of five hundred yuan were given, and the shop's backend refused to pay them."""
    outside.refunds = [{"state": "failed"}, {"state": "succeeded"}]
    fallen(left=None, paid_fen=ONE)
    ticket = claim(reason="defect")
    act(ticket, "override", remedies=[REFUND])
    work()
    assert (state(ticket), rows(ticket), budget()) == (
        "waiting_ops", [("refund", "failed", 3000, 0)], (0, 0, 0, False),
    )  # fmt: skip
    return ticket


@pytest.mark.parametrize(("move", "given", "paid"), [
    ("override", {"remedies": [REFUND]}, 3000),
    ("establish", {"facts": {"proof": "none"}}, 0),
    ("refuse", {}, 0),
])  # fmt: skip
@pytest.mark.parametrize("again", [paying_again.pay_again, paying_again.pay_by_hand])
def test_what_is_ruled_takes_the_place_of_a_refund_that_failed(failed, outside, move, given, paid, again):
    first = Remedy.objects.get(kind="refund")
    act(failed, move, **given)
    work()
    with pytest.raises(NotOffered):
        again(remedy=first, by="an", reason="再退", now=clock.now())
    work()
    assert (budget()[:2], outside.asked().count(("refund", 3000))) == ((0, paid), 1 + bool(paid))
    assert list(HandWord.objects.values_list("remedy", "action", "by", "reason", "carried_out")) == [
        (first.pk, "leave", "qiao", REASON, True)
    ]
    assert (by_hand.waiting().count(), Break.objects.filter(closed_at=None).count()) == (0, 0)
    sound()


@pytest.mark.parametrize("again", [paying_again.pay_again, paying_again.pay_by_hand, paying_again.leave])
def test_what_was_ruled_while_it_was_under_way_takes_its_place_too(outside, again):
    fallen(left=None, paid_fen=ONE)
    ticket = claim(reason="defect")
    act(ticket, "override", remedies=[REFUND])
    first, now = Remedy.objects.get(), clock.now()
    Intent.objects.update(state="processing", first_sent_at=now, last_sent_at=now, next_at=now)
    Remedy.objects.update(state="processing")
    Ticket.objects.update(state="waiting_ops")  # as where something else of the case needs a person
    act(ticket, "override", remedies=[REFUND])
    refused = answers.told(Report(meaning=Meaning.REFUSED, reference="R-1"))
    settling.settle(key=first.key, answer=refused, now=now)
    work()
    first.refresh_from_db()
    assert (first.state, by_hand.waiting().count(), budget()[:2]) == ("failed", 0, (0, 3000))
    assert present_remedy.page(first, now=now)["actions"] == []
    with pytest.raises(NotOffered):
        again(remedy=first, by="an", reason="再退", now=now)
    sound()


def test_what_was_paid_again_is_left_alone(failed):
    paying_again.pay_again(remedy=Remedy.objects.get(kind="refund"), by="an", reason="再退", now=clock.now())
    work()
    assert (state(failed), budget()) == ("confirming", (0, 3000, 0, False))
    assert list(HandWord.objects.values_list("action", flat=True)) == ["pay_again"]


@pytest.mark.parametrize("before", [["qiao"], ["qiao", "an"]])
def test_a_yes_from_before_a_refusal_is_none_after_the_appeal(outside, before):
    outside.refunds, outside.supplies = [{"state": "failed"}], [{"state": "rejected"}]
    ticket = large(TWO)
    for name in before:
        act(ticket, "approve", by=name)
    work()
    act(ticket, "refuse", by="bai")
    appealed(ticket)
    for name in ("he", "qiao"):
        with pytest.raises(DecideAnew):
            act(ticket, "approve", by=name)
    assert (state(ticket), Approval.objects.count(), budget()) == ("appealed", len(before), (0, 0, 0, False))
    act(ticket, "establish", by="bai", facts={})
    act(ticket, "approve", by="qiao")
    assert (state(ticket), budget()[0]) == ("waiting_ops", TWO)
    act(ticket, "approve", by="an")
    assert state(ticket) == "fulfilling"
    sound()


def test_an_appeal_is_not_granted_on_figures_that_others_have_changed(outside):
    ticket = large()
    act(ticket, "refuse")
    other = claim(reason="defect")
    act(other, "override", by="bai", remedies=[REFUND])
    appealed(ticket)
    with pytest.raises(DecideAnew):
        act(ticket, "approve")
    act(ticket, "establish", by="bai", facts={})
    act(ticket, "approve", by="an")
    assert budget() == (ONE, 0, 1000, True)
    sound()


def test_money_that_a_person_gave_up_is_not_confirmed_by_silence(outside):
    """Tier C on a gateway that people pay: the gift came, the refund was given up; somebody says what comes instead."""
    fallen(left=700, gateway="alipay")
    ticket = claim()
    work()
    assert state(ticket) == "waiting_ops"
    by_hand.give_up(remedy=Remedy.objects.get(kind="refund"), by="qiao", reason=REASON, now=clock.now())
    work()
    assert (state(ticket), rows(ticket)) == (
        "waiting_ops", [("gift", "settled", 1000, 1000), ("refund", "voided", 5000, 0)],
    )  # fmt: skip
    act(ticket, "override", remedies=[REFUND])
    by_hand.done_by_hand(
        remedy=Remedy.objects.get(amount_fen=3000), by="qiao", reference="R-1", reason=REASON, now=clock.now()
    )
    work()
    assert (state(ticket), budget()[1]) == ("confirming", 3000)
