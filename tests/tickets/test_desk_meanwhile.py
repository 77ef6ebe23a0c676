"""What happens to a case between two steps of somebody else: nothing is withdrawn or done before its time."""

import pytest

from common import clock
from compensation.models import Remedy
from tests.tickets.case import budget, claim, fallen, rows, state, work
from tests.tickets.desk_case import ONE, act, sound
from tickets.models import Ticket
from tickets.services import conversation
from tickets.services.history import MoveNotAllowed

pytestmark = pytest.mark.django_db
FAKES = {"proof": "verified", "fake_units": 100}
DEFECT = {"proof": "verified", "fault": "developer"}


def read(ticket):
    """As a request reads it, before it waits for its turn."""
    return Ticket.objects.select_related("order__product", "decision").get(pk=ticket.pk)


def test_a_refund_found_meanwhile_is_not_withdrawn_unseen(outside):
    fallen(left=1000)
    ticket = claim(reason="defect")
    seen = read(ticket)
    act(ticket, "establish", facts=DEFECT)
    with pytest.raises(MoveNotAllowed):
        conversation.withdraw(ticket=seen, name="lin", now=clock.now())
    work()
    assert (state(ticket), budget()[:2]) == ("confirming", (0, 5000))


def test_a_top_up_found_meanwhile_is_withdrawn_with_the_case(outside):
    fallen(left=1000)
    ticket = claim(reason="fake_units")
    seen = read(ticket)
    act(ticket, "establish", facts=FAKES)
    conversation.withdraw(ticket=seen, name="lin", now=clock.now())
    work()
    assert (state(ticket), list(Remedy.objects.values_list("state", flat=True))) == ("withdrawn", ["voided"])


@pytest.mark.parametrize(("fate", "ends"), [("completed", "confirming"), ("rejected", "waiting_ops")])
def test_what_is_given_instead_of_a_rest_is_waited_for(outside, fate, ends):
    """A part came, the rest is held, and ops give something else for the rest."""
    outside.supplies = [{"state": "partial", "delivered": 100}, {"state": "rejected"}]
    fallen(left=850, paid_fen=ONE)
    ticket = claim()
    work()
    assert (state(ticket), rows(ticket)[-1]) == ("waiting_ops", ("top_up", "held", 80, 0))
    act(ticket, "override", remedies=[{"kind": "top_up", "quantity": 90}])
    assert (state(ticket), [row[1] for row in rows(ticket)][-2:]) == ("fulfilling", ["voided", "pending"])
    outside.supplies = [{"state": fate}]
    work()
    assert state(ticket) == ends
    sound()
