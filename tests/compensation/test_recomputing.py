"""Every stored decision comes out the same again; a forged one is named with what differs."""

import pytest

from common import clock
from compensation.models import DecisionRecord
from compensation.services.recomputing import decisions, recomputed_differently
from tests.tickets.case import claim, fallen

pytestmark = pytest.mark.django_db
FORGED = {
    "the clause": ({"clause": "drop.tier_c"}, ["clause"]),
    "the outcome": ({"outcome": "refund"}, ["outcome"]),
    "who is asked": ({"requires_review": True, "review_reasons": ["risk"]}, ["requires_review", "review_reasons"]),
    "a fact": ({"facts": {"present": 940}}, ["clause", "body"]),
    "a fact that is none": ({"facts": {"mood": 1}}, ["facts"]),
    "a fact of another kind": ({"facts": {"present": "many"}}, ["facts"]),
    "one more unit": ({"body": {"measures": {"base": 1000, "loss": 151}}}, ["body"]),
    "the same number, another value": ({"body": {"requires_review": 0}}, ["body"]),
    "the reason": ({"reason": "refund"}, ["reason"]),
}  # fmt: skip


def forge(changes):
    """Rows can't be changed: a forger writes one more."""
    row = DecisionRecord.objects.first()
    row.pk, row.decided_at = None, clock.now()
    for name, value in changes.items():
        setattr(row, name, getattr(row, name) | value if isinstance(value, dict) else value)
    row.save()
    return row.pk


def test_a_story_recomputes_to_the_same_bytes(shop):
    for number, left in (("A-1", 940), ("A-2", 850), ("A-3", 700), ("A-4", 1003), ("A-5", None)):
        fallen(number, left)
        claim(number)
        claim(number, reason="refund")
    seen = []
    assert list(recomputed_differently(seen=seen.append)) == []
    assert seen == [1] * decisions().count() == [1] * 10


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_decision_is_named(shop, name):
    fallen()
    claim()
    changes, differs = FORGED[name]
    assert list(recomputed_differently()) == []
    forged = forge(changes)
    assert list(recomputed_differently()) == [(forged, "A-1", differs)]


def test_a_decision_by_another_policy_than_the_order_s_is_named(shop, django_assert_num_queries):
    fallen()
    record = claim().decision
    order = record.order
    type(order).objects.update(policy_hash="0" * 64)
    with django_assert_num_queries(1):
        assert list(recomputed_differently()) == [(record.pk, "A-1", ["policy"])]
