"""Wilson's interval in whole numbers, against values computed elsewhere, and the limits that rest on it."""

from fractions import Fraction
from math import sqrt

import pytest

from common.intervals import PARTS, interval, lies_above
from watch.rules.health import Beyond, beyond, fakes_beyond, falls

# Published: Newcombe (1998), table I, "score" without continuity correction, to four places.
NEWCOMBE = [(81, 263, 2553, 3662), (15, 148, 624, 1605), (0, 20, 0, 1611), (1, 29, 61, 1718)]


@pytest.mark.parametrize(("part", "whole", "lower", "upper"), NEWCOMBE)
def test_published_values(part, whole, lower, upper):
    found = interval(part=part, whole=whole)
    assert (abs(found[0] - lower) <= 1, abs(found[1] - upper) <= 1) == (True, True)


@pytest.mark.parametrize("whole", [1, 2, 7, 30, 100, 999, 100_000])
def test_the_formula_says_the_same_and_is_rounded_outwards(whole):
    z = 1.96
    for part in {0, 1, whole // 7, whole // 3, whole // 2, whole - 1, whole}:
        p = part / whole
        middle = (p + z * z / (2 * whole)) / (1 + z * z / whole)
        half = z * sqrt(p * (1 - p) / whole + z * z / (4 * whole * whole)) / (1 + z * z / whole)
        lower, upper = interval(part=part, whole=whole)
        assert -1e-6 <= (middle - half) * PARTS - lower <= 1 + 1e-6
        assert -1e-6 <= upper - (middle + half) * PARTS <= 1 + 1e-6


def test_of_nothing_nothing_is_known():
    assert interval(part=0, whole=0) == (0, PARTS)
    assert not lies_above(part=0, whole=0, limit=Fraction(0))


@pytest.mark.parametrize(
    ("part", "whole", "limit", "above"),
    [
        (20, 100, 20, False),  # as many as may be
        (28, 100, 20, True),  # 20.14 %
        (27, 100, 20, False),  # 19.29 %
        (30, 30, 88, True),  # 88.65 %
        (30, 30, 89, False),
        (1, 10**12, 0, True),
        (10**12, 10**12, 100, False),
    ],
)
def test_what_decides(part, whole, limit, above):
    assert lies_above(part=part, whole=whole, limit=Fraction(limit, 100)) is above


@pytest.mark.parametrize(
    ("figures", "names"),
    [
        ({}, []),
        ({"drop": (29, 29)}, []),  # too few to say
        ({"drop": (30, 30)}, ["drop"]),
        ({"drop": (28, 100), "fake": (40, 100)}, ["fake", "drop"]),
        ({"drop": (27, 100), "unheard": (100, 100)}, []),
    ],
)
def test_beyond(figures, names):
    limits = {"drop": 20, "fake": 5}
    assert [one.figure for one in beyond(figures, limits=limits)] == names


def test_what_is_beyond_says_by_how_much():
    assert beyond({"drop": (30, 30)}, limits={"drop": 20}) == [Beyond("drop", 30, 30, Fraction(1, 5))]


@pytest.mark.parametrize(
    ("fakes", "delivered", "found"), [(30, 1000, False), (31, 1000, True), (0, 0, False)]
)
def test_fakes(fakes, delivered, found):
    assert fakes_beyond(fakes=fakes, delivered=delivered) is found


def test_falls_by_the_hour():
    assert falls([]) == {}
    assert falls([(23, 1000)]) == {}
    counts = [(23, 1000), (0, 990), (0, 985), (1, 990), (2, 900)]
    assert falls(counts) == {"fell_00": 15, "fell_02": 90}
