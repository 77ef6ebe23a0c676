"""The schema, migrated once and copied by every worker and every started program: a hundred migrations take seconds.

Kept beside the virtual environment (SQLite) and on the server (PostgreSQL), under the digest of what makes it.
"""

import contextlib
import fcntl
import hashlib
import os
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg2
from django.core import management
from psycopg2 import sql

ROOT = Path(__file__).parents[1]
KEPT = Path(sys.prefix) / "test-schema"
MADE_OF = (
    "*/migrations/*.py", "*/models.py", "*/models/*.py", "*/rules/**/*.py", "*/apps.py", "common/**/*.py",
    "shop_aftersales/*.py", "constraints.txt",
)  # fmt: skip
KEPT_FILES = 8  # of branches that are worked on in turn
NAME = f"aftersales_schema{os.environ.get('TEST_DB_SUFFIX', '')}"


@cache
def digest() -> str:
    """Of every file that a migration can read."""
    found = hashlib.sha256()
    for path in sorted(path for pattern in MADE_OF for path in ROOT.glob(pattern)):
        found.update(f"{path.relative_to(ROOT)}\0".encode() + path.read_bytes())
    return found.hexdigest()[:16]


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """The other workers wait for the one that makes it."""
    KEPT.mkdir(exist_ok=True)
    with open(KEPT / "lock", "a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _migrate(folder: str, **environ: str) -> None:
    said = {name: os.environ[name] for name in ("HOME", "LANG", "PATH", "TZ") if name in os.environ}
    given = said | {"DATA_DIR": folder, "SECRET_KEY": "k" * 50, "DEMO": "0", "SANDBOX": "0"} | environ
    command = [sys.executable, "manage.py", "migrate", "--run-syncdb", "-v0"]
    run = subprocess.run(command, cwd=ROOT, env=given, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr


def sqlite_file() -> Path:
    """A migrated file; to be copied, never opened for writing."""
    kept = KEPT / f"{digest()}.sqlite3"
    with _alone():
        if not kept.exists():
            for old in sorted(KEPT.glob("*.sqlite3"), key=os.path.getmtime)[: -KEPT_FILES + 1]:
                old.unlink()
            with tempfile.TemporaryDirectory() as folder:
                _migrate(folder)
                with contextlib.closing(sqlite3.connect(f"{folder}/shop.sqlite3")) as made:
                    made.execute(f"VACUUM INTO '{kept}.new'")
            os.rename(f"{kept}.new", kept)
    return kept


def postgres_template(url: str) -> str:
    """The name of a migrated database on that server, which nobody is connected to."""
    name = f"{NAME}_{digest()}"
    with _alone(), contextlib.closing(psycopg2.connect(url)) as server:
        server.autocommit = True
        cursor = server.cursor()
        cursor.execute(
            "SELECT datname FROM pg_database WHERE datname ~ %s", [f"^{NAME}_[0-9a-f]{{16}}(_new)?$"]
        )
        there = {row for (row,) in cursor.fetchall()}
        if name not in there:
            for old in there:
                cursor.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(old)))
            new = sql.Identifier(f"{name}_new")
            cursor.execute(sql.SQL("CREATE DATABASE {}").format(new))
            with tempfile.TemporaryDirectory() as folder:
                _migrate(folder, DATABASE_URL=urlsplit(url)._replace(path=f"/{name}_new").geturl())
            cursor.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(new, sql.Identifier(name)))
    return name


def copy_instead(connection: Any, url: str) -> None:
    """The test database that is made next is a copy, and Django's own `migrate` of it has nothing to do."""
    real = management.call_command
    if connection.vendor == "postgresql":
        connection.settings_dict["TEST"]["TEMPLATE"] = postgres_template(url)

    def once(name: str, *args: Any, **options: Any) -> Any:
        if name != "migrate":
            return real(name, *args, **options)
        management.call_command = real
        if connection.vendor == "sqlite":
            connection.ensure_connection()
            with contextlib.closing(sqlite3.connect(f"file:{sqlite_file()}?mode=ro", uri=True)) as kept:
                kept.backup(connection.connection)
        return None

    management.call_command = once
