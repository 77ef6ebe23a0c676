"""The proof a draft publishes with: every case decided, every clause reached, nothing lost by one step over a limit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from common.phrases import phrase
from compensation.rules.clauses import CLAUSES, Clause
from compensation.rules.facts import TIME_BASED, Facts
from compensation.rules.policy import Policy
from compensation.rules.publishing import limits, walking
from compensation.rules.publishing.boundaries import facts_of, reasons_of
from compensation.rules.publishing.faults import Fault, shown

MOST_FAULTS = 20  # of a policy with a thousand faults the first ones are mended first


class Proof(NamedTuple):
    """`walked` counts the cases decided; `reached` names for each clause the first case that it decides."""

    faults: tuple[Fault, ...]
    walked: int
    reached: dict[str, dict[str, Any]]

    @property
    def holds(self) -> bool:
        return not self.faults

    def as_data(self) -> dict[str, Any]:
        return {
            "holds": self.holds,
            "walked": self.walked,
            "faults": [fault.as_data() for fault in self.faults],
            "reached": self.reached,
        }


def prove(policy: Policy) -> Proof:
    """What shows that the policy may bind, or the exact cases that show why not."""
    shape = tuple(_misshapen(policy))
    if shape:
        return Proof(shape, 0, {})
    walk = _Walk(policy)
    faults = [*walk.undecided, *walk.unreached(), *limits.faults(policy)]
    if not walk.undecided:
        faults += walking.faults(policy)
    return Proof(
        tuple(faults[:MOST_FAULTS]), walk.walked, {name: shown(f) for name, f in walk.reached.items()}
    )


def _misshapen(policy: Policy) -> Iterator[Fault]:
    """Clauses that are none, twice there, or made for goods of another kind."""
    seen: set[str] = set()
    for name in policy.clauses:
        if name not in CLAUSES:
            yield Fault("unknown_clause", name, phrase("没有「{name}」这一条，请从清单里选。", name=name))
        elif name in seen:
            yield Fault("twice", name, phrase("「{name}」写了两遍，请留一条。", name=name))
        elif _for_other_goods(name, policy.kind):
            detail = phrase("「{name}」不是给这类商品的：按时长卖的用带 :time 的那一条。", name=name)
            yield Fault("other_goods", name, detail)
        seen.add(name)


def _for_other_goods(name: str, kind: str) -> bool:
    if f"{name}:time" in CLAUSES:
        return kind in TIME_BASED
    return name.endswith(":time") and kind not in TIME_BASED


class _Walk:
    """Every boundary case decided by the first clause that takes it, as decide() does."""

    def __init__(self, policy: Policy) -> None:
        self.policy, self.walked = policy, 0
        self.reached: dict[str, Facts] = {}
        self.undecided: list[Fault] = []
        self.taken: dict[
            str, tuple[int, Facts]
        ] = {}  # clause: who of the chain takes a case of it, as late as can be
        for reason in reasons_of(policy):
            self._walk(reason, self.chain(reason))

    def chain(self, reason: str) -> list[Clause]:
        return [CLAUSES[name] for name in self.policy.clauses if reason in CLAUSES[name].reasons]

    def _walk(self, reason: str, chain: list[Clause]) -> None:
        is_open = None
        for facts in facts_of(self.policy, reason):
            self.walked += 1
            first = self._first(facts, chain)
            if first is None:
                is_open = is_open or facts
        if not any(clause.always for clause in chain):
            self.undecided.append(self._open(reason, chain, is_open))

    def _first(self, facts: Facts, chain: list[Clause]) -> Clause | None:
        """The clause that decides; those after it that would have are remembered as shadowed."""
        first = None
        for clause in chain:
            if first is not None and clause.name in self.reached:
                continue
            if clause.guard(facts, self.policy) is None:
                continue
            if first is None:
                first = clause
                self.reached.setdefault(clause.name, facts)
            else:
                self._shadowed(clause, facts, first)
        return first

    def _shadowed(self, clause: Clause, facts: Facts, first: Clause) -> None:
        """What stands in the way of a clause is the last one before it, not the exceptions that go before both."""
        place = self.policy.clauses.index(first.name)
        if clause.name not in self.taken or place > self.taken[clause.name][0]:
            self.taken[clause.name] = (place, facts)

    def _open(self, reason: str, chain: list[Clause], facts: Facts | None) -> Fault:
        last = chain[-1].name if chain else ""
        detail = phrase(
            "事由「{reason}」没有一条总成立，有的情形没人管：请把 defect.unproven 放在最后。",
            reason=reason,
        )
        return Fault("undecided", last, detail, shown(facts) if facts else {"reason": reason})

    def unreached(self) -> Iterator[Fault]:
        """Clauses that no case comes to, with the case that an earlier one takes from it."""
        possible = set(reasons_of(self.policy))
        for name in self.policy.clauses:
            if name in self.reached:
                continue
            if not possible & set(CLAUSES[name].reasons):
                detail = phrase("「{name}」永远轮不到：这类商品没有它管的事由。", name=name)
                yield Fault("unreachable", name, detail)
            elif name in self.taken:
                place, facts = self.taken[name]
                first = self.policy.clauses[place]
                detail = phrase(
                    "「{name}」永远轮不到：它管的情形都先归了「{first}」。", name=name, first=first
                )
                yield Fault("unreachable", name, detail, shown(facts))
            else:
                detail = phrase("「{name}」永远轮不到：按这些数字，没有一种情形合它的条件。", name=name)
                yield Fault("unreachable", name, detail)
