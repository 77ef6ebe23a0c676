"""What a buyer would get, row by row at the limits of a policy: each row is a run of decide()."""

from __future__ import annotations

from dataclasses import dataclass, replace

from compensation.rules.decide import decide
from compensation.rules.decision import Decision
from compensation.rules.facts import Facts
from compensation.rules.figures import DAY, percent, span, yuan
from compensation.rules.policy import Policy

REMEDY_WORDS = {
    "gift": "另送优质 {} 个",
    "interaction_pack": "送互动 {} 次",
    "replacement": "换新 {} 个",
    "top_up": "补 {} 个",
}


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
    policy: Policy, *, quantity: int, unit_price_fen: int, total_seconds: int = 30 * DAY
) -> list[Example]:
    """The rows for so many units at this price; `total_seconds` is what a time-based product sells."""
    start = Facts(
        reason="refund", ordered=quantity, paid_fen=quantity * unit_price_fen, total_seconds=total_seconds
    )
    if policy.kind == "metered":
        return _drops(policy, start)
    rows = _by_time(policy, start) if policy.kind == "subscription" else _by_units(policy, start)
    defect = replace(start, reason="defect", proof="verified", used_units=quantity)
    rows.append(_row(policy, defect, "核实商品有毛病", "用过的也退"))
    return rows


def words_of(decision: Decision) -> str:
    """What a decision gives, in a few words: cash first."""
    parts = [f"退 {yuan(decision.cash_fen)}"] if decision.cash_fen else []
    for remedy in decision.remedies:
        if remedy.quantity:
            parts.append(REMEDY_WORDS[remedy.kind].format(remedy.quantity))
    if parts:
        return "，".join(parts)
    return {"refuse": "不退", "review": "由专人看", "guide": "由您选"}.get(decision.outcome, "没有可退补的")


def _drops(policy: Policy, start: Facts) -> list[Example]:
    """At 8 %, each tier's last unit and the first beyond it, and the middle of tier B."""
    base = start.ordered
    at_a = base * policy.tier_a_rate[0] // policy.tier_a_rate[1]
    at_b = base * policy.tier_b_rate[0] // policy.tier_b_rate[1]
    warned = base * policy.warn_rate[0] // policy.warn_rate[1]
    losses = sorted({warned, at_a, at_a + 1, (at_a + at_b) // 2, at_b, at_b + 1} & set(range(1, base + 1)))
    facts = replace(start, reason="drop", delivered=base, total_seconds=0)
    return [
        _row(
            policy,
            replace(facts, present=base - lost),
            f"{lost} 个",
            percent(lost, base),
            edge=lost in (at_a + 1, at_b + 1),
        )
        for lost in losses
    ]


def _by_units(policy: Policy, start: Facts) -> list[Example]:
    """Card keys, lessons, game items: each time limit and the second after it, unused and used."""
    rows = []
    few = min(1, start.ordered - 1)
    if "refund.trial" in policy.clauses:
        top, base = policy.trial_units
        most = start.ordered * top // base
        at_limit = replace(start, elapsed_seconds=policy.trial_seconds, used_units=most)
        rows.append(_used(policy, at_limit))
        rows.append(_used(policy, replace(at_limit, used_units=min(most + 1, start.ordered)), edge=True))
        few = most
    if "refund.cooling_off" in policy.clauses:
        limit = policy.cooling_off_seconds
        rows.append(_used(policy, replace(start, elapsed_seconds=limit)))
        if few:
            rows.append(_used(policy, replace(start, elapsed_seconds=limit, used_units=few)))
        rows.append(_used(policy, replace(start, elapsed_seconds=limit + 1), edge=True))
    if "refund.pro_rata" in policy.clauses and policy.pro_rata_seconds is not None:
        half = replace(start, elapsed_seconds=policy.pro_rata_seconds, used_units=start.ordered // 2)
        rows.append(_used(policy, half))
        rows.append(_used(policy, replace(half, elapsed_seconds=policy.pro_rata_seconds + 1), edge=True))
    elif "refund.trial" in policy.clauses:
        rows.append(_used(policy, replace(start, elapsed_seconds=policy.trial_seconds + 1), edge=True))
    return rows


def _by_time(policy: Policy, start: Facts) -> list[Example]:
    """Subscriptions: the trial at its limit, one second of use more, and half the time gone."""
    most = policy.trial_used_seconds or 0
    half = start.total_seconds // 2
    at_limit = replace(start, elapsed_seconds=policy.trial_seconds, used_seconds=most)
    rows = [_lasted(policy, at_limit), _lasted(policy, replace(at_limit, used_seconds=most + 1), edge=True)]
    if half > policy.trial_seconds:
        rows.append(_lasted(policy, replace(start, elapsed_seconds=half, used_seconds=half)))
    return rows


def _used(policy: Policy, facts: Facts, *, edge: bool = False) -> Example:
    used = f"用掉 {facts.used_units} / {facts.ordered}" if facts.used_units else "没用过"
    return _row(policy, facts, f"过了 {span(facts.elapsed_seconds)}", used, edge=edge)


def _lasted(policy: Policy, facts: Facts, *, edge: bool = False) -> Example:
    used = f"用过 {span(facts.used_seconds)}"
    return _row(policy, facts, f"过了 {span(facts.elapsed_seconds)}", used, edge=edge)


def _row(policy: Policy, facts: Facts, case: str, share: str, *, edge: bool = False) -> Example:
    normal, long_term = decide(facts, policy), decide(replace(facts, long_term=True), policy)
    return Example(
        case=case,
        share=share,
        gets=words_of(normal),
        gets_long_term=words_of(long_term) if policy.kind == "metered" else None,
        edge=edge,
        decision=normal,
        decision_long_term=long_term,
    )
