"""Buyers who file claims over HTTP, and try again with the same key as a patient buyer would."""

import http.client
import json
import threading
import time
import uuid
from dataclasses import dataclass, field

PATIENCE_S = 90
WAIT_S = 20


@dataclass
class Filed:
    """What became of one claim."""

    order_no: str
    status: int = 0
    body: dict = field(default_factory=dict)
    tries: int = 0
    took_s: float = 0.0  # the try that was answered
    began: float = 0.0
    troubles: list = field(default_factory=list)


def file_claim(port, claim, *, key=None):
    """POST one claim until it is answered for good."""
    key, found, end = key or str(uuid.uuid4()), Filed(claim["order_no"]), time.monotonic() + PATIENCE_S
    found.began = time.time()
    while time.monotonic() < end:
        found.tries += 1
        began = time.monotonic()
        try:
            found.status, found.body = _post(port, claim, key)
            found.took_s = time.monotonic() - began
        except (OSError, http.client.HTTPException, ValueError) as error:
            found.status = 0
            found.troubles.append(type(error).__name__)
        # 409 with this code: another try of ours still runs.
        busy = found.status == 409 and found.body.get("code", "").startswith("idempotency")
        if found.status and found.status < 500 and not busy:
            return found
        if found.status >= 500:
            found.troubles.append(f"HTTP {found.status}")
        time.sleep(min(0.3 * found.tries, 3))
    return found


def _post(port, claim, key):
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=WAIT_S)
    try:
        said = {"order_no": claim["order_no"], "reason": claim["reason"], "text": ""}
        body = json.dumps(said | {"quantity": claim.get("quantity")})
        headers = {
            "Content-Type": "application/json", "Idempotency-Key": key, "Authorization": f"Bearer {claim['token']}",
        }  # fmt: skip
        line.request("POST", "/api/v1/tickets/", body, headers)
        answer = line.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        line.close()


def file_all(port, claims, *, clients=8, pause_s=0.0, report=lambda filed: None):
    """All claims by so many clients at once; what became of each."""
    waiting, found, lock = list(reversed(claims)), [], threading.Lock()

    def work():
        while True:
            with lock:
                if not waiting:
                    return
                claim = waiting.pop()
            filed = file_claim(port, claim)
            with lock:
                found.append(filed)
                report(filed)
            time.sleep(pause_s)

    _together([work] * clients)
    return found


def race(port, claim, *, clients=8):
    """The same line and reason by all at once, each with a key of its own."""
    gate, found = threading.Barrier(clients), []

    def work():
        gate.wait(30)
        found.append(file_claim(port, claim))

    _together([work] * clients)
    return found


def _together(steps):
    threads = [threading.Thread(target=step) for step in steps]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
