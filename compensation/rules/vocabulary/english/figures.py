"""How a number reads in English, alone and in the limits of a policy."""

from __future__ import annotations

from functools import lru_cache

from compensation.rules.figures import Ratio, decimal, hundredths, time_parts
from compensation.rules.policy import Policy
from compensation.rules.vocabulary.chinese import figures as chinese

_TIMES = ("day", "hour", "minute", "second")


def counted(count: int, one: str, many: str = "") -> str:
    """1 round, 3 rounds."""
    return f"{count} {one}" if count == 1 else f"{count} {many or one + 's'}"


@lru_cache(maxsize=1024, typed=True)
def _percent(numerator: int, denominator: int) -> str:
    text, exact = hundredths(numerator, denominator)
    return f"{text}%" if exact else f"just over {text}%"


@lru_cache(maxsize=1024, typed=True)
def _span(seconds: int) -> str:
    parts = zip(time_parts(seconds), _TIMES, strict=True)
    return " ".join(counted(count, word) for count, word in parts if count) or "0 seconds"


def _limit(rate: Ratio) -> str:
    """A limit is exact: "more than just over 33.33%" would be neither."""
    text, exact = hundredths(*rate)
    return f"{text}%" if exact else f"{rate[0]}/{rate[1]}"


class Figures(chinese.Figures):
    percent = staticmethod(_percent)
    span = staticmethod(_span)

    def units(self, count: int) -> str:
        """A number says enough beside what it is the number of."""
        return str(count)

    def interactions(self, count: int) -> str:
        return counted(count, "interaction")

    def not_below_0(self, sum_: str) -> str:
        return f"{sum_}; below 0 counts as 0"

    def smaller_of(self, one: int, other: int | str) -> str:
        return f"the smaller of {one} and {other}"

    def range_of(self, p: Policy, tier: str) -> str:
        a, b = _limit(p.tier_a_rate), _limit(p.tier_b_rate)
        if tier == "A":
            return f"up to {a}"
        return f"more than {a} and up to {b}" if tier == "B" else f"more than {b}"

    def promise_of(self, p: Policy, tier: str, *, long_term: bool) -> str:
        factor = p.factor_of(tier, long_term=long_term)
        if factor[0] == factor[1]:
            return "we top up one for each one lost"
        return f"we top up {decimal(factor)} for each one lost"

    def trial_terms(self, p: Policy) -> str:
        if p.trial_used_seconds is not None:
            return f"within {_span(p.trial_seconds)} and used for at most {_span(p.trial_used_seconds)}"
        return f"within {_span(p.trial_seconds)} and {self.trial_use(p)}"

    def trial_use(self, p: Policy) -> str:
        return f"at most {_limit(p.trial_units)} used" if p.trial_units[0] else "unused"

    def long_term_terms(self, p: Policy) -> str:
        if p.factor_b_long_term == p.factor_b:
            return ""
        return f" ({decimal(p.factor_b_long_term)} for long-term buyers)"
