"""The signature of the protocols: one value worked out by hand, and a table of all that must not pass."""

import hashlib
import hmac
from typing import Any

import pytest

from common.signing import sign, signed_headers, verify

NOW = 1_790_000_000
GOOD: dict[str, Any] = {
    "secret": "s3cret",
    "method": "POST",
    "path": "/orders?since=1",
    "body": b'{"key": "k"}',
}
HEADERS = signed_headers(**GOOD, now_ts=NOW + 0.9)
CALL: dict[str, Any] = GOOD | {
    "timestamp_header": HEADERS["X-Timestamp"],
    "signature_header": HEADERS["X-Signature"],
    "now_ts": NOW,
}


def test_the_signature_is_the_one_of_the_contract() -> None:
    signed = b'1790000000.POST./orders?since=1.{"key": "k"}'
    expected = hmac.new(b"s3cret", signed, hashlib.sha256).hexdigest()
    assert sign(**GOOD, timestamp=NOW) == expected
    assert (HEADERS["X-Timestamp"], HEADERS["X-Signature"]) == ("1790000000", f"sha256={expected}")


def test_an_empty_secret_signs_nothing() -> None:
    with pytest.raises(ValueError, match="empty secret"):
        sign(**(GOOD | {"secret": ""}), timestamp=NOW)


@pytest.mark.parametrize(
    ("change", "passes"),
    [
        ({}, True),
        ({"method": "post"}, True),
        ({"now_ts": NOW + 300}, True),
        ({"now_ts": NOW - 300}, True),
        ({"now_ts": NOW + 300.5}, False),
        ({"now_ts": NOW - 301}, False),
        ({"secret": "other"}, False),
        ({"secret": ""}, False),
        ({"method": "PUT"}, False),
        ({"path": "/orders"}, False),
        ({"path": "/orders?since=2"}, False),
        ({"path": "/orders?since=1\ud800"}, False),
        ({"body": b'{"key":"k"}'}, False),
        ({"body": b""}, False),
        ({"timestamp_header": None}, False),
        ({"timestamp_header": ""}, False),
        ({"timestamp_header": "soon"}, False),
        ({"timestamp_header": "-1"}, False),
        ({"timestamp_header": "+1790000000"}, False),
        ({"timestamp_header": "1790000000 "}, False),
        ({"timestamp_header": "1790000000\n"}, False),
        ({"timestamp_header": "1_790_000_000"}, False),
        ({"timestamp_header": "01790000000"}, False),
        ({"timestamp_header": "1790000000.0"}, False),
        ({"timestamp_header": "1790000001"}, False),
        ({"timestamp_header": "１７９０００００００"}, False),
        ({"timestamp_header": "9" * 5000}, False),
        ({"signature_header": None}, False),
        ({"signature_header": ""}, False),
        ({"signature_header": "sha256="}, False),
        ({"signature_header": HEADERS["X-Signature"][7:]}, False),
        ({"signature_header": HEADERS["X-Signature"][:-1]}, False),
        ({"signature_header": HEADERS["X-Signature"] + "0"}, False),
        ({"signature_header": HEADERS["X-Signature"].replace("sha256", "sha1")}, False),
        ({"signature_header": "sha256=" + "0" * 64}, False),
        ({"signature_header": "sha256=" + "é" * 64}, False),
    ],
)
def test_only_the_signed_bytes_pass_and_only_while_fresh(change: dict, passes: bool) -> None:
    assert verify(**(CALL | change)) is passes
