"""What an entry says, as the one text that its digest commits to."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that happened: what kind, to which order ('' for none), and what exactly."""

    kind: str
    order_no: str
    data: Mapping[str, Any]
    internal: bool = False  # for ops only: never in a buyer's bundle
    row_id: int | None = None  # where the kind records the rows of one table


def body_of(fact: Fact, *, at: datetime) -> str:
    """Canonical JSON: sorted keys, no spaces, characters as they are, instants in UTC."""
    said = {"kind": fact.kind, "order_no": fact.order_no, "at": at, "data": fact.data}
    return data_text(said | {"internal": True} if fact.internal else said)


def data_text(data: Mapping[str, Any]) -> str:
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_plain)


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return str(value)


def mark_of(data: Mapping[str, Any]) -> str:
    """Hex SHA-256 of what a row says: by it a row can still be checked when the words of its entry were erased."""
    return sha256(data_text(data).encode()).hexdigest()


def digest_of(*, salt: str, body: str) -> str:
    """Hex SHA-256 over salt and body: without the salt nobody can try out what an erased entry said."""
    return sha256(f"{salt}\n{body}".encode("utf-8", "surrogatepass")).hexdigest()


def head_text(*, size: int, root: str, sealed_at: str) -> bytes:
    """The bytes that a head's signature covers."""
    return f"aftersales evidence head\n{size}\n{root}\n{sealed_at}\n".encode("utf-8", "surrogatepass")
