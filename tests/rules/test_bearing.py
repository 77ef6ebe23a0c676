"""Who the record says bears a case: each cause with the rows that show it, and what shows nothing."""

from datetime import UTC, datetime, timedelta

import pytest

from compensation.rules.bearing import Shown, answer_until, contest_until, propose

ALL = {
    "counts": (1, 2),
    "deliveries": (3,),
    "findings": (4,),
    "listed": (5,),
    "outages": (6,),
    "orders": (7,),
    "suppliers": (8,),
}
FELL = {"reason": "drop", "clause": "drop.tier_b"}
BROKEN = {"reason": "defect", "clause": "defect.verified", "proof": "verified", "has_developer": True}
LATE = {"reason": "delay", "clause": "delay.choice", "late": True}
# what is on record, which rows of ALL there are, the party, the kinds of rows that show it.
TABLE = [
    (FELL, "counts deliveries", "supplier", "counts deliveries"),
    (FELL, "counts", "supplier", "counts"),
    (FELL, "deliveries", "unknown", "deliveries"),
    (FELL | {"contradicted": True}, "counts deliveries", "unknown", "counts deliveries"),
    (FELL, "counts deliveries suppliers", "supplier", "counts deliveries suppliers"),
    (FELL, "suppliers deliveries", "unknown", "deliveries"),
    (FELL | {"fault": "supplier"}, "findings suppliers", "supplier", "findings suppliers"),
    (FELL | {"fault": "supplier"}, "suppliers", "unknown", ""),
    (FELL | {"fault": "platform"}, "findings suppliers", "platform", "findings"),
    ({"reason": "drop", "clause": "drop.none"}, "counts", "unknown", "counts"),
    ({"reason": "fake_units", "clause": "fake.replace"}, "findings", "supplier", "findings"),
    ({"reason": "fake_units", "clause": "fake.claimed"}, "counts", "unknown", "counts"),
    ({"reason": "low_interaction", "clause": "effect.shortfall"}, "counts", "supplier", "counts"),
    (LATE, "orders", "supplier", "orders"),
    (LATE, "orders deliveries", "supplier", "orders deliveries"),
    (LATE, "orders deliveries outages", "platform", "outages deliveries"),
    ({"reason": "delay", "clause": "delay.running"}, "orders outages", "unknown", "orders outages"),
    ({"reason": "refund", "clause": "refund.pro_rata"}, "outages", "platform", "outages"),
    ({"reason": "refund", "clause": "refund.pro_rata"}, "deliveries", "unknown", "deliveries"),
    ({"reason": "refund", "clause": "refund.pro_rata", "late": True}, "orders", "supplier", "orders"),
    (BROKEN, "findings listed", "developer", "findings listed"),
    (BROKEN | {"reason": "not_as_described"}, "listed findings", "developer", "findings listed"),
    (BROKEN | {"has_developer": False}, "findings", "unknown", "findings"),
    (BROKEN | {"proof": "claimed"}, "listed", "unknown", "listed"),
    (BROKEN | {"fault": "buyer"}, "findings listed", "buyer", "findings"),
    (BROKEN | {"fault": "platform"}, "findings", "platform", "findings"),
    (BROKEN | {"fault": "supplier"}, "findings", "supplier", "findings"),
    (BROKEN | {"fault": "developer"}, "findings", "developer", "findings"),
    (BROKEN | {"fault": "developer", "has_developer": False}, "findings", "unknown", "findings"),
    (FELL | {"fault": "platform"}, "counts findings", "platform", "findings"),
    (FELL | {"fault": "platform"}, "counts", "unknown", "counts"),
    ({"reason": "question", "clause": "guidance"}, "", "unknown", ""),
]  # fmt: skip


@pytest.mark.parametrize(("said", "there", "party", "shows"), TABLE)
def test_who_the_record_points_to(said, there, party, shows):
    found = propose(Shown(**said, rows={kind: ALL[kind] for kind in there.split()}))
    assert (found.party, dict(found.rows)) == (party, {kind: ALL[kind] for kind in shows.split()})
    assert found.why.endswith("。")


def test_the_limits():
    at = datetime(2026, 3, 1, tzinfo=UTC)
    assert (contest_until(at) - at, answer_until(at) - at) == (timedelta(hours=48), timedelta(hours=24))
