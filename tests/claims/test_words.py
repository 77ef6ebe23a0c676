"""What a buyer says reaches a person, and what can't be stored is named."""

from datetime import timedelta

import pytest

from common import clock
from common.refusals import Invalid
from tests.claims.conftest import claim, told
from tickets.models import Ticket
from tickets.services import conversation, waiting

pytestmark = pytest.mark.django_db


def say(ticket, text, actor="buyer"):
    conversation.say(ticket=ticket, text=text, actor=actor, name="lin", internal=False, now=clock.now())


def test_not_solved_yet_goes_to_a_person_and_is_not_resolved_by_silence(fell):
    fell("A-1", 1000)
    ticket = claim("A-1", reason="question", text="怎么看")
    assert ticket.state == "confirming"
    say(ticket, "还是不行")
    assert (told(ticket)[0], ticket.turn) == ("waiting_ops", "ops")
    clock_ = ticket.clocks.get(kind="next_reply")
    assert (clock_.state, clock_.due_at - ticket.events.get(kind="message").at < timedelta(minutes=31)) == (
        "running",
        True,
    )
    say(ticket, "在吗")
    assert ticket.clocks.filter(kind="next_reply").count() == 1
    waiting.run_due(now=clock.now() + timedelta(days=3))
    assert told(ticket)[0] == "waiting_ops"
    say(ticket, "这就看", actor="ops")
    assert ticket.clocks.exclude(kind="fulfilment").filter(state="running").count() == 0


@pytest.mark.parametrize("text", ["a\0b", "\ud800"])
def test_words_no_database_can_keep_are_named(fell, text):
    fell("A-1", 850)
    with pytest.raises(Invalid) as refused:
        claim("A-1", text=text)
    assert [(e["field"], e["code"]) for e in refused.value.errors] == [("text", "malformed")]
    ticket = claim("A-1")
    with pytest.raises(Invalid):
        say(ticket, text)
    assert Ticket.objects.count() == 1


def test_the_shops_account_files_no_claim_by_page(fell, client, django_user_model):
    fell("A-1", 850)
    client.force_login(
        django_user_model.objects.create(username="the-shop", role="shop"),
        backend="django.contrib.auth.backends.ModelBackend",
    )
    assert client.post("/orders/A-1/claim/", {"reason": "drop"}).status_code == 404
    assert not Ticket.objects.exists()


def test_a_planted_session_does_not_come_to_know_the_order(fell, client, settings):
    for number in ("A-1", "B-1"):
        fell(number, 850, query_password="secret")
    keys = []
    for number in ("A-1", "B-1"):
        client.post("/", {"order_no": number, "query_password": "secret"})
        keys.append(client.session.session_key)
    assert keys[0] != keys[1]
    assert client.get("/orders/B-1/").status_code == 200
    client.cookies[settings.SESSION_COOKIE_NAME] = keys[0]
    assert client.get("/orders/B-1/").status_code == 404
