"""Rounding of whole fen and whole units: exact integers in, exact integers out, never a float."""

from __future__ import annotations


def half_up(numerator: int, denominator: int) -> int:
    """The nearest whole number to numerator / denominator; a half goes up, towards plus infinity."""
    if denominator <= 0:
        raise ValueError("the denominator must be positive")
    return (2 * numerator + denominator) // (2 * denominator)


def ceil_div(numerator: int, denominator: int) -> int:
    """The smallest whole number that is not below numerator / denominator."""
    if denominator <= 0:
        raise ValueError("the denominator must be positive")
    return -(-numerator // denominator)
