"""When a person must look at a decision, and how many (rules §8)."""

from __future__ import annotations

from compensation.rules.facts import Facts
from compensation.rules.policy import Policy


def fast_lane(*, facts: Facts, policy: Policy, cash_fen: int) -> bool:
    """Whether the buyer's credit lifts the amount review for this much cash."""
    if facts.credit < policy.fast_lane_credit:
        return False
    return facts.open_auto_fen + cash_fen <= policy.fast_lane_quota_fen


def review_reasons(facts: Facts, policy: Policy, named: tuple[str, ...], cash_fen: int) -> tuple[str, ...]:
    """For a decision with remedies, always in this order: what the clause names, the amount, the risk."""
    reasons = named
    above = cash_fen and facts.refunded_fen + cash_fen > policy.auto_limit_fen
    if above and not fast_lane(facts=facts, policy=policy, cash_fen=cash_fen):
        reasons += ("amount",)
    if facts.risk >= policy.risk_review:
        reasons += ("risk",)
    return reasons


def approvals(facts: Facts, policy: Policy, cash_fen: int) -> int:
    """How many people approve a reviewed decision: two above the dual-control limit, else one."""
    # The limit is "counted the same way" as the amount's (§8): a fast lane that lifts the review lifts both.
    return 2 if cash_fen and facts.refunded_fen + cash_fen > policy.dual_control_fen else 1
