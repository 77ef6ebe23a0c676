"""What can't be explained: written down once, kept until a person closes it, whatever a provider calls it."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from integrations.services import inbound
from ledger.models import Break
from ledger.services.breaks import open_break

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


def found(kind="amount", reference="supplier:1", detail="100, 不是 90", at=NOW):
    open_break(kind=kind, reference=reference, detail=detail, now=at)


def test_once_while_it_is_open():
    found()
    found(detail="又一次", at=NOW + timedelta(hours=1))
    found(kind="order")
    found(reference="supplier:2")
    assert list(Break.objects.order_by("id").values_list("kind", "reference", "detail")) == [
        ("amount", "supplier:1", "100, 不是 90"), ("order", "supplier:1", "100, 不是 90"),
        ("amount", "supplier:2", "100, 不是 90"),
    ]  # fmt: skip


def test_again_once_it_was_closed():
    found()
    Break.objects.update(closed_at=NOW)
    found(at=NOW + timedelta(hours=1))
    assert list(Break.objects.order_by("id").values_list("closed_at", flat=True)) == [NOW, None]


def test_ops_read_them_the_newest_first(client_as):
    found()
    found(kind="order")
    listed = client_as("ops").get("/api/v1/breaks/").json()["results"]
    assert [row["kind"] for row in listed] == ["order", "amount"]
    assert listed[1] == {
        "kind": "amount", "reference": "supplier:1", "detail": "100, 不是 90", "opened_at": "2026-11-22T04:00:00Z",
        "closed_at": None,
    }  # fmt: skip


def test_a_call_back_with_the_longest_name_is_taken_and_told_apart():
    for letter in ("a", "b", "a"):
        event = {
            "event_id": f"e-{Break.objects.count()}-{letter}",
            "key": "k" * 199 + letter,
            "state": "completed",
        }
        taken = inbound.take_callback(channel="supplier", body=json.dumps(event).encode(), now=NOW)
        assert taken == "unknown_key"
    references = list(Break.objects.values_list("reference", flat=True))
    assert len(set(references)) == len(references) == 2
    assert {len(reference) for reference in references} == {200}
