"""A developer's credit at its limits, one to each side; worse never raises it, better never lowers it."""

from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from developers.rules import credit_rows
from developers.rules.credit import FAIR, GOOD, LOW, NONE, Counts, at_most, credit, steps

# counts → (points of each part), total, grade
TABLE = {
    "nothing sold": (Counts(), (600, 250, 150), None, NONE),
    "one too few, all of them broken": (Counts(sales=49, defects=49), (0, 250, 150), None, NONE),
    "just enough": (Counts(sales=50), (600, 250, 150), 1000, GOOD),
    "one in fifty": (Counts(sales=50, defects=1), (558, 250, 150), 958, GOOD),
    "all in fifty": (Counts(sales=50, defects=50), (0, 250, 150), 400, LOW),
    "the last that is good": (Counts(sales=1000, defects=24), (407, 250, 150), 807, GOOD),
    "the first that is not": (Counts(sales=1000, defects=25), (397, 250, 150), 797, FAIR),
    "two missed are few": (Counts(sales=50, missed=2, asked=2), (600, 250, 150), 1000, GOOD),
    "three missed of three": (Counts(sales=50, missed=3, asked=3), (600, 31, 150), 781, FAIR),
    "three missed of thirty": (Counts(sales=50, missed=3, asked=30), (600, 233, 150), 983, GOOD),
    "three fell of three": (Counts(sales=50, overturned=3, refusals=3), (600, 250, 18), 868, GOOD),
    "all of it": (Counts(1000, 40, 9, 10, 9, 10), (246, 0, 0), 246, LOW),
    "more defects than sales can't be": (Counts(sales=50, defects=51), (0, 250, 150), 400, LOW),
}  # fmt: skip


@pytest.mark.parametrize("name", TABLE)
def test_at_its_limits(name):
    counts, points, total, grade = TABLE[name]
    found = credit(counts)
    assert (tuple(part.points for part in found.parts), found.total, found.grade) == (points, total, grade)


numbers = st.lists(st.integers(0, 400), min_size=6, max_size=6)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # the machine may be busy
@given(numbers, st.sampled_from(["missed", "overturned"]))
def test_worse_never_raises_it_and_better_never_lowers_it(drawn, which):
    sold, asked, said = (sorted(drawn[at : at + 2]) for at in (0, 2, 4))
    counts = Counts(sold[1] + 51, sold[0], *asked, *said)
    whole = {"missed": "asked", "overturned": "refusals"}[which]
    data = counts.as_data()
    before = credit(counts).total
    worse = [data | {"defects": data["defects"] + 1}, data | {which: data[which] + 1, whole: data[whole] + 1}]
    better = [data | {whole: data[whole] + 1}, data | {"sales": data["sales"] + 1}]
    if data[which]:
        better.append(data | {which: data[which] - 1})
    assert all(credit(Counts(**one)).total <= before for one in worse)
    assert all(credit(Counts(**one)).total >= before for one in better)
    assert 0 <= before <= 1000


def test_each_step_can_be_followed():
    said = [(step.text, step.formula, step.result) for step in steps(Counts(1000, 26, 3, 3, 1, 2))]
    assert said == [
        ("近 6 个月卖了 1000 单", "1000 ≥ 50", "够算信用"),
        (
            "1000 单里 26 单货有毛病、属实。有 95% 的把握至少是 1.78%，只照这个扣，到 5.00% 扣完",
            "600 × (5.00% − 1.78%) ÷ 5.00%", "386",
        ),
        (
            "请您答复 3 次，3 次没有按时。有 95% 的把握至少是 43.84%，只照这个扣，到 50.00% 扣完",
            "250 × (50.00% − 43.84%) ÷ 50.00%", "31",
        ),
        ("您说不该承担的有 2 件有了答复，1 件没有站住。不满 3 次的不扣", "150 × (50.00% − 0.00%) ÷ 50.00%", "150"),
        ("信用", "386 + 31 + 150", "567，低"),
    ]  # fmt: skip


def test_too_few_are_no_credit_and_no_bad_one():
    (only,) = steps(Counts(sales=49, defects=9))
    assert (only.formula, only.result) == ("49 < 50", "还没有信用")


@pytest.mark.parametrize(
    ("counts", "grade"), [(Counts(1000, 60), GOOD), (Counts(1000, 60), FAIR), (Counts(50, 3), GOOD)]
)
def test_how_many_may_be_broken(counts, grade):
    most = at_most(counts, grade)
    grades = [credit(Counts(counts.sales, bad)).total for bad in (most, most + 1)]
    assert grades[0] >= {GOOD: 800, FAIR: 600}[grade] > grades[1]


def test_where_no_defect_fewer_would_do():
    assert at_most(Counts(50, 3, 9, 9, 9, 9), GOOD) is None


# reason, who bears it → held against the developer
HELD = [
    ("defect", None, True), ("not_as_described", None, True), ("compatibility", None, True),
    ("account_ban", None, True), ("drop", None, False), ("fake_units", None, False), ("delay", None, False),
    ("drop", "developer", True), ("defect", "platform", False), ("defect", "supplier", False),
    ("defect", "buyer", False), ("defect", "unknown", False),
]  # fmt: skip


@pytest.mark.parametrize(("reason", "party", "held"), HELD)
def test_what_is_held_against_the_developer(reason, party, held):
    assert credit_rows.is_confirmed(reason=reason, party=party) is held


SAID, NO, APPEAL = ("answer", "developer", "", ""), ("refuse", "ops", "", ""), ("appeal", "buyer", "", "")
YES, GIVEN = ("approve", "ops", "fulfilling", ""), ("override", "ops", "waiting_ops", "")
APPEALS = {
    "granted": ([SAID, NO, APPEAL, YES], True),
    "given something else": ([SAID, NO, APPEAL, GIVEN], True),
    "found again, and given": ([SAID, NO, APPEAL, ("decided", "system", "fulfilling", "refund")], True),
    "found again, and refused": ([SAID, NO, APPEAL, ("decided", "system", "refused", "refuse")], False),
    "refused again": ([SAID, NO, APPEAL, NO], False),
    "only answered": ([SAID, NO, APPEAL, ("approve", "ops", "confirming", "")], None),
    "one of two has agreed": ([SAID, NO, APPEAL, ("approve", "ops", "appealed", "")], None),
    "not answered yet": ([SAID, NO, APPEAL], None),
    "not appealed": ([SAID, NO], None),
    "not on the developer's word": ([NO, APPEAL, YES], None),
    "heard only after it was refused": ([NO, SAID, APPEAL, YES], None),
    "nothing": ([], None),
}


@pytest.mark.parametrize("name", APPEALS)
def test_what_came_of_an_appeal(name):
    happened, came = APPEALS[name]
    assert credit_rows.came_of_appeal(happened) is came


# Shanghai is eight hours ahead: two in the morning of the first is 18:00 of the last.
DUE = [
    (datetime(2026, 10, 31, 17, 59, tzinfo=UTC), "2026-09"), (datetime(2026, 10, 31, 18, 0, tzinfo=UTC), "2026-10"),
    (datetime(2026, 11, 29, tzinfo=UTC), "2026-10"), (datetime(2026, 12, 31, 18, 0, tzinfo=UTC), "2026-12"),
]  # fmt: skip


@pytest.mark.parametrize(("now", "month"), DUE)
def test_which_month_is_due(now, month):
    assert credit_rows.month_due(now) == month


def test_the_months_that_it_looks_at():
    now = datetime(2026, 11, 29, tzinfo=UTC)
    found = credit_rows.stretch_of("2026-02", length=6, now=now)
    assert [f"{at.astimezone(UTC):%Y-%m-%dT%H}" for at in (found.start, found.end)] == [
        "2025-08-31T16",
        "2026-02-28T16",
    ]
