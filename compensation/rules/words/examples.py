"""What a buyer would get, row by row at the limits of a policy: each row is a run of decide()."""

from __future__ import annotations

from dataclasses import dataclass, replace

from compensation.rules.decide import decide
from compensation.rules.decision import Decision
from compensation.rules.facts import Facts
from compensation.rules.figures import DAY
from compensation.rules.policy import Policy
from compensation.rules.vocabulary import CHINESE, Vocabulary


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One row: `case` and `share` say when, `gets` what; `edge` marks the first row beyond a limit."""

    case: str
    share: str
    gets: str
    gets_long_term: str | None  # None where long-term buyers get the same in every row
    edge: bool
    decision: Decision
    decision_long_term: Decision


def worked_examples(
    policy: Policy,
    *,
    quantity: int,
    unit_price_fen: int,
    total_seconds: int = 30 * DAY,
    vocabulary: Vocabulary = CHINESE,
) -> list[Example]:
    """The rows for so many units at this price; `total_seconds` is what a time-based product sells."""
    start = Facts(
        reason="refund", ordered=quantity, paid_fen=quantity * unit_price_fen, total_seconds=total_seconds
    )
    table = _Table(policy, vocabulary)
    if policy.kind == "metered":
        return table.drops(start)
    rows = table.by_time(start) if policy.kind == "subscription" else table.by_units(start)
    defect = replace(start, reason="defect", proof="verified", used_units=quantity)
    rows.append(table.row(defect, vocabulary.faulty_goods, vocabulary.even_if_used))
    return rows


def words_of(decision: Decision, vocabulary: Vocabulary = CHINESE) -> str:
    """What a decision gives, in a few words: cash first."""
    v = vocabulary
    parts = [v.gives_cash(decision.cash_fen)] if decision.cash_fen else []
    for remedy in decision.remedies:
        if remedy.quantity:
            parts.append(v.gives_units(remedy.kind, remedy.quantity))
    if parts:
        return v.between_gifts.join(parts)
    return v.gives_instead.get(decision.outcome, v.gives_nothing)


@dataclass(frozen=True, slots=True)
class _Table:
    """The rows of one policy in one language."""

    policy: Policy
    v: Vocabulary

    def drops(self, start: Facts) -> list[Example]:
        """At 8 %, each tier's last unit and the first beyond it, and the middle of tier B."""
        base, p = start.ordered, self.policy
        at_a = base * p.tier_a_rate[0] // p.tier_a_rate[1]
        at_b = base * p.tier_b_rate[0] // p.tier_b_rate[1]
        warned = base * p.warn_rate[0] // p.warn_rate[1]
        losses = {warned, at_a, at_a + 1, (at_a + at_b) // 2, at_b, at_b + 1} & set(range(1, base + 1))
        facts = replace(start, reason="drop", delivered=base, total_seconds=0)
        return [
            self.row(
                replace(facts, present=base - lost),
                self.v.units(lost),
                self.v.percent(lost, base),
                edge=lost in (at_a + 1, at_b + 1),
            )
            for lost in sorted(losses)
        ]

    def by_units(self, start: Facts) -> list[Example]:
        """Card keys, lessons, game items: each time limit and the second after it, unused and used."""
        rows, p = [], self.policy
        few = min(1, start.ordered - 1)
        if "refund.trial" in p.clauses:
            top, base = p.trial_units
            most = start.ordered * top // base
            at_limit = replace(start, elapsed_seconds=p.trial_seconds, used_units=most)
            rows.append(self.used(at_limit))
            rows.append(self.used(replace(at_limit, used_units=min(most + 1, start.ordered)), edge=True))
            few = most
        if "refund.cooling_off" in p.clauses:
            limit = p.cooling_off_seconds
            rows.append(self.used(replace(start, elapsed_seconds=limit)))
            if few:
                rows.append(self.used(replace(start, elapsed_seconds=limit, used_units=few)))
            rows.append(self.too_late(start, limit))
        if "refund.pro_rata" in p.clauses and p.pro_rata_seconds is not None:
            half = replace(start, elapsed_seconds=p.pro_rata_seconds, used_units=start.ordered // 2)
            rows.append(self.used(half))
            rows.append(self.too_late(half, p.pro_rata_seconds))
        elif "refund.trial" in p.clauses:
            rows.append(self.too_late(start, p.trial_seconds))
        return rows

    def by_time(self, start: Facts) -> list[Example]:
        """Subscriptions: the trial at its limit, one second of use more, and half the time gone."""
        most = self.policy.trial_used_seconds or 0
        half = start.total_seconds // 2
        at_limit = replace(start, elapsed_seconds=self.policy.trial_seconds, used_seconds=most)
        rows = [self.in_time(at_limit), self.overused(at_limit)]
        if half > self.policy.trial_seconds:
            rows.append(self.lasted(replace(start, elapsed_seconds=half, used_seconds=half)))
        return rows

    def used(self, facts: Facts, *, edge: bool = False) -> Example:
        return self.row(facts, self.v.within(facts.elapsed_seconds), self._share(facts), edge=edge)

    def too_late(self, facts: Facts, limit: int) -> Example:
        """The first second that is no longer within the limit."""
        late = replace(facts, elapsed_seconds=limit + 1)
        return self.row(late, self.v.beyond(limit), self._share(late), edge=True)

    def in_time(self, facts: Facts) -> Example:
        return self.row(facts, self.v.within(facts.elapsed_seconds), self.v.used_for(facts.used_seconds))

    def lasted(self, facts: Facts) -> Example:
        return self.row(facts, self.v.after(facts.elapsed_seconds), self.v.used_for(facts.used_seconds))

    def overused(self, at_limit: Facts) -> Example:
        """In time, but one second of use too many."""
        over = replace(at_limit, used_seconds=at_limit.used_seconds + 1)
        share = self.v.used_a_second_more(at_limit.used_seconds)
        return self.row(over, self.v.within(over.elapsed_seconds), share, edge=True)

    def _share(self, facts: Facts) -> str:
        return self.v.used_of(facts.used_units, facts.ordered) if facts.used_units else self.v.unused

    def row(self, facts: Facts, case: str, share: str, *, edge: bool = False) -> Example:
        normal = decide(facts, self.policy)
        long_term = decide(replace(facts, long_term=True), self.policy)
        return Example(
            case=case,
            share=share,
            gets=words_of(normal, self.v),
            gets_long_term=words_of(long_term, self.v) if self.policy.kind == "metered" else None,
            edge=edge,
            decision=normal,
            decision_long_term=long_term,
        )
