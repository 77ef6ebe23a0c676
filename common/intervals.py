"""How sure a rate is: Wilson's interval at 95 %, in whole numbers only.

The lower end lies above p exactly where the score test refuses p: (k − n·p)² > z²·n·p·(1 − p) with k > n·p. So one
comparison of integers decides, and the figures that people read are found by asking it.
"""

from __future__ import annotations

from fractions import Fraction

Z = Fraction(196, 100)
PARTS = 10_000  # figures are read in hundredths of a per cent


def lies_above(*, part: int, whole: int, limit: Fraction) -> bool:
    """Whether the lower end of the interval of part/whole is above the limit; of nothing nothing is known."""
    a, b = limit.numerator, limit.denominator
    beyond = part * b - whole * a
    if whole <= 0 or beyond <= 0:
        return False
    return (beyond * Z.denominator) ** 2 > Z.numerator**2 * whole * a * (b - a)


def interval(*, part: int, whole: int) -> tuple[int, int]:
    """(lower end, upper end) in hundredths of a per cent, rounded outwards; the whole range where nothing is known."""
    return _lower(part, whole), PARTS - _lower(whole - part, whole)


def _lower(part: int, whole: int) -> int:
    """The largest hundredth of a per cent that the lower end reaches or passes."""
    low, high = 0, PARTS
    while high - low > 1:
        middle = (low + high) // 2
        if lies_above(part=part, whole=whole, limit=Fraction(middle, PARTS)):
            low = middle
        else:
            high = middle
    return low
