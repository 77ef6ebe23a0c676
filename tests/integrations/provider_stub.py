"""A provider on loopback that misbehaves on demand and remembers what it did."""

import json
import socket
import struct
import threading
import time
from collections import defaultdict, deque
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import UUID, uuid5

import pytest
from django.db.models import Min

from common import signing
from integrations import signals
from integrations.models import Intent
from integrations.services import intents, sweep

SECRET = "secret-of-the-stub"
PATIENT_S = 4.0  # longer than a busy machine ever needs on loopback, shorter than a minimum age
TIMEOUT_S = 0.15
T0 = datetime(2026, 11, 22, 5, 5, tzinfo=UTC)


class Stub:
    """`faults[method]` are used up one per request: (carried out?, how the answer goes wrong)."""

    def __init__(self) -> None:
        self.jobs: dict[str, dict[str, Any]] = {}
        self.executions: list[str] = []
        self.seen: list[tuple[str, str, str, bytes]] = []  # method, path, idempotency key, body
        self.faults: dict[str, deque[tuple[bool, str]]] = defaultdict(deque)
        self.always: tuple[bool, str] | None = None
        self.ends: dict[str, Any] = {"state": "completed"}
        self.listed: list[dict[str, Any]] | None = None
        self.unsigned = 0
        stub = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *args: Any) -> None:
                pass

            def do_POST(self) -> None:
                stub.serve(self)

            do_GET = do_DELETE = do_POST

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/base"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01})
        self.thread.start()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    @property
    def posts(self) -> list[tuple[str, bytes]]:
        return [(key, body) for method, _, key, body in self.seen if method == "POST"]

    def methods(self) -> list[str]:
        return [method for method, *_ in self.seen]

    def serve(self, request: BaseHTTPRequestHandler) -> None:
        body = request.rfile.read(int(request.headers.get("Content-Length") or 0))
        method, key = request.command, request.headers.get("Idempotency-Key", "")
        self.unsigned += not signing.verify(
            secret=SECRET, method=method, path=request.path, body=body, now_ts=time.time(),
            timestamp_header=request.headers.get("X-Timestamp"),
            signature_header=request.headers.get("X-Signature"),
        )  # fmt: skip
        self.seen.append((method, request.path, key, body))
        done, how = self.faults[method].popleft() if self.faults[method] else self.always or (True, "")
        status, answer = self.carry_out(method, request.path, body) if done else (500, {})
        respond(request, status, json.dumps(answer).encode(), how)

    def carry_out(self, method: str, path: str, body: bytes) -> tuple[int, Any]:
        if "?since=" in path:
            return 200, self.listed
        if method == "POST":
            return self.order(json.loads(body))
        job = self.jobs.get(path.rsplit("/", 1)[1])
        if job is None:
            return 404, {}
        if method == "DELETE":
            job |= {"state": "partial" if job["delivered"] else "rejected"}
        elif job["state"] == "accepted":
            job |= self.ends
            if self.ends["state"] == "completed":
                job["delivered"] = job["asked"].get("quantity", 0)
        return 200, {name: job[name] for name in ("reference", "state", "delivered")}

    def order(self, asked: dict[str, Any]) -> tuple[int, Any]:
        job = self.jobs.get(asked["key"])
        if job is None:
            self.executions.append(asked["key"])
            reference = f"R-{len(self.jobs)}"
            job = self.jobs[asked["key"]] = {
                "asked": asked, "reference": reference, "state": "accepted", "delivered": 0,
            }  # fmt: skip
            return 201, {"reference": reference, "state": "accepted"}
        return 200, {"reference": job["reference"], "state": job["state"]}


def respond(request: BaseHTTPRequestHandler, status: int, body: bytes, how: str) -> None:
    """Answer, or go wrong in the way that `how` names; a number answers with that status."""
    if how == "timeout":
        time.sleep(TIMEOUT_S * 1.5)
    if how == "reset":
        linger = struct.pack("ii", 1, 0)
        request.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    if how in ("timeout", "reset"):
        request.close_connection = True
        request.connection.close()
        return
    status = {"garbage": 200, "oversized": 200, "deep": 200, "redirect": 302}.get(how, status)
    body = {
        "garbage": b"<html>", "oversized": b'{"state":"completed","pad":"' + b"x" * 70_000 + b'"}',
        "deep": b'{"state":"completed","pad":' + b"[" * 40 + b"]" * 40 + b"}",
    }.get(how, body)  # fmt: skip
    request.send_response(int(how) if how.isdigit() else status)
    request.send_header("Content-Length", str(len(body) + (10 if how == "truncated" else 0)))
    request.send_header("Location", "/elsewhere")
    request.end_headers()
    if how == "trickle":
        trickle(request, body)
    else:
        request.wfile.write(body)
    request.close_connection = True


def trickle(request: BaseHTTPRequestHandler, body: bytes) -> None:
    """One byte at a time, each well within a socket's own time-out."""
    for byte in body:
        try:
            request.wfile.write(bytes([byte]))
            request.wfile.flush()
        except OSError:
            return
        time.sleep(TIMEOUT_S / 5)


@pytest.fixture
def stub(settings):
    """The stub as both providers."""
    one = Stub()
    settings.SUPPLIER_URL = settings.SHOP_REFUND_URL = one.url
    settings.SUPPLIER_SECRET = settings.SHOP_REFUND_SECRET = SECRET
    settings.SEND_TIMEOUT_S, settings.LEASE_S = PATIENT_S, 15.0
    settings.RECONCILE_ONLY = False
    yield one
    one.stop()


@pytest.fixture
def news():
    """Every announcement: ("moved", state, delivered) and ("mismatch", kind, reference)."""
    heard: list[tuple[Any, ...]] = []

    def moved(sender, intent, **_):
        heard.append(("moved", intent.state, intent.delivered))

    def differs(sender, intent, kind, reference, detail, **_):
        heard.append(("mismatch", kind, reference))

    signals.intent_moved.connect(moved)
    signals.mismatch.connect(differs)
    yield heard
    signals.intent_moved.disconnect(moved)
    signals.mismatch.disconnect(differs)


def key_of(number: int = 1) -> UUID:
    return uuid5(UUID(int=7), str(number))


def file_top_up(number: int = 1, *, quantity: int = 10, now: datetime = T0) -> Intent:
    key = key_of(number)
    body = {
        "key": str(key), "order_no": f"N-{number}", "target": "https://v.example/1", "kind": "top_up",
        "quantity": quantity, "grade": "standard",
    }  # fmt: skip
    return intents.file_intent(key=key, kind="top_up", order_no=f"N-{number}", body=body, now=now)


def file_refund(number: int = 1, *, amount_fen: int = 1250, now: datetime = T0) -> Intent:
    key = key_of(number)
    body = {
        "key": str(key), "order_no": f"N-{number}", "payment_reference": "P-1", "amount_fen": amount_fen,
        "reason": "退款",
    }  # fmt: skip
    return intents.file_intent(key=key, kind="refund", order_no=f"N-{number}", body=body, now=now)


@contextmanager
def impatient(settings) -> Iterator[None]:
    """For the requests whose time-out is what is tested."""
    settings.SEND_TIMEOUT_S = TIMEOUT_S
    yield
    settings.SEND_TIMEOUT_S = PATIENT_S


def read(intent: Intent) -> Intent:
    return Intent.objects.get(pk=intent.pk)


def sweep_for(seconds: float, *, start: datetime = T0) -> datetime:
    """Sweep whenever something is due, for so long; returns the last instant at which anything was done."""
    now, end = start, start + timedelta(seconds=seconds)
    while now <= end:
        sweep.run_due(now=now)
        following = Intent.objects.aggregate(first=Min("next_at"))["first"]
        if following is None or following > end:
            break
        now = max(following, now)
    return now
