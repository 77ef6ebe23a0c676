"""Points and whose case gave the cash back: what the system wrote stays the system's, whatever is found of it later."""

from datetime import timedelta

import pytest

from common import clock
from compensation.models import Finding, Remedy
from tests.tickets.case import claim, fallen, order_of, state, work
from tests.tickets.conftest import outside
from tests.tickets.desk_case import act
from tests.watch.test_earning import booked, ends, over
from tests.watch.test_warnings import links, look, press
from tickets.models import Ticket
from tickets.services import claims, conversation

__all__ = ["outside"]
pytestmark = pytest.mark.django_db


def find(ticket, facts):
    act(ticket, "establish", facts=facts)
    ticket.refresh_from_db()


def not_yet(ticket):
    """The buyer says that it is not solved, and it goes to a person."""
    ticket.refresh_from_db()
    conversation.say(
        ticket=ticket, actor="buyer", name="lin", text="还是不行", internal=False, now=clock.now()
    )
    assert state(ticket) == "waiting_ops"


def test_a_refund_by_a_warnings_link_costs_none_whatever_ops_find_of_the_case_later(
    outside, client, by_day
):  # fmt: skip
    fallen(left=600)
    look()
    press(client, links()[0], client.get(links()[0]).context["page"].offer)
    ticket, refund = Ticket.objects.get(), Remedy.objects.get(kind="refund")
    assert (ticket.channel, ticket.decision_id) == ("warning", refund.decision_id)
    work()
    refund.refresh_from_db()
    assert (refund.state, state(ticket)) == ("settled", "confirming")
    not_yet(ticket)
    find(ticket, {"fault": "supplier"})
    assert state(ticket) == "refused"  # nothing is left of the line
    by_day.shift(timedelta(hours=1))
    conversation.appeal(ticket=ticket, text="请再看", name="lin", now=clock.now())
    find(ticket, {"fault": "platform"})
    assert (
        len({refund.decision_id, *Finding.objects.values_list("replaces", flat=True), ticket.decision_id})
        == 3
    )
    over(by_day)
    assert (ends(), booked()) == ([("A-1", "earned")], [("A-1", 50)])


def test_a_refund_of_a_case_of_ops_costs_them_whatever_they_find_of_it_later(outside, by_day):
    """The other side of the same: a question's refund follows its question, not the system's case beside it."""
    fallen(left=1000)
    claims.open_claim(
        order=order_of(), reason="drop", text="", quantity=None, channel="warning", actor="", side="system",
        now=clock.now(),
    )  # fmt: skip
    ticket = claim(reason="other", text="不想要了")
    act(ticket, "override", remedies=[{"kind": "refund", "amount_fen": 1000}])
    work()
    not_yet(ticket)
    find(ticket, {"fault": "supplier"})
    over(by_day)
    assert ends() == [("A-1", "refunded")]
