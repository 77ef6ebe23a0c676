"""The process dies, or is too slow, between what a request does and the answer kept of it."""

from datetime import timedelta

import pytest
import time_machine

from accounts.models import IdempotencyKey
from accounts.services import idempotency
from common import clock
from evidence.models import Entry
from tests.tickets.case import claim, fallen
from tickets.models import Event, Ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def ticket(shop):
    fallen()
    return claim()


def say(client, ticket, key="k-1"):
    url = f"/api/v1/tickets/{ticket.no}/messages/"
    return client.post(url, {"text": "还差很多"}, format="json", HTTP_IDEMPOTENCY_KEY=key)


def said():
    return Event.objects.filter(kind="message").count()


def test_killed_before_the_answer_was_kept_nothing_was_done_and_the_next_try_does_it_once(
    ticket, buyer, monkeypatch
):
    keep = idempotency.finish

    def killed(**_):
        assert said() == 1
        raise SystemExit

    monkeypatch.setattr(idempotency, "finish", killed)
    before = Entry.objects.count()
    with pytest.raises(SystemExit):
        say(buyer, ticket)
    assert (said(), Entry.objects.count()) == (0, before)
    monkeypatch.setattr(idempotency, "finish", keep)
    assert (say(buyer, ticket).status_code, said()) == (409, 0)  # for all we know the first still runs
    with time_machine.travel(clock.now() + timedelta(seconds=20)):
        first, again = say(buyer, ticket), say(buyer, ticket)
    assert (first.status_code, again.status_code, again.content, said()) == (201, 201, first.content, 1)


def test_whoever_was_taken_over_leaves_nothing_behind(ticket, buyer, monkeypatch):
    keep = idempotency.finish

    def late(*, claim, answer):
        IdempotencyKey.objects.filter(pk=claim.pk).update(created_at=claim.started + timedelta(seconds=20))
        keep(claim=claim, answer=answer)

    monkeypatch.setattr(idempotency, "finish", late)
    answer = say(buyer, ticket)
    assert (answer.status_code, answer.json()["code"], said()) == (409, "idempotency_in_progress", 0)
    assert answer["Content-Type"] == "application/problem+json"


def test_a_refused_claim_is_kept_as_an_answer(ticket, buyer):
    def again():
        body = {"order_no": "A-1", "reason": "drop"}
        return buyer.post("/api/v1/tickets/", body, format="json", HTTP_IDEMPOTENCY_KEY="k-2")

    first, second = again(), again()
    assert (first.status_code, second["Idempotency-Replayed"], second.content) == (409, "true", first.content)
    assert Ticket.objects.count() == 1
