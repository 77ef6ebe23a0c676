"""Step by step over each limit: who lost more never gets less, who waited or used less never gets less."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import pairwise, product

from common.phrases import Phrase, phrase
from compensation.rules.decide import decide
from compensation.rules.facts import TIME_BASED, Facts
from compensation.rules.policy import Policy
from compensation.rules.publishing import boundaries as at
from compensation.rules.publishing.comparing import compare
from compensation.rules.publishing.faults import Fault, gives_less

_DAYS = 40  # an order of so many units used one by one


def faults(policy: Policy) -> Iterator[Fault]:
    """At most one of each sort: the first case that shows it."""
    for walk in (_more_lost, _long_term, _longer, _more_used, _beyond_paid):
        found = next(iter(walk(policy)), None)
        if found is not None:
            yield found


def _more_lost(policy: Policy) -> Iterator[Fault]:
    if policy.kind != "metered":
        return
    what = phrase("多掉了反而补得少")
    for size, long_term in product(at.SIZES, at.BOTH):
        whole = replace(at.start(policy, size), long_term=long_term)
        cases = [replace(whole, present=size - lost) for lost in at.losses(policy, size)]
        yield from _falls(policy, cases, "less_for_more_lost", what)


def _long_term(policy: Policy) -> Iterator[Fault]:
    what = phrase("长期用户反而补得少")
    for reason in at.reasons_of(policy):
        for facts in at.facts_of(policy, reason):
            if not facts.long_term:
                yield from _falls(policy, (facts, replace(facts, long_term=True)), "less_for_long_term", what)


def _longer(policy: Policy) -> Iterator[Fault]:
    """Refunds backwards in time: the earlier one gives at least as much as the later."""
    what = phrase("早退反而退得少")
    for size, used in product(at.FEW, (0, 1)):
        whole = _used(policy, at.start(policy, size, reason="refund"), used)
        late_first = [replace(whole, elapsed_seconds=gone) for gone in reversed(at.elapsed_of(policy))]
        yield from _falls(policy, late_first, "less_for_earlier", what)


def _more_used(policy: Policy) -> Iterator[Fault]:
    what = phrase("用得少反而退得少")
    for size, gone in product(at.FEW, at.elapsed_of(policy)):
        whole = replace(at.start(policy, size, reason="refund"), elapsed_seconds=gone)
        if policy.kind in TIME_BASED:
            used = [replace(whole, used_seconds=n) for n in reversed(at.used_seconds_of(policy))]
        elif policy.kind == "metered":
            used = [replace(whole, delivered=n) for n in range(size, max(-1, size - _DAYS), -1)]
        else:
            used = [replace(whole, used_units=n) for n in reversed(at.used_units_of(policy, size))]
        yield from _falls(policy, used, "less_for_less_used", what)


def _beyond_paid(policy: Policy) -> Iterator[Fault]:
    for reason in at.reasons_of(policy):
        for facts in at.facts_of(policy, reason):
            decision = decide(facts, policy)
            if facts.refunded_fen + decision.cash_fen > facts.paid_fen:
                nothing = decide(replace(facts, paid_fen=0, refunded_fen=0), policy)
                yield gives_less("beyond_paid", nothing, decision, what=phrase("退的超过了付的"))


def _falls(policy: Policy, cases: Iterable[Facts], code: str, what: Phrase) -> Iterator[Fault]:
    """Where the next case gives less than the one before it."""
    for before, after in pairwise(decide(facts, policy) for facts in cases):
        if compare(before, after).verdict == "worse" and (before.remedies or after.remedies):
            yield gives_less(code, after, before, what=what)


def _used(policy: Policy, facts: Facts, used: int) -> Facts:
    if policy.kind == "metered":
        return replace(facts, delivered=used)
    if policy.kind in TIME_BASED:
        return replace(facts, used_seconds=used)
    return replace(facts, used_units=used)
