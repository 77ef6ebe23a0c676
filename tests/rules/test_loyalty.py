"""Runs of months: a table."""

import pytest

from compensation.rules.loyalty import streak


@pytest.mark.parametrize(
    ("months", "ending", "run"),
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
def test_streak(months, ending, run):
    assert streak(months, ending=ending) == run
