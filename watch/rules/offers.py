"""Whether a drop deserves a warning, and what a claim made on it would give."""

from __future__ import annotations

from collections.abc import Sequence

from common.phrases import Phrase, joined, phrase
from compensation.rules.decision import Decision, Remedy
from compensation.rules.drops import is_urgent, warrants_warning

INSIDE, SLOW = "inside", "slow"
WINDOWS = {"inside": INSIDE, "warranty": SLOW}  # of the facts → of the warning


def window_of(decision: Decision) -> str | None:
    """The window that a warning would be about; None where there is nothing to warn of, or nothing to be got."""
    measured = decision.measures
    if measured is None or not decision.remedies or not decision.facts.measurable:
        return None
    if not warrants_warning(base=measured.base, loss=measured.loss, policy=decision.terms):
        return None
    return WINDOWS.get(decision.facts.window)


def urgent(decision: Decision) -> bool:
    """Whether the buyer is told at night too."""
    measured = decision.measures
    if measured is None or decision.facts.window != "inside":
        return False
    return is_urgent(base=measured.base, loss=measured.loss, policy=decision.terms)


def fingerprint(clause: str, remedies: Sequence[Remedy]) -> str:
    """What was offered, so that what is pressed is what was read: drop.tier_b|top_up:180."""
    return "|".join([clause, *(f"{one.kind}:{one.amount_fen or one.quantity}" for one in remedies)])


def gives(remedies: Sequence[Remedy]) -> Phrase:
    """补 180 个; 退 ¥50.00，另送 1000 个优质的."""
    parts: list[str] = []
    for one in sorted(remedies, key=lambda remedy: remedy.kind != "refund"):
        parts += [phrase("，"), _given(one)] if parts else [_given(one)]
    return joined(parts)


def _given(one: Remedy) -> Phrase:
    if one.kind == "refund":
        fen = one.amount_fen or 0
        return phrase("退 {yuan}", yuan=f"¥{fen // 100}.{fen % 100:02d}")
    if one.kind == "gift":
        return phrase("另送优质的 {n} 个", n=one.quantity or 0)
    return phrase("补 {n} 个", n=one.quantity or 0)
