"""What a decision takes back of its line, and when nothing of it is left: a table."""

import pytest

from compensation.rules.closing import closes, units_given_back
from compensation.rules.decide import decide
from compensation.rules.defaults import default_policy
from compensation.rules.facts import Facts


@pytest.mark.parametrize(
    ("policy", "facts", "units", "closed"),
    [
        ("metered-standard", {"reason": "drop", "delivered": 1000, "present": 850}, 0, False),
        ("metered-standard", {"reason": "drop", "delivered": 1000, "present": 700}, 1000, True),
        ("metered-standard", {"reason": "drop", "delivered": 900, "present": 700, "refunded_units": 100,
                              "refunded_fen": 500}, 900, True),
        ("metered-standard", {"reason": "refund", "delivered": 640}, 360, False),
        ("metered-standard", {"reason": "refund", "delivered": 0, "quantity": 333}, 333, False),
        ("metered-standard", {"reason": "refund", "delivered": 0}, 1000, True),
        ("metered-standard", {"reason": "refund", "delivered": 1000}, 0, False),
        ("course-standard", {"reason": "refund", "used_units": 100, "elapsed_seconds": 60}, 1000, True),
        ("course-standard", {"reason": "refund", "elapsed_seconds": 60, "quantity": 10}, 10, False),
        ("licence-standard", {"reason": "defect", "proof": "verified", "quantity": 1}, 1, False),
        ("subscription-standard", {"reason": "refund", "total_seconds": 100, "elapsed_seconds": 90_000,
                                   "used_seconds": 9_000}, 0, False),
    ],
)  # fmt: skip
def test_given_back(policy, facts, units, closed):
    decision = decide(Facts(ordered=1000, paid_fen=5000, **facts), default_policy(policy))
    assert (units_given_back(decision), closes(decision)) == (units, closed)


@pytest.mark.parametrize(
    ("waiting", "closed"),
    [
        ((0, 0), True),
        ((4000, 0), True),
        ((0, 800), True),
        ((4000, 800), False),
        ((1, 1), False),
        ((1, 0), True),
    ],
)
def test_what_waits_for_a_yes_may_yet_come_back(waiting, closed):
    """Eight hundred of a thousand refunded before: of that so much is only promised. All units, or all cash."""
    facts = Facts(
        reason="defect", proof="verified", ordered=1000, paid_fen=5000, refunded_fen=4000, refunded_units=800
    )
    assert closes(decide(facts, default_policy("licence-standard")), waiting=waiting) is closed


def test_the_third_tier_closes_whatever_waits():
    facts = Facts(reason="drop", ordered=1000, paid_fen=5000, delivered=1000, present=700, refunded_fen=10)
    assert closes(decide(facts, default_policy("metered-standard")), waiting=(10, 0)) is True
