"""Real defects apart from questions: what a claim says of the goods."""

from common.phrases import mark

DEFECT, QUESTION, REFUND = "defect", "question", "refund"
GROUPS = {DEFECT: mark("货的问题"), QUESTION: mark("咨询与建议"), REFUND: mark("不想要了")}
_QUESTIONS = ("question", "suggestion", "other")
# What a decision gives that found the buyer right.
_GIVES = ("compensate", "refund", "replace")


def group_of(reason: str) -> str:
    """Which of GROUPS a reason belongs to."""
    if reason in _QUESTIONS:
        return QUESTION
    return REFUND if reason == "refund" else DEFECT


def is_open(reason: str, outcome: str) -> bool:
    """A defect that a person still looks at: neither found nor refused, as long as the claim is open."""
    return group_of(reason) == DEFECT and outcome == "review"


def is_real(reason: str, outcome: str) -> bool:
    """A defect that the rules found: reported, and something is owed for it."""
    return group_of(reason) == DEFECT and outcome in _GIVES
