"""`dash`: the developers' dashboard at so many claims and a thousand goods, against a bare page of as many rows.

Run inside the program: `python -m tests.bench.dashing 1000000` makes database and rows, prints the cookies of two
developers: of one who makes nearly all goods of the shop, and of one who makes ten.
"""

import http.client
import json
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

from tests.bench import databases
from tests.bench.costs import backends, cpu_of, family
from tests.bench.creating import Floor
from tests.bench.table import Row, quantile

CLAIMS, GOODS, FEW = 100_000, 1000, 10
ROUNDS, WARM, BLOCK, GOAL = 6, 4, 10, "≤ 2.5×"
PERIODS = ("month", "months_3")


def measure(database, scale=1.0):
    from tests.chaos.system import System

    claims, folder = max(5000, round(CLAIMS * scale)), Path(tempfile.mkdtemp(prefix="bench-"))
    system = floor = None
    with databases.own(database, "_dash", "_page") as ((name, url), (floor_name, floor_url)):
        try:
            system = System(folder=folder, database_url=url)
            cookies = json.loads(
                system.python("-m", "tests.bench.dashing", str(claims)).strip().splitlines()[-1]
            )
            system.python("manage.py", "collectstatic", "--noinput", "-v0")
            floor = Floor(folder, floor_url, module="tests.bench.floor_page", page="/page/")
            system.start("web")
            system.wait_until_answering()
            return _measured(system, floor, cookies, claims, (database, name, floor_name))
        finally:
            if system:
                system.stop()
            if floor and floor.process.poll() is None:
                floor.stop()
            shutil.rmtree(folder, ignore_errors=True)


def _measured(system, floor, cookies, claims, names):
    """Each page in turn with the bare one, block by block."""
    database, mine, bare = names
    web, beside = system.groups["web"].pid, floor.process.pid
    bare_page = _Page(floor.port, "/page/", floor.cookie, lambda: [*family(beside), *backends(bare)])
    pages = {
        (who, period): _Page(
            system.port, f"/developers/?period={period}", cookie, lambda: [*family(web), *backends(mine)]
        )
        for who, cookie in cookies.items() for period in PERIODS
    }  # fmt: skip
    for _ in range(WARM + ROUNDS):
        for page in (bare_page, *pages.values()):
            page.play()
    return [
        Row(
            f"dashboard of {who}, {period}, {claims:,} claims, {GOODS} goods ({database})".replace(",", " ", 1),
            f"{page.cpu_ms:.1f} ms, p95 {quantile(page.took, 0.95) * 1e3:.0f} ms", f"{bare_page.cpu_ms:.1f} ms",
            f"{page.cpu_ms / bare_page.cpu_ms:.2f}×", GOAL, "2×",
        )
        for (who, period), page in pages.items()
    ]  # fmt: skip


class _Page:
    """One address and what its server spends on it; the first blocks pay for imports, plans and connections."""

    def __init__(self, port, path, cookie, pids):
        self.port, self.path, self.cookie, self.pids = port, path, cookie, pids
        self.spent, self.took, self.played = 0.0, [], 0

    @property
    def cpu_ms(self):
        return self.spent / len(self.took) * 1000

    def play(self):
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        before, times = cpu_of(self.pids()), [self._got(line) for _ in range(BLOCK)]
        if self.played >= WARM:
            self.spent += cpu_of(self.pids()) - before
            self.took += times
        self.played += 1
        line.close()

    def _got(self, line):
        began = time.perf_counter()
        line.request("GET", self.path, headers={"Cookie": self.cookie})
        answer = line.getresponse()
        raw = answer.read()
        if answer.status != 200 or b"<table" not in raw:
            raise RuntimeError(f"{self.path}: {answer.status} {raw[:300]!r}")
        return time.perf_counter() - began


def run(claims):
    from django.db import connection

    from tests.bench import dash_rows

    dash_rows.fill(claims, goods=GOODS, few=FEW)
    with connection.cursor() as cursor:  # as the server itself does after a while
        cursor.execute("ANALYZE")
    return {"all the goods": _cookie("yun"), f"{FEW} goods": _cookie("bo")}


def _cookie(username):
    """Of somebody who signed in."""
    from importlib import import_module

    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

    from accounts.models import User

    user, session = User.objects.get(username=username), import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "accounts.services.log_in.LoopbackDemoBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


if __name__ == "__main__":
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "shop_aftersales.settings"
    django.setup()
    from shop_aftersales import starting

    starting.fill_database()
    print(json.dumps(run(int(sys.argv[1]))))
