"""The real program on a restored backup: the file is copied, and put back after a claim was settled."""

import contextlib
import json
import os
import shutil
import sqlite3

import psycopg2
import pytest
from psycopg2 import sql

from compensation.rules.keys import remedy_key
from tests import schema
from tests.running.compose_file import compose
from tests.running.real_shop import ORDER, Shop, database, until

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif("DATABASE_URL" in os.environ, reason="两种数据库都自己另建，跑一遍就够"),
]
SERVICES = compose()["services"]
SANDBOX = ["python", "manage.py", "run_sandbox", "--pace", "0.1"]
TOLD = "from ledger.models import Break; print([(b.kind, b.detail) for b in Break.objects.order_by('id')])"


class File:
    """SQLite: the file, as a backup tool copies it while nobody writes."""

    under_the_running_program = False  # a file that is open can't be replaced

    def __init__(self, shop):
        self.path = shop.folder / "data" / "shop.sqlite3"
        self.copy = shop.folder / "backup.sqlite3"

    def back_up(self):
        ours, copy = sqlite3.connect(self.path), sqlite3.connect(self.copy)
        with contextlib.closing(ours), contextlib.closing(copy):
            ours.backup(copy)

    def restore(self):
        for ending in ("-wal", "-shm"):
            self.path.with_name(self.path.name + ending).unlink(missing_ok=True)
        shutil.copy(self.copy, self.path)


class Template:
    """PostgreSQL: a copy of the whole database, and the database made from it again."""

    under_the_running_program = True

    def __init__(self, server_url, name):
        self.server_url, self.name = server_url, name

    def back_up(self):
        self._copy(self.name, f"{self.name}_backup")

    def restore(self):
        self._copy(f"{self.name}_backup", self.name)
        self._run("DROP DATABASE {}", f"{self.name}_backup")

    def _copy(self, one, other):
        self._run("DROP DATABASE IF EXISTS {} WITH (FORCE)", other)
        self._run("CREATE DATABASE {} TEMPLATE {}", other, one)

    def _run(self, text, *names):
        with contextlib.closing(psycopg2.connect(self.server_url)) as server:
            server.autocommit = True
            server.cursor().execute(sql.SQL(text).format(*map(sql.Identifier, names)))


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.services)])
def shop(request, postgres_url, tmp_path):
    with contextlib.ExitStack() as stack:
        environ = {"SECRET_KEY": "k" * 50, "DEMO": "1", "SANDBOX": "1", "SWEEP_S": "0.5"}
        if request.param == "postgresql":
            name = f"aftersales_restored_{os.getpid()}"
            made = database(postgres_url, name, schema.postgres_template(postgres_url))
            environ["DATABASE_URL"] = stack.enter_context(made)
        shop = stack.enter_context(Shop(tmp_path, **environ))
        if request.param == "sqlite":
            shop.starts_migrated()
        shop.backup = Template(postgres_url, name) if "DATABASE_URL" in environ else File(shop)
        shop.run(["python", "manage.py", "prepare"])
        yield shop


def start(shop):
    bind = f"127.0.0.1:{shop.port}"
    command = [word.replace("0.0.0.0:8000", bind) for word in SERVICES["web"]["command"]]
    shop.start("web", command)
    shop.start("worker", SERVICES["worker"]["command"])
    until(shop.answers, limit=40)


def stop(shop, *names):
    for name in names:
        shop.stop(name, within_s=10)


def claimed(shop, percent):
    """Files the claim; how to ask for the state of its remedy."""
    token = shop.opened(ORDER.format(percent))
    status, ticket, _ = shop.call(
        "/api/v1/tickets/", {"order_no": ORDER.format(percent), "reason": "drop"}, token
    )
    assert status == 201, ticket

    def remedy():
        (one,) = shop.call(f"/api/v1/tickets/{ticket['no']}/", token=token)[1]["remedies"]
        return one["state"]

    return remedy


def kept(shop):
    path = shop.folder / "data" / "evidence-head.json"
    return json.loads(path.read_text())["size"] if path.exists() else 0


def sandbox_log(shop):
    """What it was asked to do for the orders that are claimed here; the demo's own claims are another story."""
    ours = {
        str(remedy_key(order_no=ORDER.format(percent), kind="top_up", ordinal=ordinal))
        for percent in ("06", "15")
        for ordinal in (1, 2)
    }
    (path,) = (shop.folder / "data").rglob("sandbox.sqlite3")
    with contextlib.closing(sqlite3.connect(path)) as db:
        rows = db.execute("SELECT key, effect FROM request_log WHERE method = 'POST' ORDER BY id").fetchall()
    return [row for row in rows if row[0] in ours]


def told(shop):
    return shop.run(["python", "manage.py", "shell", "-v0", "-c", TOLD])


def test_nothing_is_paid_twice_from_a_restored_backup(shop):
    shop.start("sandbox", SANDBOX)
    start(shop)
    until(lambda: kept(shop) > 0, limit=30)
    stop(shop, "web", "worker")
    shop.backup.back_up()
    before = kept(shop)
    start(shop)
    remedy = claimed(shop, "06")
    until(lambda: remedy() == "settled", limit=30)
    until(lambda: kept(shop) > before, limit=30)
    stop(shop, "sandbox")
    ((key, effect),) = sandbox_log(shop)
    assert effect == "created"

    if shop.backup.under_the_running_program:
        shop.backup.restore()
        until(lambda: "数据库退回到" in shop.log_of("worker"), limit=30)
    else:
        stop(shop, "web", "worker")
        shop.backup.restore()
        assert "数据库退回过：只对账" in shop.run(["python", "manage.py", "prepare"])
        start(shop)
    # It is said first and put aside after the commit, so a running program may be between the two.
    until(lambda: len(list((shop.folder / "data").glob("evidence-head.*.json"))) == 1, limit=10)
    waiting = claimed(shop, "15")
    until(lambda: "仍在只对账" in shop.log_of("worker"), limit=30)
    verify = ["python", "manage.py", "verify_evidence"]
    assert "只对账，什么也不往外发" in shop.run(verify, status=1)  # the head put aside is a finding
    assert (waiting(), sandbox_log(shop)) == ("pending", [(key, "created")])

    shop.start("sandbox", SANDBOX)
    until(lambda: waiting() == "settled", limit=90)
    assert f"忘了这一笔：订单 {ORDER.format('06')} 的第 1 次补量" in told(shop)
    again = claimed(shop, "06")
    until(lambda: again() == "settled", limit=30)
    effects = sandbox_log(shop)
    assert [effect for one, effect in effects if one == key] == ["created", "repeated"]
    assert len(effects) == 3
    (aside,) = (shop.folder / "data").glob("evidence-head.*.json")
    aside.unlink()  # a person has seen it
    assert "只对账" not in shop.run(verify)
    stop(shop, "web", "worker", "sandbox")
