"""Whether a later version may bind older orders: not if one case of either version's limits would give less."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import chain

from common.phrases import phrase
from compensation.rules.decide import decide
from compensation.rules.policy import Policy
from compensation.rules.publishing.boundaries import facts_of, reasons_of
from compensation.rules.publishing.comparing import compare
from compensation.rules.publishing.faults import Fault, gives_less
from compensation.rules.publishing.limits import NAMES

# Numbers that decide which facts a claim has, so that no case shows them: the later one must be as long, or as short.
_AS_LONG = ("window_seconds", "filing_seconds", "warranty_days")
_AS_SHORT = ("effect_after_seconds", "long_term_months", "warn_rate")


def first_loss(old: Policy, new: Policy) -> Fault | None:
    """The first case in which a buyer of the old version would get less under the new one; None where there is none."""
    return next(chain(_shorter(old, new), _less(old, new)), None)


def _shorter(old: Policy, new: Policy) -> Iterator[Fault]:
    for name in _AS_LONG + _AS_SHORT:
        before, after = _size(old, name), _size(new, name)
        if (after < before) if name in _AS_LONG else (after > before):
            detail = phrase("「{name}」对已经下单的买家更不利，不能追溯。", name=phrase(NAMES[name]))
            yield Fault("shorter", name, detail)


def _size(policy: Policy, name: str) -> Fraction:
    value = getattr(policy, name)
    return Fraction(*value) if isinstance(value, tuple) else Fraction(value)


def _less(old: Policy, new: Policy) -> Iterator[Fault]:
    for reason in reasons_of(old):
        for facts in chain(facts_of(old, reason), facts_of(new, reason)):
            before, after = decide(facts, old), decide(facts, new)
            if compare(before, after).verdict == "worse":
                yield gives_less("retroactive", after, before, what=phrase("已经下单的买家会少拿"))
