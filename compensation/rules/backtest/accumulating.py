"""Decisions go in one at a time, each as it was made and as the policy would make it; a report comes out."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from compensation.rules.backtest.near import beside, limits_of
from compensation.rules.backtest.report import Moved, Named, Pile, Report, Shift, Side
from compensation.rules.backtest.tallies import BETTER, BOTH, SAME, WORSE, Behind, Person, Sum, side
from compensation.rules.decision import Decision, Remedy
from compensation.rules.facts import Facts
from compensation.rules.policy import Policy, PolicyRef
from compensation.rules.publishing import compare

# These decide which facts a claim has. The stored facts were made with the numbers of their time, and stay so.
UNSEEN = ("window_seconds", "filing_seconds", "warranty_days", "long_term_months", "effect_after_seconds")
_EARLIER = ("refunded_fen", "restored", "granted", "slow_granted", "fake_replaced", "refunded_units")
Row = tuple[Sum, Behind]


class Case(NamedTuple):
    """A stored decision and the same one by the policy that is tried; `account` bears what it costs."""

    ref: int
    order_no: str
    buyer: int
    developer: int | None
    account: str
    before: Decision
    after: Decision


def as_stored(
    *, ref: PolicyRef, facts: Facts, terms: Policy, clause: str, outcome: str, remedies: Sequence[Mapping[str, Any]],
    review_reasons: Sequence[str],
) -> Decision:  # fmt: skip
    """A decision as its row keeps it, without making it again; nobody asks it for an explanation."""
    given = tuple(Remedy(**remedy) for remedy in remedies)
    return Decision(
        ref, clause, outcome, given, None, tuple(review_reasons), 0, facts, terms, lambda *_: []
    )  # fmt: skip


class Backtest:
    """Memory grows with buyers, developers and clauses, not with decisions."""

    def __init__(self, policy: Policy) -> None:
        self.policy, self.limits = policy, limits_of(policy)
        self.total, self.resting = Sum(), Behind()
        self.verdicts: Counter[str] = Counter({BETTER: 0, WORSE: 0, SAME: 0})
        self.accounts: defaultdict[str, Row] = defaultdict(_summed)
        self.reasons: defaultdict[str, Row] = defaultdict(_summed)
        self.moves: defaultdict[tuple[str, str], Row] = defaultdict(_summed)
        self.buyers: defaultdict[int, Person] = defaultdict(Person)
        self.developers: defaultdict[int, Person] = defaultdict(Person)
        self.piles: defaultdict[tuple[str, bool], Behind] = defaultdict(Behind)
        self.to_person, self.from_person = Behind(), Behind()
        self.unmeasured: defaultdict[str, Behind] = defaultdict(Behind)
        self.unseen: set[str] = set()

    def against(self, terms: Policy) -> None:
        """Decisions made under this policy are among those that follow."""
        self.unseen |= {name for name in UNSEEN if getattr(terms, name) != getattr(self.policy, name)}

    def skip(self, why: str, ref: int, order_no: str) -> None:
        """A decision that can't be tried."""
        self.unmeasured[why].add(ref, order_no)

    def add(self, case: Case) -> None:
        before, after = case.before, case.after
        change = compare(before, after)
        cash, units = before.cash_fen, sum(remedy.quantity or 0 for remedy in before.remedies)
        given = (cash, cash + change.cash_fen, units, units + change.units)
        this = (case.ref, case.order_no, (abs(change.cash_fen), abs(change.units)))
        self.total.add(*given)
        self.verdicts[change.verdict] += 1
        rows = [self.accounts[case.account], self.reasons[after.facts.reason]]
        if before.clause != after.clause or change.cash_fen or change.units:
            rows.append(self.moves[before.clause, after.clause])
        for tally, behind in rows:
            tally.add(*given)
            behind.add(*this)
        self._people(case, change.verdict, change.cash_fen, change.units)
        if before.requires_review != after.requires_review:
            (self.to_person if after.requires_review else self.from_person).add(*this)
        if any(getattr(after.facts, name) for name in _EARLIER):
            self.resting.add(*this)
        for found in beside(after, self.limits):
            self.piles[found].add(*this)

    def _people(self, case: Case, verdict: str, cash: int, units: int) -> None:
        of: dict[str, Any] = {
            "verdict": verdict, "cash": cash, "units": units, "ref": case.ref, "order_no": case.order_no,
        }  # fmt: skip
        self.buyers[case.buyer].add(**of)
        if case.developer is not None and (cash or units):
            bears = case.account.startswith("developer_payable")
            self.developers[case.developer].add(**of, borne=cash if bears else 0)

    def report(self) -> Report:
        return Report(
            total=self.total.amounts(),
            verdicts=dict(self.verdicts),
            accounts=_named(self.accounts),
            reasons=_named(self.reasons),
            moves=self._moves(),
            buyers=self._buyers(),
            developers=side(self.developers.items()),
            piles=tuple(self._pile(limit.name, (limit.top, limit.base)) for limit in self.limits),
            to_person=_shift(self.to_person),
            from_person=_shift(self.from_person),
            unmeasured={why: behind.count for why, behind in self.unmeasured.items()},
            resting=self.resting.count,
            unseen=tuple(name for name in UNSEEN if name in self.unseen),
            apart={
                why: _shift(behind) for why, behind in (*self.unmeasured.items(), ("resting", self.resting))
            },
        )

    def _buyers(self) -> dict[str, Side]:
        of: defaultdict[str, list[tuple[int, Person]]] = defaultdict(list)
        for who, person in self.buyers.items():
            of[person.verdict].append((who, person))
        sides = {each: side(of[each], sign=sign) for each, sign in ((BETTER, 1), (WORSE, -1), (BOTH, 0))}
        return sides | {SAME: Side(len(of[SAME]), 0, 0, ())}

    def _moves(self) -> tuple[Moved, ...]:
        """Those of most decisions first."""
        rows = sorted(self.moves.items(), key=lambda row: (-row[1][0].decisions, row[0]))
        return tuple(
            Moved(before, after, moved.amounts(), behind.samples())
            for (before, after), (moved, behind) in rows
        )

    def _pile(self, name: str, limit: tuple[int, int]) -> Pile:
        below, above = self.piles.get((name, False), Behind()), self.piles.get((name, True), Behind())
        return Pile(name, limit, below.count, above.count, below.samples(), above.samples())


def _summed() -> Row:
    return Sum(), Behind()


def _named(sums: Mapping[str, Row]) -> tuple[Named, ...]:
    rows = sorted(sums.items(), key=lambda row: (-row[1][0].decisions, row[0]))
    return tuple(Named(name, tally.amounts(), behind.samples()) for name, (tally, behind) in rows)


def _shift(behind: Behind) -> Shift:
    return Shift(behind.count, behind.samples())
