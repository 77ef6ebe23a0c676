"""The request bodies: their fields per kind, frozen once as canonical JSON; and how far JSON is read."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

SUPPLIER = "supplier"
SHOP_REFUND = "shop_refund"
LICENCE = "licence"
MESSAGES = "messages"
COLLECTOR = "collector"  # is only asked: nothing is sent to it, and nothing is owed

MESSAGE = "message"  # its body is frozen in `rules/messages.py`

PROVIDER_OF = {
    "top_up": SUPPLIER,
    "gift": SUPPLIER,
    "interaction_pack": SUPPLIER,
    "refund": SHOP_REFUND,
    "suspend": LICENCE,
    "reinstate": LICENCE,
    "revoke": LICENCE,
    MESSAGE: MESSAGES,
}
# Whose work is owed and booked: looked after by the reconciliation, and first in every sweep.
OWING = (SUPPLIER, SHOP_REFUND, LICENCE)
FIELDS = {
    SUPPLIER: frozenset({"key", "order_no", "target", "kind", "quantity", "grade"}),
    SHOP_REFUND: frozenset({"key", "order_no", "payment_reference", "amount_fen", "reason"}),
    LICENCE: frozenset({"key", "order_no", "kind", "licence_id"}),
}
COUNTED = {SUPPLIER: "quantity", SHOP_REFUND: "amount_fen"}  # a step on a licence is always of one
NAMES_ITS_KIND = (SUPPLIER, LICENCE)

MAX_BYTES = 64 * 1024
MAX_DEPTH = 16
MAX_COUNT = 10**12


class BodyRefused(ValueError):
    """A body that must not leave the building."""


class Unreadable(ValueError):
    """Bytes from outside that are not small, shallow, plain JSON."""


def freeze(*, kind: str, key: str, order_no: str, body: Mapping[str, Any]) -> str:
    """The one text whose bytes go out on every try."""
    if PROVIDER_OF.get(kind) not in OWING:
        raise BodyRefused(f"unknown kind {kind!r}")
    provider = PROVIDER_OF[kind]
    if set(body) != FIELDS[provider]:
        raise BodyRefused(f"fields differ: {sorted(set(body) ^ FIELDS[provider])}")
    if body["key"] != key or body["order_no"] != order_no:
        raise BodyRefused("key or order_no differ from the intent's")
    if provider in NAMES_ITS_KIND and body["kind"] != kind:
        raise BodyRefused("kind differs from the intent's")
    counted = COUNTED.get(provider)
    if counted and (not _is_count(body[counted]) or body[counted] == 0):
        raise BodyRefused(f"{counted} must be a positive integer")
    if provider == LICENCE and not (isinstance(body["licence_id"], str) and body["licence_id"]):
        raise BodyRefused("licence_id is not a text")
    return json.dumps(body, sort_keys=True, separators=(",", ":"), allow_nan=False)


def counts(*, kind: str, body: Mapping[str, Any]) -> tuple[int | None, int | None]:
    """(amount_fen, quantity) of what is asked for: one of the two."""
    if PROVIDER_OF[kind] == LICENCE:
        return None, 1
    return body.get("amount_fen"), body.get("quantity")


def read_object(raw: bytes, *, max_bytes: int = MAX_BYTES) -> Mapping[str, Any]:
    """A JSON object from outside."""
    found = read_json(raw, max_bytes=max_bytes)
    if not isinstance(found, dict):
        raise Unreadable("not an object")
    return found


def read_json(raw: bytes, *, max_bytes: int = MAX_BYTES) -> Any:
    """Any JSON from outside, within the limits."""
    if len(raw) > max_bytes:
        raise Unreadable("too large")
    if _depth(raw) > MAX_DEPTH:
        raise Unreadable("too deep")
    try:
        return json.loads(raw.decode("utf-8"), parse_constant=_no_constant, object_pairs_hook=_no_twins)
    except Unreadable:
        raise
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"not JSON: {type(error).__name__}") from None


def text_of(raw: Mapping[str, Any], name: str, *, longest: int = 200, default: str | None = None) -> str:
    """A text field; `default` where it may be missing, null or empty."""
    value = raw.get(name)
    if value in (None, "") and default is not None:
        return default
    if not isinstance(value, str) or not 0 < len(value) <= longest or not _storable(value):
        raise Unreadable(f"{name} is not a text")
    return value


def count_of(raw: Mapping[str, Any], name: str) -> int | None:
    """A whole number from 0 to 10^12, None where missing or null."""
    value = raw.get(name)
    if value is None:
        return None
    if not _is_count(value):
        raise Unreadable(f"{name} is not a whole number")
    return int(value)


def instant_of(raw: Mapping[str, Any], name: str) -> datetime | None:
    """An RFC 3339 instant with its zone; None where there is none that can be read."""
    try:
        at = datetime.fromisoformat(raw.get(name) or "")
    except (TypeError, ValueError):
        return None
    return at if at.tzinfo else None


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MAX_COUNT


def _storable(text: str) -> bool:
    # PostgreSQL refuses NUL, UTF-8 refuses lone surrogates; neither has a place in a name.
    return text.isprintable()


def _depth(raw: bytes) -> int:
    """How deep brackets nest outside of strings, without the recursion that they could exhaust."""
    depth = deepest = 0
    quoted = escaped = False
    for byte in raw:
        if quoted:
            if escaped:
                escaped = False
            elif byte == 0x5C:
                escaped = True
            elif byte == 0x22:
                quoted = False
        elif byte == 0x22:
            quoted = True
        elif byte in b"[{":
            depth += 1
            deepest = max(deepest, depth)
        elif byte in b"]}":
            depth -= 1
    return deepest


def _no_constant(name: str) -> Any:
    raise Unreadable(f"{name} is not JSON")


def _no_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    # Two readers of {"amount":1,"amount":2} may believe different halves of it.
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Unreadable("a name occurs twice")
    return found
