"""The last steps of a reviewed decision: why a person looks at it, who moves, what happens then."""

from __future__ import annotations

from compensation.rules.figures import yuan
from compensation.rules.steps import Step, say
from compensation.rules.vocabulary import Vocabulary


def endings(
    *,
    reasons: tuple[str, ...],
    approvals: int,
    cash_fen: int,
    refunded_fen: int,
    auto_limit_fen: int,
    v: Vocabulary,
) -> tuple[Step, ...]:
    """One step per reason, in the order of the reasons."""
    steps: list[Step] = []
    for reason in reasons:
        if reason == "amount":
            inputs = {"refunded_fen": refunded_fen, "cash_fen": cash_fen, "auto_limit_fen": auto_limit_fen}
            text = v.amount_to_approve(approvals=approvals, auto_limit_fen=auto_limit_fen)
            formula = f"{yuan(refunded_fen)} + {yuan(cash_fen)}"
            steps.append(Step(text, formula, inputs, yuan(refunded_fen + cash_fen)))
        else:
            steps.append(say(v.next_step[reason]))
    return tuple(steps)
