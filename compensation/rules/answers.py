"""Claims that are answered rather than computed: questions, suggestions, closed lines, delays (rules §8)."""

from __future__ import annotations

from compensation.rules.decision import Verdict
from compensation.rules.explain import answers as explain
from compensation.rules.facts import Facts
from compensation.rules.policy import Policy


def question(f: Facts, p: Policy) -> Verdict:
    return Verdict("guidance", explain.question, outcome="guide")


def message(f: Facts, p: Policy) -> Verdict:
    return Verdict("message", explain.message, outcome="review", reasons=("person",))


def closed(f: Facts, p: Policy) -> Verdict | None:
    if not f.closed:
        return None
    return Verdict("closed", explain.closed, outcome="refuse")


def delay_running(f: Facts, p: Policy) -> Verdict | None:
    if f.late:
        return None
    return Verdict("delay.running", explain.delay_running, outcome="guide")


def delay_choice(f: Facts, p: Policy) -> Verdict:
    return Verdict("delay.choice", explain.delay_choice, outcome="guide")
