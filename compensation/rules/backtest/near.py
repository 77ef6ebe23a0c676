"""Which limits of a policy a decision lies beside: within 1 % of the limit, on one side or the other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from compensation.rules.amounts import used
from compensation.rules.decision import Decision
from compensation.rules.policy import Policy

SHARE = 100  # near is within a hundredth of the limit itself
TIERS = frozenset({"drop.tier_a", "drop.tier_b", "drop.tier_c"})
TIMED = frozenset({"refund.trial", "refund.cooling_off", "refund.pro_rata", "refund.after_cooling_off"})
# Limit: the clauses that ask for it; the limits of money are asked for by every policy.
ASKED_BY = {
    "tier_a_rate": ("drop.tier_a",),
    "tier_b_rate": ("drop.tier_b",),
    "trial_seconds": ("refund.trial", "refund.trial:time"),
    "trial_units": ("refund.trial",),
    "trial_used_seconds": ("refund.trial:time",),
    "cooling_off_seconds": ("refund.cooling_off",),
    "pro_rata_seconds": ("refund.pro_rata", "refund.pro_rata:time"),
    "auto_limit_fen": (),
    "dual_control_fen": (),
}
_OF_TRIAL = ("trial_seconds", "trial_units", "trial_used_seconds")


class Limit(NamedTuple):
    """top / base; whatever is measured exactly so much is still within it."""

    name: str
    top: int
    base: int


def limits_of(policy: Policy) -> tuple[Limit, ...]:
    """Those the policy has and asks for; a limit of nothing has no two sides."""
    found = []
    for name, clauses in ASKED_BY.items():
        value = getattr(policy, name)
        top, base = value if isinstance(value, tuple) else (value or 0, 1)
        if top and (not clauses or any(clause in policy.clauses for clause in clauses)):
            found.append(Limit(name, top, base))
    return tuple(found)


def beside(decision: Decision, limits: tuple[Limit, ...]) -> Iterator[tuple[str, bool]]:
    """(limit, whether the decision lies past it) of each limit that it lies near."""
    for name, top, base in limits:
        measured = _measured(name, decision)
        if measured is None or measured[1] <= 0:
            continue
        here, there = measured[0] * base, top * measured[1]
        if SHARE * abs(here - there) <= there:
            yield name, here > there


def _measured(name: str, decision: Decision) -> tuple[int, int] | None:
    """What is held against the limit, as a ratio; None where the decision never asked."""
    facts, policy = decision.facts, decision.terms
    if name in ("auto_limit_fen", "dual_control_fen"):
        cash = decision.cash_fen
        return (facts.refunded_fen + cash, 1) if cash else None
    if name in ("tier_a_rate", "tier_b_rate"):
        measures = decision.measures
        return (measures.loss, measures.base) if measures and decision.clause in TIERS else None
    if decision.clause not in TIMED or (name in _OF_TRIAL and facts.trial_taken):
        return None
    if name == "trial_units":
        return used(facts, policy), facts.ordered
    return (facts.used_seconds if name == "trial_used_seconds" else facts.elapsed_seconds), 1
