"""What decide() answers: the clause that matched, what is owed, and the sums behind it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from compensation.rules.explain.endings import endings
from compensation.rules.facts import Facts
from compensation.rules.policy import Policy, PolicyRef
from compensation.rules.steps import Step, make
from compensation.rules.vocabulary import CHINESE, Vocabulary

Explain = Callable[[Facts, Policy, Vocabulary], Sequence[Step]]


class Remedy(NamedTuple):
    """One thing the buyer gets: cash has an amount, everything else a quantity."""

    kind: str
    amount_fen: int | None = None
    quantity: int | None = None
    grade: str | None = None

    def as_data(self) -> dict[str, Any]:
        return self._asdict()


class Measures(NamedTuple):
    """What was measured of a drop; the rate is loss over base, unreduced."""

    base: int
    loss: int

    def as_data(self) -> dict[str, Any]:
        return {
            "base": self.base,
            "loss": self.loss,
            "rate": {"numerator": self.loss, "denominator": self.base},
        }


class Verdict(NamedTuple):
    """What a matching clause says; an empty outcome is read off the remedies."""

    clause: str
    explain: Explain
    remedies: tuple[Remedy, ...] = ()
    outcome: str = ""
    reasons: tuple[str, ...] = ()
    measures: Measures | None = None


class _Fields(NamedTuple):
    policy: PolicyRef
    clause: str
    outcome: str
    remedies: tuple[Remedy, ...]
    measures: Measures | None
    review_reasons: tuple[str, ...]
    approvals: int  # how many people must approve: 0 without review, 2 above the dual-control limit
    facts: Facts
    terms: Policy
    explain: Explain


class Decision(_Fields):
    """Plain values, and what the explanation is worked out from when somebody first asks for it.

    A named tuple because it is four times as quick to make as a frozen dataclass, and scans make millions.
    """

    @property
    def requires_review(self) -> bool:
        return bool(self.review_reasons)

    @property
    def cash_fen(self) -> int:
        return sum(remedy.amount_fen or 0 for remedy in self.remedies)

    @property
    def explanation(self) -> tuple[Step, ...]:
        """In Chinese, as it is stored: the same bytes for ever."""
        kept = self.__dict__  # not a cached_property, whose lock costs as much as a step
        steps: tuple[Step, ...] | None = kept.get("explanation")
        if steps is None:
            steps = kept["explanation"] = self.explained(CHINESE)
        return steps

    def explained(self, vocabulary: Vocabulary) -> tuple[Step, ...]:
        """The same sums, number for number, in the words of this language."""
        steps = tuple(self.explain(self.facts, self.terms, vocabulary))
        if self.review_reasons:
            steps += endings(
                reasons=self.review_reasons,
                approvals=self.approvals,
                cash_fen=self.cash_fen,
                refunded_fen=self.facts.refunded_fen,
                auto_limit_fen=self.terms.auto_limit_fen,
                v=vocabulary,
            )
        return steps

    def for_reader(self, *, ops: bool) -> Decision:
        """What this reader may see: others than ops learn that a person looks, not that a score asked."""
        if ops or "risk" not in self.review_reasons:
            return self
        reasons = tuple("manual" if reason == "risk" else reason for reason in self.review_reasons)
        return self._replace(review_reasons=reasons)

    def as_data(self, vocabulary: Vocabulary = CHINESE) -> dict[str, Any]:
        """Exactly the contract's JSON. What is stored is Chinese; a reader may have another language."""
        steps = self.explanation if vocabulary is CHINESE else self.explained(vocabulary)
        return {
            "policy": self.policy._asdict(),
            "clause": self.clause,
            "outcome": self.outcome,
            "remedies": [remedy.as_data() for remedy in self.remedies],
            "measures": self.measures.as_data() if self.measures else None,
            "requires_review": self.requires_review,
            "review_reasons": list(self.review_reasons),
            "explanation": [step.as_data() for step in steps],
        }


def cash(amount_fen: int) -> tuple[Remedy, ...]:
    """A refund; nothing is left out, and so is what refunds before have already covered."""
    return (make(Remedy, ("refund", amount_fen, None, None)),) if amount_fen > 0 else ()


def units(kind: str, quantity: int, grade: str | None = None) -> tuple[Remedy, ...]:
    """So many units of one kind; none is left out."""
    return (make(Remedy, (kind, None, quantity, grade)),) if quantity > 0 else ()
