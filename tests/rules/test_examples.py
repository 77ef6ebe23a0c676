"""The worked examples of the rules, as a table: every line must come out exactly."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from compensation.rules.decide import decide
from compensation.rules.defaults import default_policy
from compensation.rules.facts import parse_facts

EXAMPLES = json.loads(Path(__file__).with_name("rules_examples.json").read_text(encoding="utf-8"))


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
