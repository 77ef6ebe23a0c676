"""The sandbox's clockwork: it goes on after a kill, and announces each change until it is heard."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from common.signing import verify
from tests.sandbox_fixture import (
    LICENCE_SECRET,
    NEVER,
    REFUND_SECRET,
    SUPPLIER_SECRET,
    call,
    ended,
    order,
    refund,
    send,
    until,
)

ROOT = Path(__file__).resolve().parents[2]


def test_a_restart_goes_on_where_it_stopped(make_sandbox) -> None:
    first = make_sandbox(pace=0.3)
    reference = send(first.port, "/orders", order())[1]["reference"]
    first.stop()
    second = make_sandbox()
    assert send(second.port, "/orders", order())[0] == 200
    end = ended(second.port, "/orders/k-1")
    assert end == {"reference": reference, "state": "completed", "delivered": 90}
    assert len(second.store.log(effect="created")) == 1


def process(tmp_path: Path) -> tuple[subprocess.Popen[str], int]:
    code = "import sys; from integrations.vendors.sandbox.server import serve; serve(data_dir=sys.argv[1],"
    code += f" supplier_secret={SUPPLIER_SECRET!r}, refund_secret={REFUND_SECRET!r},"
    code += f" licence_secret={LICENCE_SECRET!r}, pace=0.05)"
    started = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert started.stdout is not None
    return started, int(started.stdout.readline().rsplit(":", 1)[1])


def test_a_killed_process_forgets_nothing_and_term_ends_it_at_once(tmp_path: Path) -> None:
    first, port = process(tmp_path)
    answer = send(port, "/orders", order())[1]
    os.kill(first.pid, signal.SIGKILL)
    first.communicate()
    second, port = process(tmp_path)
    try:
        assert ended(port, "/orders/k-1") == answer | {"state": "completed", "delivered": 90}
        started = time.monotonic()
        second.terminate()
        assert second.wait(timeout=5) == 0
        assert time.monotonic() - started < 2  # 0.3 s on an idle machine
    finally:
        second.kill()
        second.communicate()


# ---- call-backs ----


class Receiver(BaseHTTPRequestHandler):
    """Stands in for the application: keeps what comes, and answers 503 as often as it was told."""

    server: Any

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.seen.append((self.path, dict(self.headers), raw))
        self.server.failures -= 1
        self.send_response(503 if self.server.failures >= 0 else 200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def receiver() -> Iterator[Any]:
    server: Any = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    server.seen, server.failures = [], 0
    server.url = f"http://127.0.0.1:{server.server_port}"
    Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def test_each_change_is_announced_signed(make_sandbox, receiver) -> None:
    sandbox = make_sandbox(app_url=receiver.url)
    made = send(sandbox.port, "/orders", order())[1], send(sandbox.port, "/refunds", refund())[1]
    until(lambda: len(receiver.seen) == 4 and sandbox.store.call_backs_waiting() == 0)
    bodies = []
    for path, headers, raw in receiver.seen:
        secret = SUPPLIER_SECRET if path == "/api/v1/webhooks/supplier/" else REFUND_SECRET
        assert verify(
            secret=secret,
            method="POST",
            path=path,
            body=raw,
            timestamp_header=headers["X-Timestamp"],
            signature_header=headers["X-Signature"],
            now_ts=time.time(),
        )
        bodies.append(json.loads(raw))
    assert len({body.pop("event_id") for body in bodies}) == 4
    assert all(datetime.fromisoformat(body.pop("occurred_at")).tzinfo for body in bodies)
    supplier = {"key": "k-1", "reference": made[0]["reference"]}
    assert sorted(bodies, key=lambda body: (body["key"], body.get("delivered"))) == [
        supplier | {"state": "in_progress", "delivered": 30},
        supplier | {"state": "in_progress", "delivered": 60},
        supplier | {"state": "completed", "delivered": 90},
        {"key": "r-1", "reference": made[1]["reference"], "state": "succeeded", "amount_fen": 1250},
    ]


def test_a_call_back_is_repeated_with_the_same_bytes_until_it_is_taken(make_sandbox, receiver) -> None:
    receiver.failures = 3
    sandbox = make_sandbox(app_url=receiver.url)
    send(sandbox.port, "/orders", order(target="reject"))
    until(lambda: len(receiver.seen) == 4 and sandbox.store.call_backs_waiting() == 0)
    assert len({raw for _, _, raw in receiver.seen}) == 1
    time.sleep(0.05)
    assert len(receiver.seen) == 4


def test_a_call_back_survives_a_restart(make_sandbox, receiver) -> None:
    first = make_sandbox(app_url="http://127.0.0.1:1")  # nobody listens there
    send(first.port, "/refunds", refund())
    until(first.store.call_backs_waiting)
    first.stop()
    make_sandbox(app_url=receiver.url)
    until(lambda: receiver.seen)
    assert json.loads(receiver.seen[0][2])["state"] == "succeeded"


def test_a_voided_order_is_announced_once(make_sandbox, receiver) -> None:
    sandbox = make_sandbox(app_url=receiver.url, pace=NEVER)
    send(sandbox.port, "/orders", order())
    call(sandbox.port, "DELETE", "/orders/k-1")
    call(sandbox.port, "DELETE", "/orders/k-1")
    until(lambda: receiver.seen and sandbox.store.call_backs_waiting() == 0)
    assert [json.loads(raw)["state"] for _, _, raw in receiver.seen] == ["rejected"]


def test_without_call_backs_nothing_is_announced(make_sandbox, receiver) -> None:
    sandbox = make_sandbox(app_url=receiver.url, call_backs=False)
    send(sandbox.port, "/orders", order())
    ended(sandbox.port, "/orders/k-1")
    assert (receiver.seen, sandbox.store.call_backs_waiting()) == ([], 0)
