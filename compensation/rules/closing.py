"""What a decision takes back of its line: units that its cash pays for, and whether nothing of the line is left. §4."""

from __future__ import annotations

from compensation.rules import amounts
from compensation.rules.decision import Decision

# It gives everything back and closes, also a line that cost nothing: its gift is given once.
CLOSING = "drop.tier_c"
OF_UNUSED = ("refund.pro_rata", "refund.cooling_off")


def units_given_back(decision: Decision) -> int:
    """Units that the decision's cash pays for: the unused ones, those asked back, or all that are left."""
    facts, policy = decision.facts, decision.terms
    if not decision.cash_fen:
        return 0
    if decision.clause in OF_UNUSED:
        # Time is paid back by the second: no unit of a subscription goes with it.
        return 0 if policy.kind == "subscription" else amounts.of_unused(facts, policy)
    if decision.clause == CLOSING:
        return facts.ordered - facts.refunded_units
    return amounts.asked_back(facts)


def closes(decision: Decision, *, waiting: tuple[int, int] = (0, 0)) -> bool:
    """All cash or all units of the line are given back once this decision is carried out.

    `waiting`: fen and units of the line's other refunds that wait for a person. They may yet be refused, and the one
    that goes out last closes.
    """
    facts = decision.facts
    if decision.clause == CLOSING:
        return True
    if not decision.cash_fen:
        return False
    fen = facts.refunded_fen + decision.cash_fen - waiting[0]
    units = facts.refunded_units + units_given_back(decision) - waiting[1]
    return is_empty(paid_fen=facts.paid_fen, ordered=facts.ordered, refunded_fen=fen, refunded_units=units)


def is_empty(*, paid_fen: int, ordered: int, refunded_fen: int, refunded_units: int) -> bool:
    """Whether all cash or all units of a line have been given back: rules.md §4."""
    return refunded_fen >= paid_fen or refunded_units >= ordered
