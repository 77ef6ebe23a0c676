"""The name of a remedy: the same order, kind and ordinal give the same key, also from a restored backup."""

from __future__ import annotations

from hashlib import sha1
from uuid import NAMESPACE_URL, UUID, uuid5


def remedy_key(*, order_no: str, kind: str, ordinal: int) -> UUID:
    """Ordinals count from 1 per order and kind."""
    if ordinal < 1:
        raise ValueError("ordinals count from 1")
    return uuid5(NAMESPACE_URL, f"{order_no}:{kind}:{ordinal}")


def key_tail(*, order_no: str, kind: str, ordinal: int) -> bytes:
    """The key's last six bytes, at a fraction of its cost: tells the few keys sought from millions of others."""
    name = f"{order_no}:{kind}:{ordinal}".encode()
    return sha1(NAMESPACE_URL.bytes + name, usedforsecurity=False).digest()[10:16]
