"""One answer on its way to the client, whole or spoilt as its fault says."""

import contextlib
import json
import socket
import struct
import time
from http.server import BaseHTTPRequestHandler

from integrations.vendors.sandbox.exchange import Answer

# Against the time that the client waits: a hanging answer is longer, a slow one comes in time or just too late.
HANGS, SLOW, SLOW_LATE = 1.5, 0.4, 1.2
RESETS = frozenset({"reset", "reset_before"})
PIECES = 8


def send(request: BaseHTTPRequestHandler, answer: Answer, *, patience_s: float) -> None:
    """Write the answer and close, or go wrong."""
    data = json.dumps(answer.data).encode()
    with contextlib.suppress(OSError):  # whoever asked may be gone by now
        if answer.fault in RESETS:
            return _reset(request)
        if answer.fault == "timeout":
            time.sleep(patience_s * HANGS)
        _head(request, answer.status, len(data))
        if answer.fault == "truncated":
            request.wfile.write(data[: len(data) // 2])
        elif answer.fault in ("slow", "slow_late"):
            _trickle(request, data, patience_s * (SLOW if answer.fault == "slow" else SLOW_LATE))
        else:
            request.wfile.write(data)


def _head(request: BaseHTTPRequestHandler, status: int, length: int) -> None:
    request.send_response(status)
    request.send_header("Content-Type", "application/json")
    request.send_header("Content-Length", str(length))
    request.send_header("Connection", "close")
    request.end_headers()


def _reset(request: BaseHTTPRequestHandler) -> None:
    """Close so that the other side sees a reset and not an end."""
    request.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    request.connection.close()


def _trickle(request: BaseHTTPRequestHandler, data: bytes, seconds: float) -> None:
    size = max(1, len(data) // PIECES)
    pieces = [data[at : at + size] for at in range(0, len(data), size)]
    for piece in pieces:
        time.sleep(seconds / len(pieces))
        request.wfile.write(piece)
        request.wfile.flush()
