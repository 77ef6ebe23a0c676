"""Months begin at midnight in Shanghai; each period has the one before it to compare with."""

from datetime import UTC, datetime, timedelta

import pytest

from common.clock import rfc3339
from developers.rules import groups, masking, periods

NOW = datetime(2026, 3, 31, 4, 0, tzinfo=UTC)


def edges(code, now=NOW):
    found = periods.period(code, now=now)
    return [rfc3339(at) for part in (found.this, found.before) for at in (part.start, part.end)]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        # February has no 31st: the same days end where March begins.
        ("month", ["2026-02-28T16:00:00Z", "2026-03-31T16:00:00Z", "2026-01-31T16:00:00Z", "2026-02-28T16:00:00Z"]),
        (
            "last_month",
            ["2026-01-31T16:00:00Z", "2026-02-28T16:00:00Z", "2025-12-31T16:00:00Z", "2026-01-31T16:00:00Z"],
        ),
        ("months_3", ["2025-12-31T16:00:00Z", "2026-03-31T16:00:00Z", "2025-09-30T16:00:00Z", "2025-12-29T16:00:00Z"]),
    ],
)  # fmt: skip
def test_the_stretches(code, expected):
    assert edges(code) == expected


def test_the_same_days_of_the_month_before():
    assert edges("month", NOW - timedelta(days=16))[2:] == ["2026-01-31T16:00:00Z", "2026-02-15T16:00:00Z"]


@pytest.mark.parametrize(
    ("now", "before", "percent"),
    [(3, 2, 50), (0, 4, -100), (5, 5, 0), (7, 0, None), (0, 0, None), (2, 3, -33)],
)
def test_the_change_in_whole_percent(now, before, percent):
    assert periods.change(now, before) == percent


@pytest.mark.parametrize(
    ("reason", "outcome", "group", "real"),
    [
        ("drop", "compensate", "defect", True), ("drop", "nothing", "defect", False),
        ("defect", "review", "defect", False), ("fake_units", "replace", "defect", True),
        ("refund", "refund", "refund", False), ("question", "guide", "question", False),
        ("suggestion", "review", "question", False),
    ],
)  # fmt: skip
def test_real_defects_apart_from_questions(reason, outcome, group, real):
    assert (groups.group_of(reason), groups.is_real(reason, outcome)) == (group, real)


@pytest.mark.parametrize(
    ("order_no", "shown"),
    [
        ("LD20261120213308841", "LD2026…8841"), ("LD20261120213", "LD2…0213"), ("123456789012", "…9012"),
        ("123456", "…456"), ("A-1", "…1"), ("7", "…"), ("", "…"),
    ],
)  # fmt: skip
def test_order_numbers_are_masked(order_no, shown):
    assert masking.order_no(order_no) == shown


@pytest.mark.parametrize(("name", "shown"), [("林小满", "林**"), ("", ""), ("=x", "=**")])
def test_buyers_are_masked(name, shown):
    assert masking.name(name) == shown


def test_the_points_of_a_chart_are_days_or_weeks_and_each_day_lies_in_one():
    for code, most in (("month", 31), ("last_month", 28), ("months_3", 13)):
        stretch = periods.period(code, now=NOW).this
        found = periods.points(stretch)
        days = [day for point in found for day in point.days()]
        first, end = stretch.days()
        assert (len(found), days) == (most, [first + timedelta(days=n) for n in range((end - first).days)])


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("打不开，加我 QQ 1234567 或 13912345678", "打不开，加我 QQ … 或 …"),
        ("看 https://v.example/abc?x=1，a.b@c.com", "看 …，…"), ("", ""),
        ("第 12 课，LD20261120213308841", "第 12 课，…"),
    ],
)  # fmt: skip
def test_what_buyers_wrote_names_nobody(said, shown):
    assert masking.words(said) == shown
