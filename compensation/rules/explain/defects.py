"""The steps of goods that don't do what was promised."""

from __future__ import annotations

from compensation.rules.amounts import asked_back
from compensation.rules.explain.refunds import rest
from compensation.rules.facts import Facts
from compensation.rules.policy import Policy
from compensation.rules.steps import Step, say
from compensation.rules.vocabulary import Vocabulary


def user_error(f: Facts, p: Policy, v: Vocabulary) -> list[Step]:
    return [say(v.how_to_use)]


def late(f: Facts, p: Policy, v: Vocabulary) -> list[Step]:
    return [say(v.verified_too_late)]


def replaced(f: Facts, p: Policy, v: Vocabulary) -> list[Step]:
    count = asked_back(f)
    inputs = {"units": count, "stock": f.stock}
    return [say(v.replacement_chosen), Step(v.replaced_from(f.stock), None, inputs, v.units(count))]


def refunded(f: Facts, p: Policy, v: Vocabulary) -> list[Step]:
    text = v.whole_is_faulty if f.quantity is None else v.part_is_faulty
    if f.wants == "replacement":
        text = v.stock_too_small(f.stock)
    return [say(text), *rest(f, v)]


def claimed(f: Facts, p: Policy, v: Vocabulary) -> list[Step]:
    return [say(v.to_verify)]


def unproven(f: Facts, p: Policy, v: Vocabulary) -> list[Step]:
    return [say(v.no_proof_yet)]
