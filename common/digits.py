"""Whole numbers as addresses, headers and forms carry them."""

from __future__ import annotations

MOST = 18  # digits: every database keeps them in eight bytes


def whole(text: str, *, most: int = MOST) -> int | None:
    """12 of "12"; None of a sign, of other scripts' digits and powers, and of what is too long for a number here."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= most else None
