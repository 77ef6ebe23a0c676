"""A real sandbox on a free port for tests: import the two fixtures in a folder's conftest.py."""

import http.client
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from common.signing import signed_headers
from integrations.vendors.sandbox.server import Sandbox

SUPPLIER_SECRET = "supplier-secret-of-tests"
REFUND_SECRET = "refund-secret-of-tests"
LICENCE_SECRET = "licence-secret-of-tests"
MESSAGE_SECRET = "message-secret-of-tests"
COLLECTOR_SECRET = "collector-secret-of-tests"
FAST = 0.02
NEVER = 3600.0  # a pace at which nothing moves during a test


@pytest.fixture
def make_sandbox(tmp_path: Path) -> Iterator[Callable[..., Sandbox]]:
    """Starts sandboxes over one data folder; call-backs go to `app_url`, none without it."""
    started: list[Sandbox] = []

    def make(**settings: Any) -> Sandbox:
        given: dict[str, Any] = {
            "data_dir": tmp_path / "sandbox",
            "supplier_secret": SUPPLIER_SECRET,
            "refund_secret": REFUND_SECRET,
            "licence_secret": LICENCE_SECRET,
            "message_secret": MESSAGE_SECRET,
            "collector_secret": COLLECTOR_SECRET,
            "pace": FAST,
        }
        started.append(Sandbox(**(given | settings)).start())
        return started[-1]

    yield make
    for one in started:
        one.stop()


@pytest.fixture
def sandbox(make_sandbox: Callable[..., Sandbox]) -> Sandbox:
    """One fast sandbox without call-backs."""
    return make_sandbox()


def call(
    port: int,
    method: str,
    path: str,
    *,
    body: Any = None,
    key: str | None = None,
    secret: str | None = None,
    headers: dict[str, str] | None = None,
) -> tuple[int, Any]:
    """One signed request as our adapters send it; `body` is JSON or raw bytes."""
    raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    if secret is None:
        root = path.split("/")[1].split("?")[0]
        secret = {"refunds": REFUND_SECRET, "licences": LICENCE_SECRET, "messages": MESSAGE_SECRET}.get(
            root, SUPPLIER_SECRET
        )
    sent = signed_headers(secret=secret, method=method, path=path, body=raw, now_ts=time.time())
    if key is not None:
        sent["Idempotency-Key"] = key
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request(method, path, body=raw, headers=sent | (headers or {}))
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        connection.close()


def until(condition: Callable[[], Any], *, seconds: float = 10.0) -> Any:
    """The first true value of the condition; fails when there is none in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := condition():
            return found
        time.sleep(0.005)
    raise AssertionError("it did not happen in time")


def order(key: str = "k-1", **changes: Any) -> dict[str, Any]:
    body = {
        "key": key,
        "order_no": "N-1",
        "target": "https://v.example/1",
        "kind": "top_up",
        "quantity": 90,
        "grade": "standard",
    }
    return body | changes


def refund(key: str = "r-1", **changes: Any) -> dict[str, Any]:
    body = {"key": key, "order_no": "N-1", "payment_reference": "P-1", "amount_fen": 1250, "reason": "refund"}
    return body | changes


def send(port: int, path: str, body: dict[str, Any]) -> tuple[int, Any]:
    return call(port, "POST", path, body=body, key=body["key"])


def ended(port: int, path: str) -> dict[str, Any]:
    def final() -> Any:
        data = call(port, "GET", path)[1]
        return data if data["state"] not in ("accepted", "in_progress") else None

    return until(final)
