"""The database as it was before a test: what was kept is put back, on PostgreSQL row by row.

Django's own flush costs more than most tests: it truncates a hundred tables (files made anew and synced), and makes
permissions and content types again. Whatever the schema has by itself stays; guards that a test took away come back.
"""

import io
import sqlite3
from typing import Any

from django.apps import apps
from django.db import transaction

from common import guards

# Made by migrate and the same for every test.
STAYS = {"django_migrations", "django_content_type", "auth_permission"}
_EMPTY: dict[str, Any] = {}


def empty(connection: Any) -> None:
    """What follows a test that wrote for good."""
    if connection.vendor != "sqlite":
        with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
            _clear(cursor, _filled(cursor, connection))
        guards.install(connection, apps.get_models())
        return
    if "copy" not in _EMPTY:
        raise AssertionError("remember_empty() comes before the first test that writes")
    _over(connection, _EMPTY["copy"])


def remember_empty(connection: Any) -> None:
    """Once, while nothing was written yet."""
    if connection.vendor == "sqlite" and "copy" not in _EMPTY:
        _EMPTY["copy"] = keep(connection)


def keep(connection: Any) -> Any:
    """Everything that is in it now, to be put back with `put_back`."""
    connection.ensure_connection()
    if connection.vendor == "sqlite":
        copy = sqlite3.connect(":memory:", check_same_thread=False)
        connection.connection.backup(copy)
        return copy
    kept = {}
    with connection.cursor() as cursor:
        for table in _filled(cursor, connection):
            kept[table] = io.BytesIO()
            cursor.copy_expert(f'COPY "{table}" TO STDOUT (FORMAT binary)', kept[table])
    return kept


def put_back(connection: Any, kept: Any) -> None:
    """The database is again what it was when it was kept."""
    connection.ensure_connection()
    if connection.vendor == "sqlite":
        return _over(connection, kept)
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        _clear(cursor, _filled(cursor, connection))
        for table, rows in kept.items():
            rows.seek(0)
            cursor.copy_expert(f'COPY "{table}" FROM STDIN (FORMAT binary)', rows)
    return None


def _over(connection: Any, copy: sqlite3.Connection) -> None:
    connection.ensure_connection()
    copy.backup(connection.connection)


def _filled(cursor: Any, connection: Any) -> list[str]:
    tables = [name for name in connection.introspection.table_names(cursor) if name not in STAYS]
    cursor.execute(
        " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM \"{name}\")" for name in tables)
    )
    return [name for (name,) in cursor.fetchall()]


def _clear(cursor: Any, tables: list[str]) -> None:
    # As a replica applies changes: no guard and no foreign key is asked. Until the transaction ends.
    cursor.execute("SET LOCAL session_replication_role = replica")
    for name in tables:
        cursor.execute(f'DELETE FROM "{name}"')
