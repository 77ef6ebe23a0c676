"""`decide`: one decision with its explanation, against the same rule as bare integer code.

The floor is the rule that the generated cases are tried against (`tests/fuzz/oracle.py`): the same answer, from plain
numbers, with nothing explained. The tiers alone, which leave out windows, grants, reviews and every other clause, are
a row of their own.
"""

import random
import time
from dataclasses import asdict

from compensation.rules.decide import decide
from compensation.rules.defaults import METERED
from compensation.rules.facts import Facts
from compensation.rules.policy import Policy
from tests.bench.table import Row
from tests.fuzz import oracle

ROUNDS, EACH = 20, 2000


def tiers_alone(delivered, present, granted, paid, refunded):
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
    rounds = max(2, round(ROUNDS * scale))
    usual = [_lines_of_a_thousand()] * rounds
    # Nothing kept from decisions before is of use here.
    unseen = [_never_seen(random.Random(n)) for n in range(rounds)]
    return [
        _row("decide + explanation", usual, _same_rule, "≤ 12×"),
        _row("… of numbers never seen", unseen, _same_rule, "≤ 12×"),
        _row("… against the tiers alone", unseen, _tiers_alone, "–"),
    ]


def _row(name, blocks, floor_of, goal):
    policy = Policy.from_data(METERED)
    decided, spent, floor = 0, 0.0, 0.0
    for cases in blocks:
        spent += _timed(lambda facts: len(decide(facts, policy).explanation), [(facts,) for facts in cases])
        floor += floor_of(cases)
        decided += len(cases)
    return Row(
        name, f"{spent / decided * 1e6:.1f} µs", f"{floor / decided * 1e6:.2f} µs",
        f"{spent / floor:.1f}×", goal, "8×" if goal != "–" else "–",
    )  # fmt: skip


def _same_rule(cases):
    return _timed(oracle.answer, [("metered-standard", asdict(facts)) for facts in cases])


def _tiers_alone(cases):
    numbers = [(f.delivered, f.present, f.granted, f.paid_fen, f.refunded_fen) for f in cases]
    return _timed(tiers_alone, numbers)


def _lines_of_a_thousand():
    """As a shop has them: of six one that didn't fall, two in tier A, two in B, one in C; every count once."""
    counts = [n for k in range(50) for n in (1003, 999 - k, 949 - k, 899 - k, 849 - k, 799 - k)]
    return [_facts(1000, present) for present in counts] * (EACH // len(counts))


def _never_seen(r):
    sizes = [r.randint(10**6, 10**9) for _ in range(EACH)]
    shares = ((100, 101), (92, 100), (90, 95), (81, 89), (80, 85), (60, 79))
    return [_facts(size, size * r.randint(*shares[n % 6]) // 100 - n % 6) for n, size in enumerate(sizes)]


def _facts(ordered, present):
    return Facts(reason="drop", ordered=ordered, paid_fen=5 * ordered, delivered=ordered, present=present)


def _timed(function, cases):
    began = time.process_time()
    for case in cases:
        function(*case)
    return time.process_time() - began
