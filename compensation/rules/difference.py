"""What one version of a policy says otherwise than another: for the change log, and for whoever publishes the next.

    for row in difference(old, new, vocabulary()):
        spoken(row.name), spoken(row.before), spoken(row.after)

Every text of a row is a phrase, or is in the vocabulary's language already: `spoken` says it to the reader.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from common.phrases import mark, phrase
from compensation.rules.figures import Ratio, decimal, hundredths, yuan
from compensation.rules.policy import Policy
from compensation.rules.publishing.limits import NAMES
from compensation.rules.vocabulary import CHINESE, Vocabulary

NUMBER, ADDED, REMOVED, MOVED = "number", "added", "removed", "moved"
_TIMES = frozenset({"factor_a", "factor_b", "factor_b_long_term"})
_COUNTED = {
    "warranty_days": mark("{n} 天"),
    "long_term_months": mark("{n} 个月"),
    "effect_rounds": mark("{n} 轮"),
    "risk_review": mark("{n} 分"),
    "fast_lane_credit": mark("{n} 分"),
}


class Row(NamedTuple):
    """One thing that changed. `what` is number, added, removed or moved; of a clause, `name` is its sentence."""

    what: str
    name: str
    before: str
    after: str


def difference(old: Policy, new: Policy, vocabulary: Vocabulary = CHINESE) -> list[Row]:
    """The title, then the numbers in a policy's own order, then the clauses; empty where both say the same.

    Numbers are compared by value: 1/10 is 10/100. A clause has moved only if others don't make way for it.
    """
    rows = []
    if old.title != new.title:
        rows.append(Row(NUMBER, phrase("名称"), old.title, new.title))
    for name in NAMES:
        before, after = getattr(old, name), getattr(new, name)
        if not _same(before, after):
            said = (in_words(name, value, vocabulary) for value in (before, after))
            rows.append(Row(NUMBER, phrase(NAMES[name]), *said))
    return rows + _clauses(old, new, vocabulary)


def in_words(name: str, value: Any, vocabulary: Vocabulary = CHINESE) -> str:
    """A number of a policy as it is read: 10%, 1.2 倍, 24 小时, ¥200.00."""
    if value is None:
        return phrase("不限")
    if name in _COUNTED:
        return phrase(_COUNTED[name], n=value)
    if name.endswith("_fen"):
        return yuan(value)
    if name.endswith("_seconds"):
        return vocabulary.span(value)
    return phrase("{n} 倍", n=decimal(value)) if name in _TIMES else _percent(value)


def _percent(ratio: Ratio) -> str:
    """Exact: a third is 1/3."""
    text, exact = hundredths(*ratio)
    return f"{text}%" if exact else f"{ratio[0]}/{ratio[1]}"


def _same(before: Any, after: Any) -> bool:
    if isinstance(before, tuple):
        return bool(before[0] * after[1] == after[0] * before[1])
    return bool(before == after)


def _clauses(old: Policy, new: Policy, v: Vocabulary) -> list[Row]:
    """In the order of the new list; what is gone comes last."""
    stayed = _longest_common(old.clauses, new.clauses)
    rows = []
    for place, name in enumerate(new.clauses):
        if name not in old.clauses:
            rows.append(Row(ADDED, _sentence(new, name, v), phrase("没有这条"), _place(place)))
        elif name not in stayed:
            before = _place(old.clauses.index(name))
            rows.append(Row(MOVED, _sentence(new, name, v), before, _place(place)))
    for place, name in enumerate(old.clauses):
        if name not in new.clauses:
            rows.append(Row(REMOVED, _sentence(old, name, v), _place(place), phrase("没有这条")))
    return rows


def _place(place: int) -> str:
    return phrase("第 {n} 条", n=place + 1)


def _sentence(policy: Policy, name: str, v: Vocabulary) -> str:
    return v.clause(policy, name.partition(":")[0])


def _longest_common(old: Sequence[str], new: Sequence[str]) -> frozenset[str]:
    """The most clauses that stand in the same order in both: all others were moved."""
    best: list[tuple[str, ...]] = [()] * (len(new) + 1)
    for name in old:
        above = best
        best = [()]
        for place, other in enumerate(new):
            taken = (*above[place], name) if name == other else ()
            best.append(max(taken, above[place + 1], best[place], key=len))
    return frozenset(best[-1])
