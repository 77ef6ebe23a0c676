"""The X-Timestamp and X-Signature of every request between us, the suppliers and the shop's backend."""

import hashlib
import hmac
import re

FRESH_SECONDS = 300
_TIMESTAMP = re.compile(r"(?:0|[1-9][0-9]{0,11})")
_SIGNATURE = re.compile(r"sha256=([0-9a-f]{64})")


def sign(*, secret: str, timestamp: int, method: str, path: str, body: bytes) -> str:
    """The hex HMAC-SHA256 of "{timestamp}.{METHOD}.{path}." + body; path as sent, with its query."""
    if not secret:
        raise ValueError("an empty secret signs nothing")
    head = f"{timestamp}.{method.upper()}.{path}.".encode()
    return hmac.new(secret.encode(), head + body, hashlib.sha256).hexdigest()


def signed_headers(*, secret: str, method: str, path: str, body: bytes, now_ts: float) -> dict[str, str]:
    """The two headers that a request sent at `now_ts` carries."""
    timestamp = int(now_ts)
    digest = sign(secret=secret, timestamp=timestamp, method=method, path=path, body=body)
    return {"X-Timestamp": str(timestamp), "X-Signature": f"sha256={digest}"}


def verify(
    *,
    secret: str,
    method: str,
    path: str,
    body: bytes,
    timestamp_header: str | None,
    signature_header: str | None,
    now_ts: float,
) -> bool:
    """Whether the headers belong to these bytes and are fresh; whatever is malformed is simply not."""
    # Patterns of ASCII digits only: int() would also take "+1", " 1 ", "1_0" and other scripts' digits.
    stamp = _TIMESTAMP.fullmatch(timestamp_header or "")
    given = _SIGNATURE.fullmatch(signature_header or "")
    if not secret or stamp is None or given is None:
        return False
    timestamp = int(stamp[0])
    if abs(now_ts - timestamp) > FRESH_SECONDS:
        return False
    try:
        expected = sign(secret=secret, timestamp=timestamp, method=method, path=path, body=body)
    except UnicodeEncodeError:  # a path with lone surrogates was never signed by anybody
        return False
    return hmac.compare_digest(expected, given[1])
