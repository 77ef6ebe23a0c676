"""Real defects apart from questions: what a claim says of the goods."""

from common.phrases import mark

DEFECT, QUESTION, REFUND, RECALL = "defect", "question", "refund", "recall"
GROUPS = {
    DEFECT: mark("货的问题"), QUESTION: mark("咨询与建议"), REFUND: mark("不想要了"), RECALL: mark("召回"),
}  # fmt: skip
_QUESTIONS = ("question", "suggestion", "other")
# What a decision gives that found the buyer right.
_GIVES = ("compensate", "refund", "replace")


# What a figure of the page can be opened by.
ALL, REAL, QUESTIONS, COST, OPEN = "all", "real", "questions", "cost", "open"
OPENED_BY = (ALL, REAL, QUESTIONS, COST, OPEN)
# What a cost is made of; units that were given on top are never summed with what was owed.
CASH, UNITS, GIFTS = "cash", "units", "gifts"
COSTS = {CASH: mark("退款"), UNITS: mark("补发"), GIFTS: mark("赠送")}


def group_of(reason: str) -> str:
    """Which of GROUPS a reason belongs to; what a recall costs has one of its own, since nobody filed it."""
    if reason in _QUESTIONS:
        return QUESTION
    return reason if reason in (REFUND, RECALL) else DEFECT


def is_open(reason: str, outcome: str) -> bool:
    """A defect that a person still looks at: neither found nor refused, as long as the claim is open."""
    return group_of(reason) == DEFECT and outcome == "review"


def gives() -> tuple[str, ...]:
    """Outcomes by which a defect is real."""
    return _GIVES


def questions() -> tuple[str, ...]:
    """Reasons that are no defect."""
    return _QUESTIONS


def is_real(reason: str, outcome: str) -> bool:
    """A defect that the rules found: reported, and something is owed for it."""
    return group_of(reason) == DEFECT and outcome in _GIVES
