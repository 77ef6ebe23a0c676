"""What a decision takes back of its line: units that its cash pays for, and whether nothing of the line is left. §4."""

from __future__ import annotations

from compensation.rules import amounts
from compensation.rules.decision import Decision

OF_UNUSED = ("refund.pro_rata", "refund.cooling_off")


def units_given_back(decision: Decision) -> int:
    """Units that the decision's cash pays for: the unused ones, those asked back, or all that are left."""
    facts, policy = decision.facts, decision.terms
    if not decision.cash_fen:
        return 0
    if decision.clause in OF_UNUSED:
        # Time is paid back by the second: no unit of a subscription goes with it.
        return 0 if policy.kind == "subscription" else amounts.of_unused(facts, policy)
    if decision.clause == "drop.tier_c":
        return facts.ordered - facts.refunded_units
    return amounts.asked_back(facts)


def closes(decision: Decision) -> bool:
    """All cash or all units of the line are given back once this decision is carried out."""
    facts = decision.facts
    if decision.clause == "drop.tier_c":
        # Also a line that cost nothing: no cash goes back, but its gift is given once.
        return True
    if not decision.cash_fen:
        return False
    if facts.refunded_fen + decision.cash_fen >= facts.paid_fen:
        return True
    return facts.refunded_units + units_given_back(decision) >= facts.ordered
