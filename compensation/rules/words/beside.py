"""What stands beside a case: one less, one more, and both sides of each limit; each row is a run of decide()."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, NamedTuple

from compensation.rules.decide import decide
from compensation.rules.decision import Decision
from compensation.rules.facts import TIME_BASED, Facts
from compensation.rules.figures import DAY
from compensation.rules.policy import Policy
from compensation.rules.vocabulary import CHINESE, Vocabulary

LOST, USED, TIME = "lost", "used", "time"


class Row(NamedTuple):
    """`case` and `share` say when; `edge` marks the first row beyond a limit, `own` the case itself."""

    case: str
    share: str
    decision: Decision
    edge: bool
    own: bool


def beside(facts: Facts, policy: Policy, vocabulary: Vocabulary = CHINESE) -> dict[str, list[Row]]:
    """{lost, used or time: rows}; empty for reasons that know no limits."""
    table = _Table(facts, policy, vocabulary)
    if facts.reason == "drop":
        return {LOST: table.losses(), TIME: table.windows()}
    if facts.reason != "refund" or policy.kind == "metered":
        return {}
    if policy.kind in TIME_BASED:
        return {USED: table.usage(), TIME: table.days()}
    return {USED: table.uses(), TIME: table.times()}


class _Table(NamedTuple):
    facts: Facts
    policy: Policy
    v: Vocabulary

    def losses(self) -> list[Row]:
        base, p = self.facts.delivered, self.policy
        own = base - self.facts.present
        ends = [base * rate[0] // rate[1] for rate in (p.tier_a_rate, p.tier_b_rate)]
        if self.facts.window != "inside":
            ends = []
        found = {own - 1, own, own + 1, *ends, *(end + 1 for end in ends)}
        return [
            self._row(
                self.v.units(lost),
                self.v.percent(lost, base),
                edge=lost - 1 in ends,
                own=lost == own,
                present=base - lost,
            )
            for lost in sorted(found)
            if 0 <= lost <= base
        ]

    def windows(self) -> list[Row]:
        inside, warranty = self.policy.window_seconds, self.policy.warranty_days * DAY
        rows = self._around(inside, {"window": "inside"}, {"window": "warranty"})
        return rows + self._around(warranty, {"window": "warranty"}, {"window": "outside"})[-1:]

    def uses(self) -> list[Row]:
        ordered, own = self.facts.ordered, self.facts.used_units
        top, base = self.policy.trial_units
        most = ordered * top // base if "refund.trial" in self.policy.clauses else -1
        found = {own - 1, own, own + 1, *((most, most + 1) if most >= 0 else ())}
        return [
            self._row(
                self.v.used_of(used, ordered), "", edge=used == most + 1 > 0, own=used == own, used_units=used
            )
            for used in sorted(found)
            if 0 <= used <= ordered
        ]

    def times(self) -> list[Row]:
        rows = []
        for limit in sorted(self._limits()):
            rows += self._around(limit, {"elapsed_seconds": limit}, {"elapsed_seconds": limit + 1})
        return rows

    def usage(self) -> list[Row]:
        """The usage of a trial matters only while the trial lasts."""
        most = self.policy.trial_used_seconds
        if most is None or self.facts.elapsed_seconds > self.policy.trial_seconds:
            return []
        within = self._row(self.v.used_for(most), "", used_seconds=most)
        return [within, self._row(self.v.used_a_second_more(most), "", edge=True, used_seconds=most + 1)]

    def days(self) -> list[Row]:
        """The trial's last second and the first after it; a day sooner and a day later."""
        own, trial = self.facts.elapsed_seconds, self.policy.trial_seconds
        rows = [
            (seconds, self._row(self.v.after(seconds), "", own=seconds == own, elapsed_seconds=seconds))
            for seconds in sorted({own - DAY, own, own + DAY} - {trial})
            if 0 <= seconds <= self.facts.total_seconds
        ]
        for row in self._around(trial, {"elapsed_seconds": trial}, {"elapsed_seconds": trial + 1}):
            rows.append((trial + row.edge, row._replace(own=own == trial + row.edge)))
        return [row for _, row in sorted(rows, key=lambda each: each[0])]

    def _limits(self) -> Iterable[int]:
        p = self.policy
        if "refund.trial" in p.clauses:
            yield p.trial_seconds
        if "refund.cooling_off" in p.clauses:
            yield p.cooling_off_seconds
        if "refund.pro_rata" in p.clauses and p.pro_rata_seconds is not None:
            yield p.pro_rata_seconds

    def _around(self, limit: int, within: dict[str, Any], beyond: dict[str, Any]) -> list[Row]:
        last = self._row(self.v.within(limit), "", **within)
        return [last, self._row(self.v.beyond(limit), "", edge=True, **beyond)]

    def _row(self, case: str, share: str, *, edge: bool = False, own: bool = False, **changes: Any) -> Row:
        return Row(case, share, decide(replace(self.facts, **changes), self.policy), edge, own)
