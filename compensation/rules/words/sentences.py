"""One sentence per clause, as a ticket cites it."""

from __future__ import annotations

from compensation.rules.policy import Policy
from compensation.rules.vocabulary import CHINESE, Vocabulary


def clause_text(policy: Policy, clause: str, vocabulary: Vocabulary = CHINESE) -> str:
    """The rule behind a clause code, in one sentence; KeyError for a code that no policy knows."""
    return vocabulary.clause(policy, clause)
