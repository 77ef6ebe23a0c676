"""The name of a remedy: the same order, kind and ordinal give the same key, also from a restored backup."""

from __future__ import annotations

from uuid import NAMESPACE_URL, UUID, uuid5


def remedy_key(*, order_no: str, kind: str, ordinal: int) -> UUID:
    """Ordinals count from 1 per order and kind."""
    if ordinal < 1:
        raise ValueError("ordinals count from 1")
    return uuid5(NAMESPACE_URL, f"{order_no}:{kind}:{ordinal}")
