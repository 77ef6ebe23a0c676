"""A recorded decision is made again from its facts and its policy's data, and whatever differs is named."""

import json
from dataclasses import asdict

import pytest

from compensation.rules.decide import decide
from compensation.rules.defaults import DEFAULT_POLICIES
from compensation.rules.facts import Facts
from compensation.rules.policy import Policy
from compensation.rules.proving import COMPARED, differences

POLICY = next(policy for policy in map(Policy.from_data, DEFAULT_POLICIES) if policy.kind == "metered")
POLICIES = [{"hash": POLICY.hash, "data": POLICY.as_data()}]
FACTS = Facts(reason="drop", ordered=1000, paid_fen=5000, delivered=1000, present=850)
OTHER = {"clause": "drop.none", "outcome": "nothing", "remedies": [], "measures": None}


def said(**changes):
    """As it stands in the record: through JSON."""
    decision = decide(FACTS, POLICY).as_data()
    return json.loads(json.dumps({"id": 1, "facts": asdict(FACTS), **decision, **changes}))


def test_what_was_decided_is_decided_again():
    assert list(differences(said(), policies=POLICIES)) == []


@pytest.mark.parametrize("name", COMPARED)
def test_what_differs_is_named(name):
    assert list(differences(said(**{name: OTHER[name]}), policies=POLICIES)) == [f"{name} 重算不同"]


def test_other_facts_give_another_decision():
    facts = asdict(FACTS) | {"present": 700}
    found = list(differences(said(facts=facts), policies=POLICIES))
    assert found == [f"{name} 重算不同" for name in COMPARED]


@pytest.mark.parametrize("facts", [{}, {"reason": "drop", "strange": 1}])
def test_facts_that_are_none(facts):
    assert list(differences(said(facts=facts), policies=POLICIES)) == ["事实读不懂"]


@pytest.mark.parametrize(
    "policies",
    [None, [], "x", [{"hash": POLICY.hash}], [{"hash": POLICY.hash, "data": POLICY.as_data() | {"title": "别的"}}],
     [{"hash": "0", "data": POLICY.as_data()}], [{"hash": POLICY.hash, "data": {"code": 1}}]],
)  # fmt: skip
def test_a_policy_that_is_not_the_one(policies):
    assert list(differences(said(), policies=policies)) == ["凭据包里没有它的规则，或规则的指纹不对"]


def test_what_a_foreign_record_spells_otherwise_says_nothing_in_later_decisions():
    """850.0 and 850 are equal, and True and 1: what is kept of one must not be shown for the other."""
    for strange in (
        {"present": 850.0, "delivered": 1000.0, "paid_fen": 5000.0},
        {"granted": True, "restored": True},
    ):
        list(differences(said(facts=asdict(FACTS) | strange), policies=POLICIES))
    one = Facts(**asdict(FACTS) | {"granted": 1, "restored": 1})
    text = json.dumps([decide(facts, POLICY).as_data() for facts in (FACTS, one)], ensure_ascii=False)
    assert [word for word in ("850.0", "1000.0", "True", "true,") if word in text] == []
