"""Whether a later version may bind older orders: not if one case of either version's limits would give less."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import chain
from typing import NamedTuple

from common.phrases import mark, phrase
from compensation.rules.decide import decide
from compensation.rules.decision import Decision
from compensation.rules.policy import Policy
from compensation.rules.publishing.boundaries import facts_of, reasons_of
from compensation.rules.publishing.comparing import compare
from compensation.rules.publishing.faults import Fault, gift_of, shown
from compensation.rules.publishing.limits import NAMES

# Numbers that decide which facts a claim has, so that no case shows them: the later one must be as long, or as short.
_AS_LONG = ("window_seconds", "filing_seconds", "warranty_days")
_AS_SHORT = ("effect_after_seconds", "long_term_months", "warn_rate")


class Words(NamedTuple):
    """How it is said that a buyer would get less: of a case, and of a number that no case shows."""

    less: str
    shorter: str


RETROACTIVE = Words(mark("已经下单的买家会少拿"), mark("「{name}」对已经下单的买家更不利，不能追溯。"))


def first_loss(old: Policy, new: Policy, words: Words = RETROACTIVE) -> Fault | None:
    """The first case in which a buyer of the old version would get less under the new one; None where there is none."""
    return next(chain(_shorter(old, new, words), _less(old, new, words)), None)


def _shorter(old: Policy, new: Policy, words: Words) -> Iterator[Fault]:
    for name in _AS_LONG + _AS_SHORT:
        before, after = _size(old, name), _size(new, name)
        if (after < before) if name in _AS_LONG else (after > before):
            detail = phrase(words.shorter, name=phrase(NAMES[name]))
            yield Fault("shorter", name, detail)


def _size(policy: Policy, name: str) -> Fraction:
    value = getattr(policy, name)
    return Fraction(*value) if isinstance(value, tuple) else Fraction(value)


def _less(old: Policy, new: Policy, words: Words) -> Iterator[Fault]:
    for reason in reasons_of(old):
        for facts in chain(facts_of(old, reason), facts_of(new, reason)):
            before, after = decide(facts, old), decide(facts, new)
            if compare(before, after).verdict == "worse":
                yield _fewer(after, before, words)


def _fewer(after: Decision, before: Decision, words: Words) -> Fault:
    """The case itself, of which both versions decide the same facts."""
    detail = phrase(
        "{what}：原来给 {before}，照这一版给 {after}。",
        what=phrase(words.less),
        before=gift_of(before),
        after=gift_of(after),
    )
    return Fault("retroactive", after.clause, detail, shown(after.facts))
