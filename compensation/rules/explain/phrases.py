"""How the limits of a policy read in a sentence; shared by explanations and by the policy's own text."""

from __future__ import annotations

from common.money import ceil_div
from compensation.rules.figures import decimal, percent
from compensation.rules.policy import Policy


def range_of(policy: Policy, tier: str) -> str:
    """The losses a tier covers: 以内 includes the number, 超过 excludes it."""
    a, b = percent(*policy.tier_a_rate), percent(*policy.tier_b_rate)
    if tier == "A":
        return f"{a} 以内"
    return f"超过 {a}、不超过 {b}" if tier == "B" else f"超过 {b}"


def promise_of(policy: Policy, tier: str, *, long_term: bool) -> str:
    """What tier A or B gives for the loss."""
    b_factor = policy.factor_b_long_term if long_term else policy.factor_b
    factor = policy.factor_a if tier == "A" else b_factor
    if factor[0] == factor[1]:
        return "掉多少补多少"
    return f"按 1:{decimal(factor)} 补"


def per_hundred(policy: Policy) -> int:
    """Interactions promised for a hundred units, rounded as the engine rounds them."""
    return ceil_div(policy.effect_rate[0] * 100, policy.effect_rate[1])
