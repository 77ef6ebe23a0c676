"""Filing an intent: once, frozen, with what the database itself refuses; and what others may ask."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from integrations import queries
from integrations.models import Intent
from integrations.services import heartbeats, intents
from integrations.services.intents import KeyTaken
from tests.integrations.provider_stub import T0, file_refund, file_top_up, key_of, read

pytestmark = pytest.mark.django_db


def test_filing_twice_is_once():
    first = file_top_up()
    assert file_top_up(now=T0 + timedelta(days=1)).pk == first.pk
    row = read(first)
    assert (row.state, row.kind, row.provider, row.quantity, row.amount_fen) == (
        "pending", "top_up", "supplier", 10, None,
    )  # fmt: skip
    assert (row.next_at, row.created_at, row.attempts) == (T0, T0, 0)


def test_the_same_key_with_other_content_is_refused():
    file_top_up()
    with pytest.raises(KeyTaken):
        file_top_up(quantity=11)
    with pytest.raises(KeyTaken):
        file_refund()
    assert Intent.objects.get().quantity == 10


def test_a_worker_is_woken_after_commit(django_capture_on_commit_callbacks, monkeypatch):
    sent = []
    monkeypatch.setattr("common.jobs._send", lambda name, ids: sent.append((name, ids)))
    with django_capture_on_commit_callbacks(execute=True):
        file_top_up()
        file_top_up()
        assert sent == []
    assert sent == [("integrations.send", {"key": str(key_of())})]


@pytest.mark.parametrize(
    "changes",
    [
        {"state": "lost"}, {"state": "settled"}, {"state": "sending"}, {"state": "held"}, {"quantity": None},
        {"amount_fen": 5}, {"quantity": 0}, {"delivered": 11}, {"delivered": -1}, {"finished_at": T0},
        {"state": "settled", "finished_at": T0}, {"kind": "gold"},
    ],
)  # fmt: skip
def test_what_the_database_refuses(changes):
    intent = file_top_up()
    with pytest.raises(IntegrityError), transaction.atomic():
        Intent.objects.filter(pk=intent.pk).update(**changes)


def test_a_refund_has_nothing_delivered():
    intent = file_refund()
    with pytest.raises(IntegrityError), transaction.atomic():
        Intent.objects.filter(pk=intent.pk).update(delivered=1)


def test_what_others_may_ask():
    _, second = file_top_up(1), file_top_up(2)
    intents.ask_void(key=second.key, now=T0)
    assert queries.unfinished() == {"pending": 1}


def test_heartbeats_only_go_forward():
    minute = timedelta(minutes=1)
    assert queries.stale(name="sweep", now=T0, age=minute)
    heartbeats.beat(name="sweep", now=T0)
    heartbeats.beat(name="sweep", now=T0 - minute)
    stale = [queries.stale(name="sweep", now=T0 + minute * n, age=minute) for n in (0, 1, 2)]
    assert stale == [False, False, True]
