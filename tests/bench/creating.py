"""`create`: a claim over HTTP against a bare serializer with three inserts, block by block in turn."""

import http.client
import json
import os
import subprocess
import sys
import time
import uuid
from contextlib import suppress

from tests.bench import databases
from tests.bench.costs import backends, cpu_of, family, room
from tests.bench.table import Row, quantile
from tests.chaos.scenarios import seeded
from tests.chaos.system import ROOT, free_port, until

CLAIMS, BLOCK = 240, 20


class Floor:
    """The bare server: as many workers and threads as the program's own."""

    def __init__(self, folder, database_url="", *, module="tests.bench.floor", page="/cases/"):
        self.port, self.page = free_port(), page
        self.environ = os.environ | {
            "FLOOR_DATABASE_URL": database_url, "FLOOR_SQLITE": str(folder / "floor.sqlite3"),
        }  # fmt: skip
        made = subprocess.run(
            [sys.executable, "-m", module],
            cwd=ROOT,
            env=self.environ,
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.cookie = made.stdout.strip()  # of a floor that knows its reader
        self.process = subprocess.Popen(
            [
                sys.executable, "-m", "gunicorn", f"{module}:application", "--bind",
                f"127.0.0.1:{self.port}", "--preload", "--workers", "2", "--threads", "4", "--no-control-socket",
                "--log-level", "warning",
            ],
            cwd=ROOT, env=self.environ,
        )  # fmt: skip
        until(self._answers, seconds=30, what="the floor did not start")

    def _answers(self):
        with suppress(OSError):
            line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
            line.request("GET", self.page)
            return line.getresponse().status
        return 0

    def stop(self):
        self.process.terminate()
        self.process.wait(20)


def measure(database, scale=1.0):
    """On a shop of its own with its floor beside it; nothing else is at work."""
    beside = databases.own(database, "_floor")
    with databases.program(database, "") as system, beside as ((floor_name, floor_url),):
        floor = None
        try:
            claims = seeded(system, C=max(2 * BLOCK, round(CLAIMS * scale)))["C"]
            system.python("manage.py", "collectstatic", "--noinput", "-v0")
            floor = Floor(system.folder, floor_url)
            system.start("web")
            system.wait_until_answering()
            names = database, databases.name_in(system.database_url), floor_name
            return in_turns(system, floor, claims, names)
        finally:
            if floor:
                floor.stop()


def in_turns(system, floor, claims, names):
    """CPU of web workers and database backends per request, and how long an answer took."""
    name, of_mine, of_floor = names
    mine = _Side(system.port, lambda: family(system.groups["web"].pid), lambda: backends(of_mine))
    bare = _Side(floor.port, lambda: family(floor.process.pid), lambda: backends(of_floor))
    before = room(system)
    rounds = [claims[start : start + BLOCK] for start in range(0, len(claims), BLOCK)]
    for block in rounds:
        bare.play(
            [
                ("/cases/", {"order_no": one["order_no"], "reason": "drop", "text": "掉了"}, "")
                for one in block
            ]
        )
        mine.play(
            [
                (
                    "/api/v1/tickets/",
                    {"order_no": one["order_no"], "reason": one["reason"], "text": "掉了"},
                    one["token"],
                )
                for one in block
            ]
        )
    return [*rows(mine, bare, name), _on_disk(room(system) - before, len(claims), name)]


def _on_disk(added, claims, name):
    return Row(f"a claim on the disk, with all that goes with it ({name})", f"{added / claims / 1024:.2f} KB")


def rows(mine, bare, name):
    ratio = mine.cpu_ms / bare.cpu_ms
    return [
        Row(
            f"create a claim, CPU a request ({name})", f"{mine.cpu_ms:.1f} ms", f"{bare.cpu_ms:.1f} ms",
            f"{ratio:.1f}×", "≤ 4×", "3×",
        ),
        Row(
            f"… of the program alone ({name})", f"{mine.program_ms:.1f} ms", f"{bare.program_ms:.1f} ms",
            f"{mine.program_ms / bare.program_ms:.1f}×",
        ),
        Row(
            f"create a claim, answered p50 / p95 ({name})",
            f"{quantile(mine.took, 0.5) * 1000:.0f} / {quantile(mine.took, 0.95) * 1000:.0f} ms",
            f"{quantile(bare.took, 0.5) * 1000:.0f} / {quantile(bare.took, 0.95) * 1000:.0f} ms",
        ),
    ]  # fmt: skip


class _Side:
    """One of the two servers; CPU counted only while its own requests run."""

    def __init__(self, port, program, database):
        self.port, self.pids, self.took = port, (program, database), []
        self.spent, self.warm = [0.0, 0.0], False

    @property
    def cpu_ms(self):
        return sum(self.spent) / len(self.took) * 1000

    @property
    def program_ms(self):
        return self.spent[0] / len(self.took) * 1000

    def _cpu(self):
        return [cpu_of(pids()) for pids in self.pids]

    def play(self, requests):
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        before = self._cpu()
        times = [_post(line, *request) for request in requests]
        if self.warm:  # the first block pays for imports and first queries
            self.spent = [
                s + now - then for s, now, then in zip(self.spent, self._cpu(), before, strict=True)
            ]
            self.took += times
        self.warm = True
        line.close()


def _post(line, path, body, token):
    headers = {"Content-Type": "application/json", "Idempotency-Key": str(uuid.uuid4())}
    began = time.perf_counter()
    line.request(
        "POST", path, json.dumps(body), headers | ({"Authorization": f"Bearer {token}"} if token else {})
    )
    answer = line.getresponse()
    raw = answer.read()
    if answer.status != 201:
        raise RuntimeError(f"{path}: {answer.status} {raw[:300]!r}")
    return time.perf_counter() - began
