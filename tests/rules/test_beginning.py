"""When the days of a line begin, and when it is late."""

from datetime import UTC, datetime, timedelta

import pytest

from compensation.rules.beginning import days_begin, is_late

PAID = datetime(2026, 11, 24, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("kind", "over", "by", "came", "late"),
    [
        ("licence", True, "deadline", False, True), ("licence", True, "deadline", True, True),
        ("licence", True, "final", True, False),
        ("licence", True, "final", False, True),  # said to be all of it, and it is nothing
        ("licence", False, "final", False, False), ("licence", False, "deadline", False, False),
        ("metered", True, "final", False, False),  # what comes of these is counted
        ("metered", True, "count", False, False), ("metered", True, "deadline", False, True),
        ("subscription", True, "final", False, False),  # begins by itself
    ],
)  # fmt: skip
def test_late_is_what_was_not_all_there_by_the_deadline(kind, over, by, came, late):
    assert is_late(kind=kind, deadline_over=over, completed_by=by, came=came) is late


@pytest.mark.parametrize(
    ("kind", "first", "came", "begin"),
    [
        ("licence", None, False, None), ("licence", None, True, PAID), ("licence", PAID + DAY, True, PAID + DAY),
        ("licence", PAID - DAY, True, PAID), ("metered", None, False, PAID), ("subscription", None, False, PAID),
    ],
)  # fmt: skip
def test_days_begin_with_the_later_of_payment_and_first_delivery(kind, first, came, begin):
    assert days_begin(kind=kind, paid_at=PAID, first_at=first, came=came) == begin
