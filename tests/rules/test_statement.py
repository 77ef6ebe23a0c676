"""The months of a statement, what a move is called, and where refunds were paid from."""

from datetime import UTC, datetime

import pytest

from developers.rules import months
from developers.rules.statement import paid_from, sort_of, source_of

NOW = datetime(2026, 11, 29, 6, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "start", "end"),
    [
        ("2026-10", "2026-09-30T16:00", "2026-10-31T16:00"), ("2025-12", "2025-11-30T16:00", "2025-12-31T16:00"),
        ("2026-11", "2026-10-31T16:00", "2026-11-29T06:00"),
    ],
)  # fmt: skip
def test_a_month_is_the_shops(name, start, end):
    found = months.month_named(name, now=NOW)
    assert [f"{at.astimezone(UTC):%Y-%m-%dT%H:%M}" for at in (found.start, found.end)] == [start, end]


@pytest.mark.parametrize(
    "name", ["2026-12", "2027-01", "2026-13", "2026-1", "", "二〇二六", "2026-00", "1999-01"]
)
def test_what_is_no_month(name):
    assert months.month_named(name, now=NOW) is None


def test_neighbours():
    assert (months.before("2026-01"), months.after("2026-12"), months.before("2026-11")) == (
        "2025-12", "2027-01", "2026-10",
    )  # fmt: skip


def test_each_refund_is_paid_from_whoever_bears_it():
    moved = {
        "a": {"developer_payable.7": 6, "guarantee_fund": 3, "dispute_fund": -9},
        "b": {"platform_expense": 20, "dispute_fund": -20, "developer_payable.7": 0},
        "c": {"developer_payable.8": 30, "dispute_fund": -30},
    }
    refunds = [("a", 10), ("b", 20), ("c", 30), ("d", 40)]
    found = paid_from(refunds, moved, unmoved="dispute_fund", own="developer_payable.7")
    assert found == {"own": 6, "dispute_fund": 41, "platform": 20, "others": 30, "guarantee_fund": 3}
    assert source_of("supplier_payable", own="x") == "supplier"
    assert [sort_of("bear", each) for each in ("k:1", "k:2", "k:11")] == ["borne", "correction", "correction"]
    assert [sort_of(each, "k:1") for each in ("claim", "share", "paid_out")] == ["fund", "share", "paid_out"]
