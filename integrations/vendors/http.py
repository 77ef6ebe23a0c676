"""One HTTP exchange with a fixed host: no redirects, a hard deadline, a limited answer, no transaction."""

import contextlib
import socket
import threading
from dataclasses import dataclass
from urllib.parse import urlsplit

import urllib3.connection
import urllib3.exceptions
from django.db import connections

CHUNK = 16 * 1024


class Unheard(Exception):
    """No whole answer was heard. The request may have been carried out or not: never a failure."""


@dataclass(frozen=True)
class Reply:
    status: int
    body: bytes


def exchange(
    *, method: str, base_url: str, path: str, body: bytes, headers: dict[str, str],
    deadline_s: float, max_bytes: int,
) -> Reply:  # fmt: skip
    """Send one request and read its whole answer within the deadline, or raise Unheard."""
    assert_no_transaction()
    # A connection of its own each time: kept ones are shared over fork() and die unseen.
    connection = _connect(base_url, deadline_s)
    overdue = threading.Event()
    # Socket time-outs restart with every byte; a provider that trickles would hold us for ever.
    watchdog = threading.Timer(deadline_s, _cut, (connection, overdue))
    watchdog.daemon = True
    watchdog.start()
    try:
        connection.request(method, path, body=body, headers=headers, preload_content=False)
        response = connection.getresponse()
        reply = Reply(status=response.status, body=_read(response, max_bytes))
    except Unheard:
        raise
    except Exception as error:  # whatever broke, bytes may have gone out: unknown, never failed
        late = overdue.is_set() or isinstance(error, TimeoutError | urllib3.exceptions.TimeoutError)
        raise Unheard("time-out" if late else type(error).__name__) from error
    finally:
        watchdog.cancel()
        connection.close()
    if overdue.is_set():
        raise Unheard("time-out")
    return reply


def assert_no_transaction() -> None:
    """Refuse to wait for the network while rows are locked; a test's own outer transaction is not ours."""
    for connection in connections.all(initialized_only=True):
        if any(not getattr(block, "_from_testcase", False) for block in connection.atomic_blocks):
            raise AssertionError("a network call inside a transaction")


def _connect(base_url: str, deadline_s: float) -> urllib3.connection.HTTPConnection:
    parts = urlsplit(base_url)
    secure = parts.scheme == "https"
    kind = urllib3.connection.HTTPSConnection if secure else urllib3.connection.HTTPConnection
    return kind(parts.hostname or "", parts.port, timeout=deadline_s)


def _read(response: urllib3.BaseHTTPResponse, max_bytes: int) -> bytes:
    """The body, read no further than the limit; a body shorter than announced raises."""
    found = bytearray()
    for chunk in response.stream(CHUNK, decode_content=False):
        found += chunk
        if len(found) > max_bytes:
            raise Unheard("too large")
    return bytes(found)


def _cut(connection: urllib3.connection.HTTPConnection, overdue: threading.Event) -> None:
    overdue.set()
    sock = getattr(connection, "sock", None)
    if sock is not None:
        with contextlib.suppress(OSError):
            sock.shutdown(socket.SHUT_RDWR)
