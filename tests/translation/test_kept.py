"""What is kept has one language, whoever asked for it: services and rules know no reader."""

import ast
import re

import pytest

from compensation.models import DecisionRecord
from evidence.models import Entry
from tests.claims.conftest import client_as, fell, shop
from tests.translation.extracting import ROOMS, ROOT
from tickets.models import Event

__all__ = ["client_as", "fell", "shop"]

SPEAKING = re.compile(
    r"common\.language\b|django\.utils\.translation\b|common\.figures$"
    r"|common\.figures\.(moment|full_moment|full_day|day|stamp_moment|day_moment|short_moment|capital|capital_yuan|column_heads)$"
)
SILENT = ("services", "rules", "tasks", "receivers", "signals")


def imported(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{each.name}" for each in node.names)
        elif isinstance(node, ast.Import):
            yield from (each.name for each in node.names)


@pytest.mark.parametrize("room", ROOMS)
def test_services_and_rules_speak_to_nobody(room):
    files = [path for slot in SILENT for path in (ROOT / room).glob(f"{slot}*/**/*.py")]
    files += [path for slot in SILENT for path in (ROOT / room).glob(f"{slot}.py")]
    assert [str(path) for path in files if any(map(SPEAKING.match, imported(path)))] == []


def claimed(client, order_no, language):
    body = {"order_no": order_no, "reason": "drop"}
    answer = client.post("/api/v1/tickets/", body, format="json", HTTP_ACCEPT_LANGUAGE=language,
                         HTTP_IDEMPOTENCY_KEY=f"claim-{order_no}")  # fmt: skip
    assert answer.status_code == 201, answer.content
    client.post(f"/api/v1/tickets/{answer.json()['no']}/messages/", {"text": "hello"}, format="json",
                HTTP_ACCEPT_LANGUAGE=language)  # fmt: skip
    decision = DecisionRecord.objects.get(order__order_no=order_no)
    events = Event.objects.filter(ticket__order__order_no=order_no).order_by("id")
    entries = Entry.objects.filter(order_no=order_no).order_by("id")
    words = "[㐀-鿿]+"
    return (
        [step["text"] for step in decision.body["explanation"]],
        [event.text for event in events],
        [re.findall(words, entry.body) for entry in entries],
    )


def test_a_claim_made_in_english_is_kept_as_one_made_in_chinese(fell, client_as):
    fell("A-1", 850)
    fell("A-2", 850)
    english = claimed(client_as("guest:A-1"), "A-1", "en")
    chinese = claimed(client_as("guest:A-2"), "A-2", "zh-CN")
    assert english == chinese
    assert len(chinese[0]) > 2
