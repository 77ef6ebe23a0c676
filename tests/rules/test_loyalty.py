"""Runs of months: a table."""

import pytest

from compensation.rules.loyalty import alive, run, streak


@pytest.mark.parametrize(
    ("months", "ending", "length"),
    [
        (set(), (2026, 11), 0),
        ({(2026, 11)}, (2026, 11), 1),
        ({(2026, 9), (2026, 10), (2026, 11)}, (2026, 11), 3),
        ({(2026, 8), (2026, 10), (2026, 11)}, (2026, 11), 2),
        ({(2026, 9), (2026, 10)}, (2026, 11), 0),
        ({(2025, 11), (2025, 12), (2026, 1)}, (2026, 1), 3),
        ({(2026, 11), (2026, 12), (2027, 1)}, (2026, 11), 1),
    ],
)
def test_streak(months, ending, length):
    assert streak(months, ending=ending) == length


@pytest.mark.parametrize("length", [0, 1, 2, 3, 14])
def test_the_run_of_a_streak_is_its_months(length):
    made = run(length, ending=(2026, 2))
    assert len(made) == length
    assert streak(set(made), ending=(2026, 2)) == length
    assert made == tuple(sorted(made))


def test_the_run_goes_back_over_the_year():
    assert run(3, ending=(2026, 1)) == ((2025, 11), (2025, 12), (2026, 1))


ALIVE = [
    (set(), 0), ({(2026, 11)}, 1), ({(2026, 10)}, 1), ({(2026, 9)}, 0), ({(2026, 10), (2026, 11)}, 2),
    ({(2026, 9), (2026, 10)}, 2), ({(2026, 9), (2026, 11)}, 1),
]  # fmt: skip


@pytest.mark.parametrize(("months", "length"), ALIVE)
def test_a_month_that_is_not_over_ends_nothing(months, length):
    assert alive(months, this=(2026, 11)) == length
