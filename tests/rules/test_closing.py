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
