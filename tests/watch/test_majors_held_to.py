"""What a case is held to that proves to be major after it was filed, and a claim where nobody can be asked."""

from datetime import timedelta

import pytest
from django.db import connection

from common import clock
from common.refusals import StateMoved
from tests.tickets.case import claim
from tests.watch.test_majors import MINUTE, waits_for_ops
from tests.watch.test_supplier_incidents import fell
from tickets.models import Clock, Ticket
from tickets.services import conversation
from tickets.signals import claim_filed
from watch.services import mass

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def two(monkeypatch):
    """The limit in these tests."""
    monkeypatch.setattr(mass, "MOST", 2)


def test_who_read_a_case_before_it_was_graded_reads_it_again(shop):
    fell(("A-0", "g"))
    ticket = claim("A-0")
    Ticket.objects.filter(pk=ticket.pk).update(state="waiting_buyer")
    before = Ticket.objects.get()
    fell(*((f"B-{n}", "g") for n in range(3)))
    said = {"text": "是这样", "actor": "buyer", "name": "", "internal": False, "now": clock.now()}
    with pytest.raises(StateMoved):
        conversation.say(ticket=before, **said)
    conversation.say(ticket=Ticket.objects.get(), **said)
    now = Ticket.objects.get()
    assert (now.severity, now.state, now.due_at) == ("major", "waiting_ops", clock.now() + timedelta(hours=2))


@pytest.mark.parametrize(("kind", "seconds", "new"), [
    ("first_reply", -1, True), ("first_reply", 0, False), ("intervention", -1, True), ("intervention", 0, False),
])  # fmt: skip
def test_what_is_over_already_is_no_promise(shop, kind, seconds, new):
    fell(("A-0", "g"))
    ticket = claim("A-0")
    waits_for_ops(ticket, minutes=20)
    Clock.objects.filter(ticket=ticket).delete()
    due_at = clock.now() + timedelta(seconds=seconds)
    Clock.objects.create(ticket=ticket, kind=kind, state="running", due_at=due_at)
    fell(*((f"B-{n}", "g") for n in range(3)))
    runs = Clock.objects.filter(ticket=ticket, state="running").order_by("pk").values_list("kind", "due_at")
    team = [("intervention", clock.now() + 30 * MINUTE)]
    assert list(runs) == [(kind, due_at), *(team if new else [])]


@pytest.mark.parametrize("how", ["raises", "spoils the transaction"])
def test_a_claim_is_filed_also_where_whoever_is_asked_breaks(shop, how, caplog):
    def asked(sender, **_):
        if how == "raises":
            raise RuntimeError
        with connection.cursor() as cursor:
            cursor.execute("SELECT nothing_called_so FROM nowhere")

    fell(*((f"A-{n}", "g") for n in range(3)))
    claim_filed.connect(asked)
    try:
        ticket = claim("A-0")
    finally:
        claim_filed.disconnect(asked)
    assert (Ticket.objects.get(), "订单 A-0 是不是一起掉的时出错" in caplog.text) == (ticket, True)
