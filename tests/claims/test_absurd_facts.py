"""Facts that contradict each other or can't be, in previews, quotes, claims: 422 names the field, nothing is stored."""

import json

import pytest
from django.apps import apps

from compensation.rules.facts import CHOICES, FLAGS, INTEGERS, LARGEST, METERED_ONLY, NOT_PUBLIC
from tests.fuzz.cases import POLICIES

pytestmark = pytest.mark.django_db
FELL = {"reason": "drop", "ordered": 1000, "paid_fen": 5000, "delivered": 1000, "present": 850}
KEYS = {"reason": "refund", "ordered": 5, "paid_fen": 10_000, "total_seconds": 1}
# What is no whole number between 0 and 10^12, as JSON spells it.
NO_NUMBERS = {
    "-1": "negative", str(-(10**30)): "negative", str(LARGEST + 1): "too_large", "9" * 400: "too_large",
    "true": "not_an_integer", "false": "not_an_integer", "1.0": "not_an_integer", "1.5": "not_an_integer",
    "1e3": "not_an_integer", "-0.0": "not_an_integer", '"1"': "not_an_integer", '""': "not_an_integer",
    "[1]": "not_an_integer", "{}": "not_an_integer", "null": "not_an_integer",
}  # fmt: skip
# JSON has none of these; a parser that took them would hand on numbers that compare with nothing.
NO_JSON = ("NaN", "Infinity", "-Infinity", "0x10", "1_000", "01", "+1", ".5", "")
NO_FLAGS = ("0", "1", '"true"', '""', "null", "[]")
NO_CHOICES = ('"later"', '""', "null", "0", "true", '["none"]', "{}")


def rows():
    """How many rows stand in every table."""
    return {model._meta.label: model._base_manager.count() for model in apps.get_models()}


def told(client, facts, code="metered-standard", **spelt):
    """Status and faults of a preview; `spelt` are facts as raw JSON."""
    parts = [f"{json.dumps(name)}: {json.dumps(value)}" for name, value in facts.items() if name not in spelt]
    parts += [f"{json.dumps(name)}: {value}" for name, value in spelt.items()]
    body = '{"facts": {' + ", ".join(parts) + "}}"
    url = f"/api/v1/policies/{code}/preview/"
    answer = client.post(url, body, content_type="application/json")
    faults = [(e["field"], e["code"]) for e in answer.json().get("errors", [])]
    return answer.status_code, faults


@pytest.fixture
def asks_only(fell, client_as):
    """Somebody who may ask about a line that fell; after the test every table has as many rows as before."""
    fell("A-1", 850)
    before = {}

    def make(role):
        client = client_as(role)
        before.update(rows())
        return client

    yield make
    assert before
    assert rows() == before


@pytest.mark.parametrize("name", sorted(INTEGERS))
def test_what_is_no_whole_number(asks_only, name):
    client = asks_only("ops")
    wanted = dict(NO_NUMBERS)
    if name == "quantity":
        del wanted["null"]  # no quantity: all of them
    got = {spelt: told(client, FELL, **{name: spelt}) for spelt in wanted}
    assert got == {spelt: (422, [(name, code)]) for spelt, code in wanted.items()}
    assert {told(client, FELL, **{name: spelt})[0] for spelt in NO_JSON} == {400}


def test_what_is_no_flag_and_no_choice(asks_only):
    client = asks_only("nobody")
    tries = [(name, spelt, "not_a_boolean") for name in sorted(FLAGS) for spelt in NO_FLAGS]
    tries += [(name, spelt, "unknown_value") for name in sorted(CHOICES) for spelt in NO_CHOICES]
    got = [(name, spelt, *told(client, FELL, **{name: spelt})) for name, spelt, _ in tries]
    assert got == [(name, spelt, 422, [(name, code)]) for name, spelt, code in tries]


# (policy, the usual facts, what contradicts them, the field that is named, its code, the nearest that is taken)
CONTRADICTIONS = [
    ("metered-standard", FELL, {"ordered": 0, "delivered": 0, "present": 0}, "ordered", "below_one",
     {"ordered": 1, "delivered": 0, "present": 0}),
    ("metered-standard", FELL, {"delivered": 1001}, "delivered", "above_ordered", {"delivered": 1000}),
    ("licence-standard", KEYS, {"used_units": 6}, "used_units", "above_ordered", {"used_units": 5}),
    ("licence-standard", KEYS, {"refunded_units": 6}, "refunded_units", "above_ordered", {"refunded_units": 5}),
    ("licence-standard", KEYS, {"revealed_units": 6}, "revealed_units", "above_ordered", {"revealed_units": 5}),
    ("licence-standard", KEYS, {"quantity": 6}, "quantity", "above_ordered", {"quantity": 5}),
    ("licence-standard", KEYS, {"refunded_fen": 10_001}, "refunded_fen", "above_paid_fen",
     {"refunded_fen": 10_000}),
    ("metered-standard", FELL, {"delivered": 0, "present": 1}, "present", "present_without_delivery",
     {"delivered": 0, "present": 0}),
    ("subscription-standard", KEYS, {"total_seconds": 0}, "total_seconds", "below_one", {"total_seconds": 1}),
    ("subscription-standard", KEYS, {"reason": "drop"}, "reason", "reason_not_for_kind",
     {"reason": "defect", "total_seconds": 0}),
    ("course-standard", KEYS, {"mood": 1}, "mood", "unknown_field", {}),
    ("course-standard", KEYS, {"__class__": 1}, "__class__", "unknown_field", {}),
    ("course-standard", KEYS, {"": 1}, "", "unknown_field", {}),
    ("course-standard", KEYS, {"Ordered": 1}, "Ordered", "unknown_field", {}),
]  # fmt: skip


@pytest.mark.parametrize(("code", "usual", "change", "field", "fault", "nearest"), CONTRADICTIONS)
def test_contradictions(asks_only, code, usual, change, field, fault, nearest):
    client = asks_only("nobody")
    assert told(client, usual | change, code) == (422, [(field, fault)])
    assert told(client, usual | nearest, code) == (200, [])


def test_reasons_of_other_goods(asks_only):
    client = asks_only("nobody")
    tries = [(code, reason) for code in POLICIES for reason in sorted(METERED_ONLY)]
    got = {(code, reason): told(client, KEYS | {"reason": reason}, code) for code, reason in tries}
    assert got == {
        (code, reason): (200, []) if kind == "metered" else (422, [("reason", "reason_not_for_kind")])
        for code, kind in POLICIES.items()
        for reason in METERED_ONLY
    }


@pytest.mark.parametrize("role", ["nobody", "buyer", "shop", "developer", "ops"])
def test_scores_are_named_to_others_than_ops(asks_only, role):
    client = asks_only(role)
    got = {name: told(client, FELL | {name: 1}) for name in sorted(NOT_PUBLIC)}
    assert got == {
        name: (200, []) if role == "ops" else (422, [(name, "not_public")]) for name in sorted(NOT_PUBLIC)
    }


@pytest.mark.parametrize("spelt", ["-1", "0", "1001", str(LARGEST + 1), "1.5", "true", '"two"', "[1]", "{}"])
@pytest.mark.parametrize("path", ["/api/v1/tickets/", "/api/v1/orders/A-1/quote/"])
def test_a_quantity_that_can_not_be_claimed(asks_only, path, spelt):
    body = f'{{"reason": "refund", "quantity": {spelt}}}'
    if path.endswith("tickets/"):
        body = f'{{"order_no": "A-1", {body[1:]}'
    answer = asks_only("guest:A-1").post(path, body, content_type="application/json")
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == ["quantity"]


# A claim may leave the reason out: then it is read from the text.
@pytest.mark.parametrize(
    ("path", "reason"),
    [(path, reason) for path in ("tickets/", "orders/A-1/quote/") for reason in ("nonsense", 5, ["drop"])]
    + [("orders/A-1/quote/", ""), ("orders/A-1/quote/", None)],
)
def test_a_reason_that_is_none(asks_only, path, reason):
    answer = asks_only("guest:A-1").post(
        f"/api/v1/{path}", {"order_no": "A-1", "reason": reason}, format="json"
    )
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]][:1] == ["reason"]
