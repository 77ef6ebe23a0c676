"""Reads of a developer's claims, and of recalls."""

from developers.queries.board import Board, board, months
from developers.queries.claims import Asked, Cost, behind, claims_of, cost_of, spent, waiting
from developers.queries.days import Tally
from developers.queries.defects import AnswerTime, DefectAbsent, answer_times, find_defect, overdue
from developers.queries.feedback import Feedback, feedback, feedback_of
from developers.queries.freshness import Freshness, freshness
from developers.queries.newest import Newest
from developers.queries.ranking import Asking, Goods, all_goods
from developers.queries.recalls import (
    A_PAGE,
    Example,
    RecallAbsent,
    coming,
    comings,
    examples,
    find_public,
    find_recall,
    open_recalls,
    public_recalls,
    recalls_of,
    refusal_of,
    words_of,
    yeses,
)

__all__ = [
    "A_PAGE", "AnswerTime", "Asked", "Asking", "Board", "Cost", "DefectAbsent", "Example", "Feedback", "Freshness",
    "Goods", "Newest", "RecallAbsent", "Tally", "all_goods", "answer_times", "behind", "board", "claims_of", "coming",
    "comings", "cost_of", "examples", "feedback", "feedback_of", "find_defect", "find_public", "find_recall",
    "freshness", "months", "open_recalls", "overdue", "public_recalls", "recalls_of", "refusal_of", "spent",
    "waiting", "words_of", "yeses",
]  # fmt: skip
