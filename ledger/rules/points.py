"""The accounts that points are booked on: one a buyer, and the one they are given out from."""

from __future__ import annotations

UNIT, ISSUED, EARNED = "point", "points_issued", "earned"
OF_BUYER, OF_BUYERS = "points.", "points"  # an account; all of them, where nobody is named


def account_of(buyer_id: int) -> str:
    return f"{OF_BUYER}{buyer_id}"


def buyer_of(code: str) -> int:
    return int(code.removeprefix(OF_BUYER))
