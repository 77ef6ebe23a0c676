"""The program's own processes on a database of their own, and a buyer who talks to them over HTTP."""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2
from psycopg2 import sql

from tests import schema

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
ORDER, PASSWORD = "LD20261120-{}", "cha-2026"
PASSED_ON = ("HOME", "LANG", "PATH", "TZ")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def silent_server():
    """Takes every connection and never says a word, like a Redis that is swapping or stopped by a signal."""
    held = []
    with socket.create_server(("127.0.0.1", 0), backlog=128) as server:

        def take():
            with contextlib.suppress(OSError):
                while True:
                    held.append(server.accept()[0])

        threading.Thread(target=take, daemon=True).start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)
    for each in held:
        each.close()


@contextlib.contextmanager
def database(postgres_url, name, template="template1"):
    """The address of a new database on the server, empty where no other template is named; dropped at the end."""
    base = urlsplit(postgres_url)
    server = psycopg2.connect(postgres_url)
    server.autocommit = True
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
    try:
        with server.cursor() as cursor:
            cursor.execute(drop)
            make = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
            cursor.execute(make.format(sql.Identifier(name), sql.Identifier(template)))
        yield base._replace(path=f"/{name}").geturl()
        with server.cursor() as cursor:
            cursor.execute(drop)
    finally:
        server.close()


class Shop:
    """Processes by name; whatever still runs at the end is told to end, then killed."""

    def __init__(self, folder, **environ):
        self.folder = folder
        self.port = free_port()
        self.processes = {}
        clean = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
        self.environ = clean | {
            "PATH": f"{BIN}{os.pathsep}{clean.get('PATH', os.defpath)}",
            "DATA_DIR": str(folder / "data"),
            "PORT": str(self.port),
            **environ,
        }

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for name in list(self.processes):
            self._kill(name)
        for log in sorted(self.folder.glob("*.log")):  # pytest shows it where the test failed
            print(f"== {log.name}", *log.read_text().splitlines()[-60:], sep="\n")

    def _kill(self, name):
        process = self.processes.pop(name, None)
        if process and process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def starts_migrated(self):
        """Its SQLite file is there before the program looks: an empty shop, without the seconds of migrating."""
        (self.folder / "data").mkdir()
        shutil.copy(schema.sqlite_file(), self.folder / "data" / "shop.sqlite3")

    def run(self, command, *, status=0, **environ):
        """A command that ends by itself; its output."""
        run = subprocess.run(
            command, cwd=ROOT, env=self.environ | environ, capture_output=True, text=True, timeout=150
        )
        assert run.returncode == status, run.stdout + run.stderr
        return run.stdout

    def start(self, name, command, **environ):
        self._kill(name)  # left by a test that failed half-way
        with open(self.folder / f"{name}.log", "ab") as log:
            self.processes[name] = subprocess.Popen(
                command, cwd=ROOT, env=self.environ | environ, stdout=log, stderr=log, start_new_session=True
            )

    def stop(self, name, *, within_s):
        """TERM to that process alone, as Docker sends it to the first of a container; seconds until it ended."""
        process, began = self.processes.pop(name), time.monotonic()
        process.terminate()
        try:
            process.wait(within_s)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            raise
        return time.monotonic() - began

    def log_of(self, name):
        return (self.folder / f"{name}.log").read_text()

    def call(self, path, body=None, token=""):
        """(status, answer, seconds)."""
        headers = {"Content-Type": "application/json"} | (
            {"Authorization": f"Bearer {token}"} if token else {}
        )
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", data, headers)
        began = time.monotonic()
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                status, raw = answer.status, answer.read()
        except urllib.error.HTTPError as refusal:
            status, raw = refusal.code, refusal.read()
        return status, json.loads(raw), time.monotonic() - began

    def answers(self, path="/healthz/"):
        try:
            return self.call(path)[0] == 200
        except OSError:
            return False

    def opened(self, order_no):
        """A buyer's token for the order."""
        body = {"order_no": order_no, "query_password": PASSWORD}
        status, answer, _ = self.call("/api/v1/auth/order-access/", body)
        assert status == 200, answer
        return answer["token"]


def until(true, limit):
    """Seconds until it came true; fails the test when it doesn't."""
    began = time.monotonic()
    while not true():
        assert time.monotonic() - began < limit, f"it did not happen in {limit} s"
        time.sleep(0.05)
    return time.monotonic() - began
