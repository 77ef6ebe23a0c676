"""The last steps of a reviewed decision: why a person looks at it, who moves, what happens then."""

from __future__ import annotations

from compensation.rules.figures import yuan
from compensation.rules.steps import Step, say

# `risk` and `manual` read alike: the bytes of an explanation don't depend on who reads it.
NEXT = {
    "unmeasurable": "现在数不出准数。不当作掉光，也不当作没掉，接下来由专人核对后答复您。",
    "person": "这一步由专人接手，看过后会答复您，您不用再提交一次。",
    "proof": "接下来由专人核实。您可以补充一张看得清的截图，核实得更快。",
    "supplier": "供货方说补完了，却一直没有数到。专人先向供货方核对，不影响您应得的。",
    "risk": "这一单由专人复核后再办，上面算出的结果先保留。",
    "manual": "这一单由专人复核后再办，上面算出的结果先保留。",
}


def endings(
    *, reasons: tuple[str, ...], approvals: int, cash_fen: int, refunded_fen: int, auto_limit_fen: int
) -> list[Step]:
    """One step per reason, in the order of the reasons."""
    steps = []
    for reason in reasons:
        if reason == "amount":
            people = "两位同事" if approvals > 1 else "专人"
            inputs = {"refunded_fen": refunded_fen, "cash_fen": cash_fen, "auto_limit_fen": auto_limit_fen}
            text = f"这一单累计退款超过 {yuan(auto_limit_fen)}，由{people}核对后付款，算出的金额不变"
            formula = f"{yuan(refunded_fen)} + {yuan(cash_fen)}"
            steps.append(Step(text, formula, inputs, yuan(refunded_fen + cash_fen)))
        else:
            steps.append(say(NEXT[reason]))
    return steps
