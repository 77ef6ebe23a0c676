"""Draws cases and tries every property on each; what fails is made small and told as a row of the examples."""

import collections
import json
import random

from compensation.rules.facts import DEFAULTS, FactsRefused
from tests.fuzz import oracle
from tests.fuzz.cases import draw
from tests.fuzz.properties import ALL, Case

SMALLEST = DEFAULTS | {"ordered": 1}
PASSES = 20  # two numbers that hang together could go down by one for ever


class Failed(AssertionError):
    """A case that breaks a property, in its smallest form."""


def run(seed, count):
    """How many cases came to each clause; Failed at the first that breaks a property."""
    r, clauses = random.Random(seed), collections.Counter()
    for number in range(count):
        code, raw = draw(r)
        if broken := fault(code, raw):
            raise Failed(told(code, raw, broken, f"case {number} of seed {seed}"))
        clauses[Case(code, raw).decision.clause] += 1
    return clauses


def fault(code, raw):
    """(name of the property, what is wrong) or None; that deciding raises is a fault like any other."""
    try:
        case = Case(code, raw)
        for holds in ALL:
            if wrong := holds(case):
                return holds.__name__, wrong
    except FactsRefused:
        raise
    except Exception as problem:
        return "total", repr(problem)
    return None


def shrunk(code, raw, name):
    """Facts back at their defaults and numbers smaller, as long as the same property is broken."""
    for _ in range(PASSES):
        before = raw
        for fact, value in before.items():
            tries = (raw | {fact: other} for other in _simpler(fact, value))
            raw = next((smaller for smaller in tries if _breaks(code, smaller, name)), raw)
        if raw == before:
            break
    return raw


def _simpler(fact, value):
    if fact == "reason" or value == SMALLEST[fact]:
        return ()
    if type(value) is not int:
        return (SMALLEST[fact],)
    # Round numbers first: they are read more easily than small ones. Then by halves, and by ever smaller steps.
    rounds, steps = ([10**power for power in powers] for powers in (range(1, 4), range(12, -1, -1)))
    near = [n for n in rounds if n < value] + [value // 2] + [value - step for step in steps if step <= value]
    return dict.fromkeys([SMALLEST[fact], *near])


def _breaks(code, raw, name):
    try:
        broken = fault(code, raw)
    except FactsRefused:
        return False
    return broken is not None and broken[0] == name


def told(code, raw, broken, where):
    raw = shrunk(code, raw, broken[0])
    name, wrong = fault(code, raw)
    clause, outcome, remedies, reasons, *_ = oracle.answer(code, raw)
    row = {
        "name": f"{name}: {where}",
        "policy": code,
        "facts": {fact: value for fact, value in raw.items() if value != DEFAULTS[fact]},
        "expect": {
            "clause": clause,
            "outcome": outcome,
            "remedies": [
                {"kind": kind, "amount_fen" if kind == "refund" else "quantity": much, "grade": grade}
                for kind, much, grade in remedies
            ],
            "requires_review": bool(reasons),
            "review_reasons": reasons,
        },
    }
    return f"{name}: {wrong}\n{json.dumps(row, ensure_ascii=False)}"
