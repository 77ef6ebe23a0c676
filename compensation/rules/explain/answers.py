"""The steps of claims that are answered rather than computed."""

from __future__ import annotations

from compensation.rules.facts import Facts
from compensation.rules.policy import Policy
from compensation.rules.steps import Step, say
from compensation.rules.vocabulary import Vocabulary


def question(f: Facts, p: Policy, v: Vocabulary) -> list[Step]:
    return [say(v.guide_first)]


def message(f: Facts, p: Policy, v: Vocabulary) -> list[Step]:
    return [say(v.passed_on)]


def closed(f: Facts, p: Policy, v: Vocabulary) -> list[Step]:
    if f.refunded_fen < f.paid_fen and f.refunded_units < f.ordered:
        # What closed the line was decided and has not come through: saying that it was paid would be untrue.
        return [say(v.being_refunded), say(v.can_be_appealed)]
    return [say(v.settled), say(v.settled_by_what)]


def delay_running(f: Facts, p: Policy, v: Vocabulary) -> list[Step]:
    return [_arrived(f, v), say(v.all_arrived if f.delivered >= f.ordered else v.on_its_way)]


def delay_choice(f: Facts, p: Policy, v: Vocabulary) -> list[Step]:
    return [_arrived(f, v), say(v.late_choice)]


def _arrived(f: Facts, v: Vocabulary) -> Step:
    inputs = {"delivered": f.delivered, "ordered": f.ordered}
    return Step(v.arrived, f"{f.delivered} / {f.ordered}", inputs, v.units(f.delivered))
