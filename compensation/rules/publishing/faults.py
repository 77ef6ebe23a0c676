"""What is wrong with a draft, said with the very facts that show it."""

from __future__ import annotations

from typing import Any, NamedTuple

from common.phrases import Phrase, phrase
from compensation.rules.decision import Decision
from compensation.rules.facts import DEFAULTS, Facts

NO_FACTS: dict[str, Any] = {}


class Fault(NamedTuple):
    """`facts` is the counter-example, without what is at its default; `beside` the neighbour it is compared with."""

    code: str
    clause: str
    detail: Phrase
    facts: dict[str, Any] = NO_FACTS
    beside: dict[str, Any] = NO_FACTS

    def as_data(self) -> dict[str, Any]:
        return {**self._asdict(), "detail": str(self.detail)}


def shown(facts: Facts) -> dict[str, Any]:
    """The facts a reader has to type to see the same: everything that isn't at its default."""
    return {name: value for name, value in facts.as_data().items() if value != DEFAULTS[name]}


def gives_less(code: str, fewer: Decision, more: Decision, *, what: Phrase) -> Fault:
    """The decision on `fewer` facts gives less than its neighbour's, though it should give at least as much."""
    detail = phrase(
        "{what}：前一例给 {first}，后一例给 {second}。请调整规则里的比例或倍数。",
        what=what, first=gift_of(more), second=gift_of(fewer),
    )  # fmt: skip
    return Fault(code, fewer.clause, detail, shown(fewer.facts), shown(more.facts))


def gift_of(decision: Decision) -> Phrase:
    """¥12.50 and 40 units: what a decision gives, for a sentence that compares two."""
    given = sum(remedy.quantity or 0 for remedy in decision.remedies)
    cash = f"¥{decision.cash_fen // 100}.{decision.cash_fen % 100:02d}"
    if decision.cash_fen and given:
        return phrase("{cash} 和 {n} 个", cash=cash, n=given)
    return phrase("{n} 个", n=given) if given else phrase("{cash}", cash=cash)
