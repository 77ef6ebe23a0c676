"""Statements written out for the page of figures: compiled by the ORM each costs several times what it reads."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

from django.db import connection, models


def rows(sql: str, *values: Any) -> list[tuple[Any, ...]]:
    """What it finds; dates go in, numbers and texts come out."""
    with connection.cursor() as cursor:
        cursor.execute(sql, [_given(one) for one in values])
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def _given(value: Any) -> Any:
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return connection.ops.adapt_datefield_value(value) if isinstance(value, date) else value


def once(build: Callable[..., models.QuerySet[Any, Any]]) -> Callable[..., list[tuple[Any, ...]]]:
    """Decorator of a query by values alone: its SQL is worked out the first time for as many values, then kept.

    The values have to be all that it is given, each once and in the order in which the SQL names them.
    """
    kept: dict[tuple[str, int], tuple[str, tuple[Any, ...]]] = {}

    def ask(*values: Any) -> list[tuple[Any, ...]]:
        key = connection.vendor, len(values)
        if key not in kept:
            sql, given = build(*values).query.sql_with_params()
            fixed = tuple(given[len(values) :]) if values else tuple(given)
            kept[key] = sql, fixed
        sql, fixed = kept[key]
        return rows(sql, *values, *fixed)

    return ask


def moment(said: Any) -> datetime:
    """An instant as the database gave it: SQLite says nothing of its zone, which is UTC."""
    at = datetime.fromisoformat(said) if isinstance(said, str) else said
    return at if at.tzinfo else at.replace(tzinfo=UTC)


@cache
def table(model: type[models.Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)


@cache
def related(model: type[models.Model], *names: str) -> str:
    """The table that relations lead to, one after the other: that of another room is named by no other."""
    for name in names:
        other: Any = model._meta.get_field(name).related_model
        model = other
    return table(model)


@cache
def quoted(name: str) -> str:
    """`real` is a type to PostgreSQL."""
    return connection.ops.quote_name(name)


def sums(names: Iterable[str], *, of: str = "") -> str:
    """Each added up, by its name; PostgreSQL would make decimals of them."""
    return ", ".join(f"CAST(sum({of}{quoted(name)}) AS bigint) AS {quoted(name)}" for name in names)


def places(some: Any) -> str:
    return ", ".join(["%s"] * len(some))
