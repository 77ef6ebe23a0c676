"""How a number reads in Chinese, alone and in the limits of a policy."""

from __future__ import annotations

from functools import lru_cache

from common.money import ceil_div
from compensation.rules.figures import decimal, hundredths, time_parts
from compensation.rules.policy import Policy

_TIMES = ("天", "小时", "分钟", "秒")


@lru_cache(maxsize=1024, typed=True)
def _percent(numerator: int, denominator: int) -> str:
    text, exact = hundredths(numerator, denominator)
    return f"{text}%" if exact else f"{text}% 多"


@lru_cache(maxsize=1024, typed=True)
def _span(seconds: int) -> str:
    parts = zip(time_parts(seconds), _TIMES, strict=True)
    return " ".join(f"{count} {word}" for count, word in parts if count) or "0 秒"


class Figures:
    """What the other words of the vocabulary are made with."""

    percent = staticmethod(_percent)
    """21/200 is 10.5%; what is cut off is called 多."""
    span = staticmethod(_span)
    """A length of time."""

    def units(self, count: int) -> str:
        return f"{count} 个"

    def interactions(self, count: int) -> str:
        return f"{count} 次"

    def not_below_0(self, sum_: str) -> str:
        return f"{sum_}，不到 0 算 0"

    def smaller_of(self, one: int, other: int | str) -> str:
        return f"{one} 和 {other}，取小的"

    def range_of(self, p: Policy, tier: str) -> str:
        """The losses a tier covers: 以内 includes the number, 超过 excludes it."""
        a, b = _percent(*p.tier_a_rate), _percent(*p.tier_b_rate)
        if tier == "A":
            return f"{a} 以内"
        return f"超过 {a}、不超过 {b}" if tier == "B" else f"超过 {b}"

    def promise_of(self, p: Policy, tier: str, *, long_term: bool) -> str:
        """What tier A or B gives for the loss."""
        factor = p.factor_of(tier, long_term=long_term)
        if factor[0] == factor[1]:
            return "掉多少补多少"
        return f"按 1:{decimal(factor)} 补"

    def trial_terms(self, p: Policy) -> str:
        """What a trial asks for: so long, and used so little."""
        if p.trial_used_seconds is not None:
            return f"{_span(p.trial_seconds)}以内、用过不超过 {_span(p.trial_used_seconds)}"
        return f"{_span(p.trial_seconds)}以内、{self.trial_use(p)}"

    def trial_use(self, p: Policy) -> str:
        """The share of units that a trial may use up."""
        return f"用掉不超过 {_percent(*p.trial_units)}" if p.trial_units[0] else "没有用过"

    def long_term_terms(self, p: Policy) -> str:
        """What a long-term buyer gets instead in tier B; empty where it is the same."""
        if p.factor_b_long_term == p.factor_b:
            return ""
        return f"，长期用户按 1:{decimal(p.factor_b_long_term)} 补"

    def per_hundred(self, p: Policy) -> int:
        """Interactions promised for a hundred units, rounded as the engine rounds them."""
        return ceil_div(p.effect_rate[0] * 100, p.effect_rate[1])
