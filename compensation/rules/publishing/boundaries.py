"""The facts on each boundary of a policy and one step to either side: what a proof walks.

A policy is piecewise: between two of its limits nothing but the amount changes. So its limits, each with the integer
before and after it, at several sizes of an order, show whatever there is to show.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import product

from compensation.rules.facts import CHOICES, DEFECTS, METERED_ONLY, REASONS, TIME_BASED, Facts
from compensation.rules.figures import DAY, Ratio
from compensation.rules.policy import Policy

SIZES = (1, 3, 10, 99, 1000, 100_000)
FEW = (1, 2, 5, 20, 100)
PRICE_FEN = 5
MONTH = 30 * DAY
BOTH = (False, True)


def reasons_of(policy: Policy) -> tuple[str, ...]:
    """The reasons that a claim on goods of this kind can have."""
    return tuple(r for r in REASONS if policy.kind == "metered" or r not in METERED_ONLY)


def facts_of(policy: Policy, reason: str) -> Iterator[Facts]:
    """Every case walked for one reason, closed lines last."""
    cases = {
        "drop": drops, "refund": refunds, "fake_units": fakes, "low_interaction": effects, "delay": delays,
    }  # fmt: skip
    made = cases.get(reason, defects if reason in DEFECTS else answers)
    yield from (replace(facts, reason=reason) for facts in made(policy))
    yield replace(start(policy, FEW[-1]), reason=reason, closed=True)


def start(policy: Policy, size: int, *, reason: str = "drop", paid_fen: int | None = None) -> Facts:
    """An order of so many units, all of them delivered where that is counted."""
    paid = size * PRICE_FEN if paid_fen is None else paid_fen
    delivered = size if policy.kind == "metered" else 0
    seconds = MONTH if policy.kind in TIME_BASED else 0
    return Facts(
        reason=reason,
        ordered=size,
        paid_fen=paid,
        delivered=delivered,
        present=delivered,
        total_seconds=seconds,
    )


def losses(policy: Policy, base: int) -> list[int]:
    """Nothing, one, each tier's last unit with its neighbours, and everything."""
    limits = [_part(base, rate) for rate in (policy.tier_a_rate, policy.tier_b_rate, policy.warn_rate)]
    return _within(0, base, [0, 1, base, *limits])


def drops(policy: Policy) -> Iterator[Facts]:
    for size, window, long_term in product(SIZES, CHOICES["window"], BOTH):
        whole = replace(start(policy, size), window=window, long_term=long_term)
        for lost in losses(policy, size):
            yield replace(whole, present=size - lost)
    whole = start(policy, 1000)
    half = replace(whole, present=500)
    yield replace(half, measurable=False)
    yield replace(half, delivering=True)
    yield replace(half, unshown=True)
    yield replace(half, restored=10, granted=12)
    for lost, window in product((0, 1, 500), CHOICES["window"]):
        yield replace(whole, present=1000 - lost, gift=True, window=window, paid_fen=0)
    for given in (500, 501):
        yield replace(half, window="warranty", slow_granted=given)
    yield from _paid(policy, half)


def refunds(policy: Policy) -> Iterator[Facts]:
    """By time elapsed and by what is used; each limit, the second before it and the second after."""
    if policy.kind == "metered":
        for size, left in product(FEW, (0, 1, 2)):
            yield replace(start(policy, size), delivered=max(0, size - left))
        yield replace(start(policy, 10), measurable=False)
        yield replace(start(policy, 10), delivering=True)
        yield from _paid(policy, replace(start(policy, 10), delivered=0, present=0))
        return
    for size, elapsed, taken in product(FEW, elapsed_of(policy), BOTH):
        whole = replace(start(policy, size), elapsed_seconds=elapsed, trial_taken=taken)
        if policy.kind in TIME_BASED:
            yield from (replace(whole, used_seconds=used) for used in used_seconds_of(policy))
        else:
            yield from (replace(whole, used_units=used) for used in used_units_of(policy, size))
    yield replace(start(policy, 5), quantity=2, refunded_units=1, refunded_fen=PRICE_FEN)
    yield replace(start(policy, 5), revocable=False, revealed_units=2)
    yield from _paid(policy, start(policy, 5))


def elapsed_of(policy: Policy) -> list[int]:
    limits = [policy.trial_seconds, policy.cooling_off_seconds, policy.pro_rata_seconds or 0]
    whole = [MONTH] if policy.kind in TIME_BASED else []
    return _within(0, 10**9, [0, *limits, *whole])


def used_units_of(policy: Policy, size: int) -> list[int]:
    return _within(0, size, [0, _part(size, policy.trial_units), size // 2, size])


def used_seconds_of(policy: Policy) -> list[int]:
    return _within(0, MONTH, [0, policy.trial_used_seconds or 0])


def defects(policy: Policy) -> Iterator[Facts]:
    whole = start(policy, 5)
    for proof, fault, over in product(CHOICES["proof"], CHOICES["fault"], BOTH):
        yield replace(whole, proof=proof, fault=fault, warranty_over=over)
    for wants, stock, asked in product(CHOICES["wants"], (0, 1, 2, 4, 5), (None, 2)):
        yield replace(whole, proof="verified", wants=wants, stock=stock, quantity=asked)
    yield from _paid(policy, replace(whole, proof="verified"))


def fakes(policy: Policy) -> Iterator[Facts]:
    for proof, fake, replaced in product(CHOICES["proof"], (0, 1, 5, 1000), (0, 1)):
        yield replace(start(policy, 1000), proof=proof, fake_units=fake, fake_replaced=replaced)


def effects(policy: Policy) -> Iterator[Facts]:
    rounds = _within(0, 10**6, [0, policy.effect_rounds])
    for size, due, measurable, after in product((20, 1000), BOTH, BOTH, rounds):
        owed = -(-policy.effect_rate[0] * size // policy.effect_rate[1])
        whole = replace(start(policy, size), effect_due=due, measurable=measurable, effect_round=after)
        yield from (replace(whole, interactions=done) for done in _within(0, 10**9, [0, owed]))


def delays(policy: Policy) -> Iterator[Facts]:
    yield from (replace(start(policy, 10), late=late) for late in BOTH)


def answers(policy: Policy) -> Iterator[Facts]:
    yield start(policy, 10)


def _paid(policy: Policy, facts: Facts) -> Iterator[Facts]:
    """The same at each limit of money, of credit and of risk."""
    limits = (policy.auto_limit_fen, policy.dual_control_fen, policy.fast_lane_quota_fen)
    for paid in _within(1, 10**12, limits):
        for credit in _within(0, 10**6, [policy.fast_lane_credit]):
            yield replace(facts, paid_fen=paid, credit=credit)
        for risk in _within(0, 10**6, [policy.risk_review]):
            yield replace(facts, paid_fen=paid, risk=risk)


def _part(base: int, rate: Ratio) -> int:
    return base * rate[0] // rate[1]


def _within(least: int, most: int, limits: Iterable[int]) -> list[int]:
    """Each limit with the integers beside it, in order, as far as they are possible."""
    return sorted({near for at in limits for near in (at - 1, at, at + 1) if least <= near <= most})
