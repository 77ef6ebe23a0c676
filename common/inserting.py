"""New rows in one statement whose SQL is worked out once a model: a claim writes fifteen, and compiling each cost more
than writing it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, TypeVar

from django.db import connection, models

Row = TypeVar("Row", bound=models.Model)
MOST_VALUES = 900  # SQLite takes at least 999 in a statement


def insert(*rows: Row) -> Row:
    """Write new rows of one model in the caller's transaction and give each its id; the first of them.

    As bulk_create: no save(), no signals. Constraints and triggers hold as ever.
    """
    fields = _fields(type(rows[0]))
    at_once = max(1, MOST_VALUES // len(fields))
    for start in range(0, len(rows), at_once):
        _write(fields, rows[start : start + at_once])
    return rows[0]


def add_up(
    model: type[models.Model],
    *,
    key: Sequence[str],
    names: Sequence[str],
    rows: Sequence[tuple[Any, ...]],
    said: Sequence[str] = (),
) -> None:
    """Rows of (key, sums, what else is said): where the key is there already its sums grow, the rest is replaced."""
    quote = connection.ops.quote_name
    table = quote(model._meta.db_table)
    columns = [quote(name) for name in (*key, *names, *said)]
    more = [f"{quote(name)} = {table}.{quote(name)} + excluded.{quote(name)}" for name in names]
    more += [f"{quote(name)} = excluded.{quote(name)}" for name in said]
    row, at_once = f"({', '.join(['%s'] * len(columns))})", MOST_VALUES // len(columns)
    for start in range(0, len(rows), at_once):
        some = rows[start : start + at_once]
        sql = (
            f"INSERT INTO {table} ({', '.join(columns)}) VALUES {', '.join([row] * len(some))}"
            f" ON CONFLICT ({', '.join(map(quote, key))}) DO UPDATE SET {', '.join(more)}"
        )
        with connection.cursor() as cursor:
            cursor.execute(sql, [value for values in some for value in values])


def _write(fields: tuple[Any, ...], rows: Sequence[models.Model]) -> None:
    values = [
        field.get_db_prep_save(field.pre_save(row, True), connection=connection)
        for row in rows
        for field in fields
    ]
    with connection.cursor() as cursor:
        cursor.execute(_sql(type(rows[0]), len(rows), connection.vendor), values)
        for row, (pk,) in zip(rows, cursor.fetchall(), strict=True):
            row.pk = pk
            row._state.adding, row._state.db = False, connection.alias


@cache
def _fields(model: type[models.Model]) -> tuple[Any, ...]:
    return tuple(field for field in model._meta.local_concrete_fields if not field.primary_key)


@cache
def _sql(model: type[models.Model], count: int, vendor: str) -> str:
    quote = connection.ops.quote_name
    names = ", ".join(quote(field.column) for field in _fields(model))
    row = f"({', '.join(['%s'] * len(_fields(model)))})"
    return (
        f"INSERT INTO {quote(model._meta.db_table)} ({names}) VALUES {', '.join([row] * count)}"
        f" RETURNING {quote(str(model._meta.pk.column))}"
    )
