"""Which facts are refused, with which code, and the nearest facts that are not."""

from __future__ import annotations

import pytest

from compensation.rules.fact_names import FACT_NAMES
from compensation.rules.facts import (
    CHOICES,
    DEFAULTS,
    FLAGS,
    INTEGERS,
    LARGEST,
    METERED_ONLY,
    NOT_PUBLIC,
    REASONS,
    Facts,
    FactsRefused,
    parse_facts,
)

LINE = {"ordered": 10, "paid_fen": 100}


def faults(raw, *, kind="metered", public=False):
    with pytest.raises(FactsRefused) as refused:
        parse_facts(raw, kind=kind, public=public)
    return [(error.field, error.code) for error in refused.value.errors]


# (facts beside the usual line, what is wrong with them)
REFUSED = [
    ({"reason": "question", "pending": -1}, [("pending", "negative")]),
    ({"reason": "question", "quantity": -1}, [("quantity", "negative")]),
    ({"reason": "question", "stock": True}, [("stock", "not_an_integer")]),
    ({"reason": "question", "stock": 1.0}, [("stock", "not_an_integer")]),
    ({"reason": "question", "stock": "1"}, [("stock", "not_an_integer")]),
    ({"reason": "question", "stock": None}, [("stock", "not_an_integer")]),
    ({"reason": "question", "stock": [1]}, [("stock", "not_an_integer")]),
    ({"reason": "question", "stock": LARGEST + 1}, [("stock", "too_large")]),
    # A fact that is refused by itself is compared with nothing.
    ({"reason": "refund", "delivered": "11"}, [("delivered", "not_an_integer")]),
    ({"reason": "refund", "ordered": "10", "delivered": 5}, [("ordered", "not_an_integer")]),
    ({"reason": "refund", "paid_fen": -1, "refunded_fen": 5}, [("paid_fen", "negative")]),
    ({"reason": "drop", "present": None, "delivered": 0}, [("present", "not_an_integer")]),
    ({"reason": "question", "ordered": 0}, [("ordered", "below_one")]),
    ({"reason": "question", "ordered": None}, [("ordered", "not_an_integer")]),
    ({"reason": "refund", "delivered": 11}, [("delivered", "above_ordered")]),
    ({"reason": "refund", "used_units": 11}, [("used_units", "above_ordered")]),
    ({"reason": "refund", "refunded_units": 11}, [("refunded_units", "above_ordered")]),
    ({"reason": "refund", "revealed_units": 11}, [("revealed_units", "above_ordered")]),
    ({"reason": "refund", "quantity": 11}, [("quantity", "above_ordered")]),
    ({"reason": "refund", "refunded_fen": 101}, [("refunded_fen", "above_paid_fen")]),
    ({"reason": "drop", "present": 1}, [("present", "present_without_delivery")]),
    ({"reason": "question", "colour": 1}, [("colour", "unknown_field")]),
    ({"reason": "question", "window": "later"}, [("window", "unknown_value")]),
    ({"reason": "question", "fault": None}, [("fault", "unknown_value")]),
    ({"reason": "question", "proof": ["none"]}, [("proof", "unknown_value")]),
    ({"reason": "question", "wants": ""}, [("wants", "unknown_value")]),
    ({"reason": "gift"}, [("reason", "unknown_value")]),
    ({}, [("reason", "required")]),
    ({"reason": "question", "closed": 1}, [("closed", "not_a_boolean")]),
    ({"reason": "question", "closed": None}, [("closed", "not_a_boolean")]),
    ({"reason": "question", "closed": "true"}, [("closed", "not_a_boolean")]),
    # All of them, not only the first; a comparison with a refused value is not made.
    (
        {"reason": "drop", "ordered": 0, "delivered": 5, "risk": -1, "late": 0, "x": 1},
        [("ordered", "below_one"), ("risk", "negative"), ("late", "not_a_boolean"), ("x", "unknown_field")],
    ),
    (
        {"reason": "refund", "delivered": 11, "quantity": 12, "refunded_fen": 101},
        [
            ("delivered", "above_ordered"),
            ("quantity", "above_ordered"),
            ("refunded_fen", "above_paid_fen"),
        ],
    ),
]


@pytest.mark.parametrize(("facts", "expected"), REFUSED, ids=[str(facts) for facts, _ in REFUSED])
def test_refused(facts, expected):
    assert sorted(faults({**LINE, **facts})) == sorted(expected)


TAKEN = [
    {"reason": "question", "pending": 0, "quantity": 0, "stock": LARGEST},
    {"reason": "question", "ordered": 1, "quantity": None},
    {"reason": "refund", "delivered": 10, "used_units": 10, "refunded_units": 10, "revealed_units": 10},
    {"reason": "refund", "quantity": 10, "refunded_fen": 100},
    {"reason": "drop", "present": 0},
    {"reason": "drop", "present": 999, "delivered": 1},  # held may exceed delivered: the bonus of a top-up
    {"reason": "refund", "present": 1},  # only a drop compares what is held with what came
    {"reason": "question", "fake_units": 10**6, "restored": 10**6, "granted": 10**6},
]


@pytest.mark.parametrize("facts", TAKEN, ids=str)
def test_neighbours_are_taken(facts):
    raw = {**LINE, **facts}
    parsed = parse_facts(raw, kind="metered", public=False)
    assert parsed.as_data() == DEFAULTS | raw


def test_ordered_is_needed():
    assert faults({"reason": "question"}) == [("ordered", "below_one")]


@pytest.mark.parametrize("raw", [None, [], "reason", 3])
def test_facts_are_an_object(raw):
    assert faults(raw) == [("facts", "not_an_object")]


@pytest.mark.parametrize(
    ("kind", "reason", "total", "expected"),
    [
        ("subscription", "refund", 0, [("total_seconds", "below_one")]),
        ("subscription", "refund", 1, []),
        ("subscription", "defect", 0, []),
        ("licence", "refund", 0, []),
    ],
)
def test_time_based_refunds_need_the_time_that_was_bought(kind, reason, total, expected):
    raw = {**LINE, "reason": reason, "total_seconds": total}
    if expected:
        assert faults(raw, kind=kind) == expected
    else:
        assert parse_facts(raw, kind=kind, public=False).total_seconds == total


@pytest.mark.parametrize("kind", ["metered", "licence", "game_item", "course", "subscription"])
@pytest.mark.parametrize("reason", REASONS)
def test_reasons_of_a_kind(kind, reason):
    raw = {**LINE, "reason": reason, "total_seconds": 1}
    if reason in METERED_ONLY and kind != "metered":
        assert faults(raw, kind=kind) == [("reason", "reason_not_for_kind")]
    else:
        assert parse_facts(raw, kind=kind, public=False).reason == reason


@pytest.mark.parametrize("name", ["credit", "open_auto_fen", "risk"])
@pytest.mark.parametrize("value", [0, 5, -1, "x", None])
def test_what_only_ops_may_pass(name, value):
    raw = {**LINE, "reason": "question", name: value}
    assert faults(raw, public=True) == [(name, "not_public")]
    if value in (0, 5) and value is not None:
        assert getattr(parse_facts(raw, kind="metered", public=False), name) == value


def test_the_facts_of_the_contract_with_their_defaults():
    true = {"measurable", "revocable", "effect_due"}
    expected = dict.fromkeys(INTEGERS, 0) | {name: name in true for name in FLAGS}
    expected |= {"quantity": None, "window": "inside", "fault": "none", "proof": "none", "wants": "refund"}
    assert Facts(reason="question", ordered=1).as_data() == expected | {"reason": "question", "ordered": 1}
    assert len(expected | {"reason": ""}) == 42
    assert set(FACT_NAMES) == set(DEFAULTS) == INTEGERS | FLAGS | set(CHOICES)
    assert NOT_PUBLIC <= INTEGERS


def test_every_fault_says_what_to_do_in_chinese():
    for facts, _ in REFUSED:
        with pytest.raises(FactsRefused) as refused:
            parse_facts({**LINE, **facts}, kind="metered", public=False)
        assert all((error.detail.endswith("。") and "请" in error.detail) or "只能填" in error.detail
                   for error in refused.value.errors)  # fmt: skip


def test_facts_survive_being_stored():
    facts = Facts(reason="drop", ordered=5, quantity=2, window="warranty", gift=True, risk=7)
    assert parse_facts(facts.as_data(), kind="metered", public=False) == facts
