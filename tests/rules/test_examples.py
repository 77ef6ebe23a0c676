"""The worked examples of the rules, as a table: every line must come out exactly."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from compensation.rules.clauses import CODES
from compensation.rules.decide import decide
from compensation.rules.defaults import default_policy
from compensation.rules.facts import parse_facts

HERE = Path(__file__).parent
EXAMPLES = json.loads((HERE / "rules_examples.json").read_text(encoding="utf-8"))


def _remedy(expected: dict) -> dict:
    return {"amount_fen": None, "quantity": None} | expected


@pytest.mark.parametrize("example", EXAMPLES, ids=[example["name"] for example in EXAMPLES])
def test_example(example):
    policy = default_policy(example["policy"])
    facts = parse_facts(example["facts"], kind=policy.kind, public=False)
    answer = decide(facts, policy).as_data()
    expected = example["expect"]
    assert {name: answer[name] for name in expected} == expected | {
        "remedies": [_remedy(remedy) for remedy in expected["remedies"]]
    }


# More, worked out by hand: {about, policy, facts of all its cases, cases: [name, its own facts, clause,
# outcome, remedies as "kind number grade", review reasons, and where it matters how many approve]}.
OWN = [
    (group["policy"], group["facts"], *case)
    for group in json.loads((HERE / "own_examples.json").read_text(encoding="utf-8"))
    for case in group["cases"]
]


def _said(remedy):
    value = remedy.amount_fen if remedy.quantity is None else remedy.quantity
    return " ".join(filter(None, (remedy.kind, str(value), remedy.grade)))


@pytest.mark.parametrize("example", OWN, ids=[f"{example[0]}: {example[2]}" for example in OWN])
def test_own_example(example):
    code, usual, _, changes, clause, outcome, remedies, reasons, *people = example
    policy = default_policy(code)
    decision = decide(parse_facts(usual | changes, kind=policy.kind, public=False), policy)
    got = (decision.clause, decision.outcome, list(map(_said, decision.remedies)))
    assert got == (clause, outcome, remedies)
    assert list(decision.review_reasons) == reasons
    assert people in ([], [decision.approvals])


def test_no_example_is_told_twice_and_every_clause_is_met():
    asked = [json.dumps([code, usual | changes], sort_keys=True) for code, usual, _, changes, *_ in OWN]
    assert len(set(asked)) >= 200
    # Where the same facts stand twice, the second says how many approve.
    assert all(len(OWN[n]) == 9 for n, one in enumerate(asked) if one in asked[:n])
    met = {case[4] for case in OWN} | {example["expect"]["clause"] for example in EXAMPLES}
    assert met == CODES
