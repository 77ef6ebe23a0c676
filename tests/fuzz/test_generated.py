"""A part of `make fuzz` in every run of the tests, always of the same seed; and that a broken rule is found."""

import json
from dataclasses import replace

import pytest

from compensation.rules.clauses import CODES
from compensation.rules.decide import decide
from tests.fuzz import properties
from tests.fuzz.running import Failed, run

CASES, SEED = 20_000, 2026


def test_every_property_holds_and_every_clause_is_met():
    assert run(SEED, CASES).keys() == CODES


def _one_fen_more(facts, policy):
    return decide(facts if facts.reason != "refund" else replace(facts, paid_fen=facts.paid_fen + 1), policy)


def _tier_b_begins_late(facts, policy):
    return decide(facts, replace(policy, tier_a_rate=(11, 100)))


def _no_less_granted(facts, policy):
    return decide(replace(facts, granted=0), policy)


def _never_outside(facts, policy):
    return decide(replace(facts, elapsed_seconds=0, window="inside"), policy)


def _long_term_for_nothing(facts, policy):
    return decide(facts, replace(policy, factor_b_long_term=(11, 10)))


def _pays_late(facts, policy):
    return decide(replace(facts, elapsed_seconds=max(0, 90_000 - facts.elapsed_seconds)), policy)


def _small_drops_are_urgent(facts, policy):
    """Tier A gives twice what is lost, more than tier B begins with."""
    return decide(facts, policy if facts.present else replace(policy, factor_a=(2, 1), tier_a_rate=(1, 1)))


def _rounds_down(facts, policy):
    """Each part by itself, as if nothing had been refunded before."""
    if facts.quantity is None:
        return decide(facts, policy)
    return decide(replace(facts, refunded_units=0, refunded_fen=0), policy)


def _raises(facts, policy):
    if facts.reason == "delay" and facts.late:
        raise ZeroDivisionError
    return decide(facts, policy)


@pytest.mark.parametrize(
    ("broken", "found"),
    [
        (_one_fen_more, "unambiguous"),
        (_tier_b_begins_late, "unambiguous"),
        (_never_outside, "unambiguous"),
        (_one_fen_more, "bounded"),
        (_no_less_granted, "splitting_a_drop"),
        (_no_less_granted, "asked_again"),
        (_long_term_for_nothing, "long_term_no_less"),
        (_pays_late, "longer_or_more_used"),
        (_small_drops_are_urgent, "more_lost"),
        (_rounds_down, "splitting_a_refund"),
        (_raises, "total"),
    ],
)
def test_a_broken_rule_is_found_and_told_small(monkeypatch, broken, found):
    monkeypatch.setattr(properties, "decide", broken)
    monkeypatch.setattr("tests.fuzz.running.ALL", [getattr(properties, found, properties.unambiguous)])
    with pytest.raises(Failed) as failure:
        run(SEED, CASES)
    said, row = str(failure.value).split("\n")
    assert said.startswith(f"{found}: ")
    facts = json.loads(row)["facts"]
    assert len(facts) <= 7, facts
