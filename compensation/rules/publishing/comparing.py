"""Two decisions on the same facts: which of them gives the buyer more."""

from __future__ import annotations

from typing import NamedTuple

from compensation.rules.decision import Decision

# An answer by the rules themselves beats a person's look, which beats a refusal, where nothing is given either way.
_ANSWERS = {"refuse": 0, "nothing": 0, "review": 1, "guide": 1}


class Change(NamedTuple):
    """What the second decision gives beside the first; `verdict` is better, worse or same, for the buyer."""

    verdict: str
    cash_fen: int
    units: int
    to_person: bool  # decided by the rules before, and by a person now


def compare(before: Decision, after: Decision) -> Change:
    """Cash first, then units. Units that are gone are made good by more cash only where nothing paid is left to refund.

    What a reviewed decision would give counts as given: the person decides whether, the rules how much.
    """
    cash = after.cash_fen - before.cash_fen
    units = _units(after) - _units(before)
    to_person = after.requires_review and not before.requires_review
    return Change(_verdict(before, after, cash, units), cash, units, to_person)


def _verdict(before: Decision, after: Decision, cash: int, units: int) -> str:
    if cash < 0:
        return "worse"
    if units < 0:
        all_paid_back = after.facts.refunded_fen + after.cash_fen >= after.facts.paid_fen > 0
        return "better" if cash > 0 and all_paid_back else "worse"
    if cash > 0 or units > 0:
        return "better"
    if before.remedies or after.remedies:
        return "same"
    return _of_answers(_ANSWERS.get(before.outcome, 0), _ANSWERS.get(after.outcome, 0))


def _of_answers(before: int, after: int) -> str:
    if before == after:
        return "same"
    return "better" if after > before else "worse"


def _units(decision: Decision) -> int:
    return sum(remedy.quantity or 0 for remedy in decision.remedies)
