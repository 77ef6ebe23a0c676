"""Goods that don't do what was promised (rules §8.6), whatever the reason is called."""

from __future__ import annotations

from compensation.rules.amounts import asked_back, whole_rest
from compensation.rules.decision import Verdict, cash, units
from compensation.rules.explain import defects as explain
from compensation.rules.facts import Facts
from compensation.rules.policy import Policy


def user_error(f: Facts, p: Policy) -> Verdict | None:
    """A fault shown to be the buyer's is answered with the tutorial, never with a refusal."""
    if f.fault != "buyer":
        return None
    return Verdict("guidance", explain.user_error, outcome="guide")


def late(f: Facts, p: Policy) -> Verdict | None:
    if f.proof != "verified" or not f.warranty_over:
        return None
    return Verdict("defect.late", explain.late, outcome="review", reasons=("proof",))


def verified(f: Facts, p: Policy) -> Verdict | None:
    """A replacement where the buyer wants one and the stock covers all of it, else the whole rest in cash."""
    if f.proof != "verified":
        return None
    if f.wants == "replacement" and f.stock >= asked_back(f):
        return Verdict("defect.verified", explain.replaced, units("replacement", asked_back(f)))
    return Verdict("defect.verified", explain.refunded, cash(whole_rest(f)))


def claimed(f: Facts, p: Policy) -> Verdict | None:
    if f.proof != "claimed":
        return None
    return Verdict("defect.claimed", explain.claimed, outcome="review", reasons=("proof",))


def unproven(f: Facts, p: Policy) -> Verdict:
    """Always true, and last in every policy: what no clause foresaw goes to a person, never to a refusal."""
    return Verdict("defect.unproven", explain.unproven, outcome="review", reasons=("proof",))
