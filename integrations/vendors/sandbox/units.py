"""The accounts behind a delivery, the same for the same key however often they are asked for."""

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from math import gcd

from common.clock import rfc3339

LOWEST_ID = 100_000_000
HOW_MANY_IDS = 9_900_000_000  # ids of 9 and 10 digits
DAY = 86_400


def account_id(*, key: str, index: int) -> str:
    """A stride coprime to the range walks over it without ever repeating an account within an order."""
    seed = _digest(key)
    stride = seed % HOW_MANY_IDS | 1
    while gcd(stride, HOW_MANY_IDS) != 1:
        stride += 2
    return str(LOWEST_ID + (seed // HOW_MANY_IDS + index * stride) % HOW_MANY_IDS)


def units(
    *, key: str, ordered_at: float, deliveries: Iterable[tuple[float, int]], after: int, limit: int
) -> list[dict[str, object]]:
    """At most `limit` units from index `after` on; `deliveries` are (instant, units delivered by then)."""
    found: list[dict[str, object]] = []
    index = after
    for delivered_at, upto in deliveries:
        while index < upto and len(found) < limit:
            found.append(_unit(key=key, index=index, ordered_at=ordered_at, delivered_at=delivered_at))
            index += 1
    return found


def _unit(*, key: str, index: int, ordered_at: float, delivered_at: float) -> dict[str, object]:
    seed = _digest(f"{key}:{index}")
    age = timedelta(seconds=30 * DAY + seed % (1500 * DAY))
    return {
        "account_id": account_id(key=key, index=index),
        "delivered_at": rfc3339(datetime.fromtimestamp(delivered_at, UTC)),
        "registered_at": rfc3339(datetime.fromtimestamp(int(ordered_at), UTC) - age),
        "interactions": (seed >> 64) % 200,
        "device_fingerprint": f"{seed >> 128:032x}",
    }


def _digest(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest())
