"""The whole program on an empty folder, as `make run` starts it, but each process in the harness's hand."""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).parents[2]
START_S = 90


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def until(condition, *, seconds, what):
    """The first true value; TimeoutError with the words if there is none in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := condition():
            return found
        time.sleep(0.1)
    raise TimeoutError(what)


class System:
    """Web, worker, beat and sandbox over one data folder; every process group ends with `stop`."""

    def __init__(self, *, folder, database_url="", redis_url="", settings=None):
        self.folder, self.data = folder, folder / "data"
        (self.data / "static").mkdir(parents=True)
        self.port, self.database_url = free_port(), database_url
        (self.data / "sandbox.port").write_text(str(free_port()))
        self.groups = {}
        self.environ = {
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
            "HOME": os.environ.get("HOME", "/"), "LANG": "C.UTF-8", "PYTHONUNBUFFERED": "1",
            "DATA_DIR": str(self.data), "PORT": str(self.port), "SHOP_PORT": str(self.port),
            "SECRET_KEY": secrets.token_hex(32), "DEMO": "1", "SANDBOX": "1", "THROTTLE": "off",
            **({"DATABASE_URL": database_url} if database_url else {}),
            **({"REDIS_URL": redis_url} if redis_url else {}), **(settings or {}),
        }  # fmt: skip

    def python(self, *arguments, given=""):
        """What a Python command of the program prints; its last words where it fails."""
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=self.environ,
            input=given,
            text=True,
            capture_output=True,
        )
        if done.returncode:
            raise RuntimeError(f"{arguments}: {done.stdout[-1500:]}{done.stderr[-3000:]}")
        return done.stdout

    def start(self, *names, sandbox_options=""):
        """The named lines of the Procfile; the sandbox with these options more."""
        lines = dict(line.split(": ", 1) for line in (ROOT / "Procfile").read_text().splitlines() if line)
        for name in names:
            command = lines[name] + (f" {sandbox_options}" if name == "sandbox" else "")
            with open(self.folder / f"{name}.log", "ab") as log:
                self.groups[name] = subprocess.Popen(
                    ["sh", "-c", command], cwd=ROOT, env=self.environ, stdin=subprocess.DEVNULL, stdout=log,
                    stderr=log, start_new_session=True,
                )  # fmt: skip

    def wait_until_ready(self):
        until(self._ready, seconds=START_S, what=f"not ready after {START_S} s")

    def wait_until_answering(self):
        """The web process alone is up; nothing else need be."""
        until(lambda: self._answers("healthz"), seconds=START_S, what=f"no answer after {START_S} s")

    def _ready(self):
        return self._answers("readyz")

    def _answers(self, page):
        with suppress(OSError):
            return urllib.request.urlopen(f"http://127.0.0.1:{self.port}/{page}/", timeout=3).status == 200
        return False

    def stop(self, *names):
        """TERM, then KILL for the whole group: nothing stays."""
        ending = [(name, self.groups.pop(name)) for name in names or list(self.groups)]
        for _, process in ending:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
        for _, process in ending:
            with suppress(subprocess.TimeoutExpired):
                process.wait(10)
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def worker_pids(self):
        """(celery's main process, its pool processes), ([], []) while it is down."""
        keeper = self.groups["worker"].pid
        # The keeper's own watcher is a shell that carries the same arguments.
        main = [pid for pid in children(keeper) if b"python" in command_of(pid).split(b"\0")[0]]
        return main, [pid for one in main for pid in children(one)]


class Redis:
    """A Redis of the run's own, that can be killed and comes back empty."""

    def __init__(self, folder):
        self.folder, self.port, self.process = folder, free_port(), None
        self.url = f"redis://127.0.0.1:{self.port}/0"

    def start(self):
        command = [
            "redis-server",
            "--bind",
            "127.0.0.1",
            "--port",
            str(self.port),
            "--save",
            "",
            "--appendonly",
            "no",
        ]
        with open(self.folder / "redis.log", "ab") as log:
            self.process = subprocess.Popen(command, cwd=self.folder, stdout=log, stderr=log)
        until(self._answers, seconds=10, what="Redis did not start")

    def _answers(self):
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1) as line:
            line.sendall(b"PING\r\n")
            return line.recv(7).startswith(b"+PONG")

    def kill(self):
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None


class FileBroker:
    """The queue folder: killed by moving it away, back as it was or empty."""

    url = ""

    def __init__(self, system):
        self.queue = system.data / "broker" / "queue"
        self.away = system.data / "broker" / "away"

    def kill(self):
        self.queue.rename(self.away)

    def start(self):
        if self.queue.exists():
            shutil.rmtree(self.away, ignore_errors=True)
        else:
            self.away.rename(self.queue)
            for message in self.queue.iterdir():
                message.unlink(missing_ok=True)


def children(pid):
    """Of all its threads: the pool's processes are forked by whichever thread noticed that one is missing."""
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):
            found += [int(one) for one in task.read_text().split()]
    return found


def command_of(pid):
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""
