"""`decide`: one decision with its explanation, against the same rule as bare integer code."""

import time

from compensation.rules.decide import decide
from compensation.rules.defaults import METERED
from compensation.rules.facts import Facts
from compensation.rules.policy import Policy
from tests.bench.table import Row

ROUNDS, EACH = 20, 2000


def bare(delivered, present, granted, paid, refunded):
    """The tiers of rules.md §2 and nothing else: (what, how many or how much)."""
    loss = max(0, delivered - present)
    if loss == 0:
        return ("nothing", 0)
    if loss * 10 <= delivered:
        return ("top_up", max(0, loss - granted))
    if loss * 5 <= delivered:
        return ("top_up", max(0, -(-6 * loss // 5) - granted))
    return ("refund", paid - refunded)


def measure(scale=1.0):
    policy = Policy.from_data(METERED)
    cases = [_facts(present) for present in (1003, 940, 900, 850, 800, 700)]
    spent, floor = 0.0, 0.0
    for _ in range(max(2, round(ROUNDS * scale))):
        spent += _timed(lambda facts: len(decide(facts, policy).explanation), [(facts,) for facts in cases])
        floor += _timed(
            bare, [(f.delivered, f.present, f.granted, f.paid_fen, f.refunded_fen) for f in cases]
        )
    done = max(2, round(ROUNDS * scale)) * (EACH // len(cases)) * len(cases)
    return [
        Row(
            "decide + explanation", f"{spent / done * 1e6:.1f} µs", f"{floor / done * 1e6:.2f} µs",
            f"{spent / floor:.1f}×", "≤ 12×", "8×",
        )
    ]  # fmt: skip


def _facts(present):
    return Facts(reason="drop", ordered=1000, paid_fen=5000, delivered=1000, present=present, window="inside")


def _timed(function, cases):
    began = time.process_time()
    for _ in range(EACH // len(cases)):
        for case in cases:
            function(*case)
    return time.process_time() - began
