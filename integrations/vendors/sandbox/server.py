"""The sandbox as an HTTP process on the loopback address, startable in a test or on its own."""

import signal
import socketserver
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from integrations.vendors.sandbox import wire
from integrations.vendors.sandbox.answers import Protocols
from integrations.vendors.sandbox.exchange import Answer, Request
from integrations.vendors.sandbox.faults import NO_FAULTS, Faults
from integrations.vendors.sandbox.plans import COLLECTOR, LICENCE, MESSAGES, REFUND, SUPPLIER
from integrations.vendors.sandbox.progress import Courier, Loop, Progress, log
from integrations.vendors.sandbox.store import Store

HOST = "127.0.0.1"
MAX_BODY, MAX_BATCH = 64 * 1024, 256 * 1024
MAX_DRAINED = 1024 * 1024
COURIERS = 2
LOOKS_UP_S = 0.2


class Handler(BaseHTTPRequestHandler):
    """Reads one request, lets the protocol answer it, writes one answer and closes."""

    protocol_version = "HTTP/1.1"
    server_version = "sandbox"
    sys_version = ""
    timeout = 10
    server: "Server"

    def serve(self) -> None:
        # One request per connection: a client's kept connection would outlive a stopped sandbox.
        self.close_connection = True
        body = self._body()
        if isinstance(body, Answer):
            return wire.send(self, body, patience_s=0)
        request = Request(self.command, self.path, self.headers, body)
        try:
            answer = self.server.sandbox.answer(request)
        except Exception:
            log.exception("sandbox: a request failed")
            answer = Answer(500, {"detail": "the sandbox failed"})
        wire.send(self, answer, patience_s=self.server.sandbox.patience_s)

    do_GET = do_POST = do_DELETE = do_PUT = do_PATCH = serve

    def _body(self) -> bytes | Answer:
        length = self.headers.get("Content-Length", "0")
        if "Transfer-Encoding" in self.headers or not (length.isascii() and length.isdigit()):
            return Answer(400, {"detail": "Content-Length missing or malformed"})
        if len(length) > 9 or int(length) > (MAX_BATCH if self.path.endswith("/batch") else MAX_BODY):
            # Closing on unread bytes resets the connection, and the client would never see the answer.
            self.rfile.read(min(int(length[:9]), MAX_DRAINED))
            return Answer(413, {"detail": "the body is over 64 KiB"})
        return self.rfile.read(int(length))

    def log_message(self, format: str, *args: object) -> None:
        """The request log is in the store; the console stays quiet."""


class Server(ThreadingHTTPServer):
    """A thread per request; none of them keeps the process from ending."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, sandbox: "Sandbox", *, port: int) -> None:
        self.sandbox = sandbox
        super().__init__((HOST, port), Handler)

    def server_bind(self) -> None:
        socketserver.TCPServer.server_bind(self)  # the HTTP server's own would ask DNS for its name

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that went away is no error of ours."""


class Sandbox:
    """Every provider over one data folder; `start()` and `stop()` once each."""

    def __init__(
        self,
        *,
        data_dir: Path | str,
        supplier_secret: str,
        refund_secret: str,
        licence_secret: str,
        message_secret: str = "",  # without it nobody gets a message taken
        collector_secret: str = "",  # likewise nobody gets a count
        app_url: str = "",
        port: int = 0,
        pace: float = 1.0,
        call_backs: bool = True,
        faults: Faults = NO_FAULTS,
        patience_s: float = 3.0,
    ) -> None:
        if not supplier_secret or not refund_secret or not licence_secret:
            raise ValueError("the sandbox needs every secret")
        announces = call_backs and bool(app_url)
        secrets = {SUPPLIER: supplier_secret, REFUND: refund_secret, LICENCE: licence_secret}
        secrets[MESSAGES], secrets[COLLECTOR] = message_secret, collector_secret
        self.data_dir = Path(data_dir)
        self.patience_s = patience_s  # how long a client waits for an answer
        self.store = Store(data_dir=self.data_dir)
        self._progress = Progress(store=self.store, pace=pace, announces=announces, faults=faults)
        self._protocols = Protocols(progress=self._progress, secrets=secrets, faults=faults)
        self._courier = Courier(store=self.store, app_url=app_url, secrets=secrets, pace=pace)
        self._server = Server(self, port=port)
        self._loops = [Loop(name="clockwork", work=self._advance, next_due=self._next_job)]
        if announces:
            self._loops += [
                Loop(name=f"courier-{n}", work=self._courier.deliver_one, next_due=self._next_call_back)
                for n in range(COURIERS)
            ]

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    def start(self) -> "Sandbox":
        """Listen and let the clock run; returns at once."""
        for loop in self._loops:
            loop.start()
        threading.Thread(
            target=self._server.serve_forever, args=(0.02,), name="sandbox-http", daemon=True
        ).start()
        return self

    def stop(self) -> None:
        """Stop listening, let the clockwork end its round and close the file."""
        self._server.shutdown()
        self._server.server_close()
        for loop in self._loops:
            loop.stop()
        for loop in self._loops:
            loop.join(0.2)  # a call-back may wait for its answer longer than that; its row is safe
        self.store.close()

    def answer(self, request: Request) -> Answer:
        """One request, as the HTTP handler hands it over."""
        answer = self._protocols.answer(request, now=time.time())
        if answer.effect in ("created", "voided"):
            self._wake()
        return answer

    def _advance(self) -> bool:
        with self.store.transaction():
            moved = self._progress.advance(now=time.time())
        if moved:
            self._wake()
        return bool(moved)

    def _wake(self) -> None:
        for loop in self._loops:
            loop.wake()

    def _next_job(self) -> float | None:
        return self.store.next_due(table="jobs")

    def _next_call_back(self) -> float | None:
        return self.store.next_due(table="call_backs")


def serve(**given: Any) -> None:
    """Run a Sandbox of these in the foreground until TERM or Ctrl-C."""
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    sandbox = Sandbox(**given).start()
    print(f"sandbox: {sandbox.url}", flush=True)
    # A signal may reach another thread, and only this one acts on it: a wait without an end would not be woken.
    while not ended.wait(LOOKS_UP_S):
        pass
    sandbox.stop()
