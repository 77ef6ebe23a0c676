"""The link of a warning, opened after something else was done about the drop: it never takes that for a recovery."""

from datetime import timedelta

import pytest

from common import clock
from compensation.models import LineBudget
from tests.tickets.case import budget, claim, count, fallen, order_of, state, withdraw, work
from tests.tickets.conftest import outside
from tests.watch.test_warnings import links, look, press
from tickets.models import Ticket
from watch.models import DropWarning

__all__ = ["outside"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def warned(shop):
    fallen(left=700)
    look()
    return links()[0]


def shown(client, link):
    page = client.get(link).context["page"]
    return page.heading, page.button


def test_what_was_claimed_elsewhere_is_told_of_before_and_after_it_was_made_good(warned, client, outside):
    ticket = claim()
    for _ in range(2):
        page = client.get(warned).context["page"]
        assert (page.heading, ticket.no in page.text, page.button) == ("已经申请过了", True, "")
        work()
    assert (state(ticket), budget()) == ("confirming", (0, 5000, 1000, True))


def test_what_was_claimed_and_withdrawn_is_offered_as_before(shop, client):
    fallen()
    look()
    withdraw(claim())
    assert client.get(links()[0]).context["page"].offer == "drop.tier_b|top_up:180"


def test_what_fell_again_after_a_case_was_over_is_offered(shop, client):
    fallen()
    look()
    Ticket.objects.filter(pk=claim().pk).update(state="closed", due_at=None)
    count("A-1", 500, clock.now() - timedelta(minutes=1))
    assert shown(client, links()[0])[1] == "申请退款 ¥50.00"


def test_what_was_given_back_for_another_reason_is_no_recovery(warned, client):
    decision = claim(reason="refund").decision
    LineBudget.objects.update_or_create(order=order_of(), defaults={"closed_by": decision})
    assert shown(client, warned) == ("已经办过了", "")


def test_a_counter_that_went_blind_is_no_recovery(warned, client):
    count("A-1", None, clock.now() - timedelta(minutes=1))
    assert shown(client, warned) == ("现在数不出来", "")
    assert press(client, warned).status_code == 409
    assert (Ticket.objects.count(), DropWarning.objects.get().used_at) == (0, None)
