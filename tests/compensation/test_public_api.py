"""Previews and policies as strangers and ops ask for them; what can't be decided on is named, nothing is stored."""

import json

import pytest

from compensation.models import DecisionRecord, Remedy
from compensation.rules.facts import NOT_PUBLIC
from integrations.models import Intent

pytestmark = pytest.mark.django_db
POLICIES = "/api/v1/policies/"
FELL = {"reason": "drop", "ordered": 1000, "paid_fen": 5000, "delivered": 1000, "present": 850}


def preview(client, facts, code="metered-standard"):
    body = json.dumps({"facts": facts})  # ASCII: half pairs travel too
    return client.post(f"{POLICIES}{code}/preview/", body, content_type="application/json")


def faults(answer):
    assert answer.headers["Content-Type"] == "application/problem+json"
    return answer.status_code, [(e["field"], e["code"]) for e in answer.json()["errors"]]


def test_a_preview_decides_and_stores_nothing(shop, client_as):
    answer = preview(client_as("nobody"), FELL)
    told = answer.json()
    assert answer.status_code == 200
    assert list(told) == [
        "policy", "clause", "outcome", "remedies", "measures", "requires_review", "review_reasons", "explanation",
    ]  # fmt: skip
    assert (told["clause"], told["remedies"]) == (
        "drop.tier_b", [{"kind": "top_up", "amount_fen": None, "quantity": 180, "grade": "standard"}],
    )  # fmt: skip
    stored = (DecisionRecord.objects.count(), Remedy.objects.count(), Intent.objects.count())
    assert stored == (0, 0, 0)


def test_the_same_facts_give_the_same_bytes(shop, client_as):
    client = client_as("nobody")
    assert preview(client, FELL).content == preview(client, dict(reversed(FELL.items()))).content


REFUSED = {
    "an unknown fact": ({**FELL, "mood": 1}, [("mood", "unknown_field")]),
    "an unknown value": ({**FELL, "window": "open"}, [("window", "unknown_value")]),
    "a negative": ({**FELL, "present": -1}, [("present", "negative")]),
    "no integer": ({**FELL, "present": 1.5}, [("present", "not_an_integer")]),
    "a true": ({**FELL, "present": True}, [("present", "not_an_integer")]),
    "too large": ({**FELL, "present": 10**12 + 1}, [("present", "too_large")]),
    "nothing ordered": ({"reason": "drop"}, [("ordered", "below_one")]),
    "more than ordered": ({**FELL, "delivered": 1001}, [("delivered", "above_ordered")]),
    "two at once": ({**FELL, "pending": -1, "risk": 1}, [("pending", "negative"), ("risk", "not_public")]),
    "a name that is no text": ({**FELL, "\ud800": 1}, [("\ufffd", "unknown_field")]),
}


@pytest.mark.parametrize("name", REFUSED)
def test_facts_that_can_not_be_decided_on(shop, client_as, name):
    facts, expected = REFUSED[name]
    assert faults(preview(client_as("nobody"), facts)) == (422, expected)


@pytest.mark.parametrize("fact", sorted(NOT_PUBLIC))
def test_scores_are_passed_by_ops_only(shop, client_as, fact):
    statuses = {
        role: preview(client_as(role), {**FELL, fact: 0}).status_code for role in ("buyer", "shop", "ops")
    }
    assert statuses == {"buyer": 422, "shop": 422, "ops": 200}


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({}, "facts", "required"), ([], "facts", "required"), ({"facts": None}, "facts", "required"),
        ({"facts": [FELL]}, "facts", "required"), ({"facts": FELL, "store": True}, "store", "unknown_field"),
        ({"facts": FELL, "\udfff": 1}, "\ufffd", "unknown_field"),
    ],
)  # fmt: skip
def test_a_body_of_another_shape(shop, client_as, body, field, code):
    answer = client_as("nobody").post(
        f"{POLICIES}metered-standard/preview/", json.dumps(body), content_type="application/json"
    )
    assert faults(answer) == (422, [(field, code)])


@pytest.mark.parametrize("path", ["nobody/", "nobody/preview/", "%00/", "metered-standard/versions/2/",
                                  f"metered-standard/versions/{10**20}/", "%00/versions/1/"])  # fmt: skip
def test_what_is_not_there(shop, client_as, path):
    client = client_as("nobody")
    answer = (
        preview(client, FELL, code=path[:-9]) if path.endswith("preview/") else client.get(POLICIES + path)
    )
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_a_policy_is_read_in_words_and_by_version(shop, client_as):
    client = client_as("nobody")
    newest = client.get(f"{POLICIES}metered-standard/").json()
    assert newest == client.get(f"{POLICIES}metered-standard/versions/1/").json()
    assert newest["hash"] == preview(client, FELL).json()["policy"]["hash"]
    assert newest["text"]
    assert newest["examples"]
    assert newest["retired_at"] is None
    assert len(client.get(POLICIES).json()["results"]) == 5


def test_a_key_of_idempotency_is_not_heard(shop, client_as):
    client = client_as("buyer")
    url = f"{POLICIES}metered-standard/preview/"
    answers = [
        client.post(url, {"facts": {**FELL, "present": n}}, format="json", HTTP_IDEMPOTENCY_KEY="one")
        for n in (850, 940)
    ]
    assert [a.json()["clause"] for a in answers] == ["drop.tier_b", "drop.tier_a"]
