"""Many rows in one go, as each database takes them fastest: COPY and arrays, or one prepared statement."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from io import StringIO
from typing import Any

from django.db import connection

from orders.models import Observation, Rollup
from orders.rules.count_rows import Row

COUNTED = ("order_id", "observed_at", "count", "comments", "shares", "measurable")


def add_counts(counted: Mapping[int, Iterable[Row]]) -> None:
    """New counts, by the order's id; none of them is there yet."""
    table, names = Observation._meta.db_table, ", ".join(f'"{name}"' for name in COUNTED)
    said = cache(
        str if connection.vendor == "postgresql" else _plain
    )  # of instants: many lines are looked at together
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            text = "".join(
                [
                    f"{pk}\t{said(at)}\t{n}\t{c}\t{s}\t{m}\n"
                    for pk, rows in counted.items()
                    for _, _, at, n, c, s, m in rows
                ]
            )
            with connection.wrap_database_errors:
                cursor.copy_expert(
                    f"COPY \"{table}\" ({names}) FROM STDIN WITH (NULL 'None')", StringIO(text)
                )
        else:
            marks = ", ".join(["%s"] * len(COUNTED))
            kept = [
                (pk, said(at), n, c, s, m) for pk, rows in counted.items() for _, _, at, n, c, s, m in rows
            ]
            cursor.executemany(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', kept)


def write_rollups(rows: Sequence[Sequence[Any]], names: tuple[str, ...]) -> None:
    """Rows that are there, and held, in one statement: of each the values, by how much `changes` grows, the order."""
    if not rows:
        return
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            arrays = [_array(values) for values in zip(*rows, strict=True)]
            cursor.execute(_update_from_arrays(names), [*arrays, arrays[-1]])
        else:
            cursor.executemany(_update_one(names), [[_plain(value) for value in row] for row in rows])


@cache
def _update_one(names: tuple[str, ...]) -> str:
    news = ", ".join(f'"{name}" = %s' for name in names)
    return f'UPDATE "{Rollup._meta.db_table}" SET {news}, "changes" = "changes" + %s WHERE "order_id" = %s'


@cache
def _update_from_arrays(names: tuple[str, ...]) -> str:
    table, called = Rollup._meta.db_table, (*names, "changes", "order")
    kinds = [Rollup._meta.get_field(name).db_type(connection) for name in called]  # type: ignore[union-attr]
    news = ", ".join(f'"{name}" = news."{name}"' for name in names)
    arrays, columns = ", ".join(f"%s::{kind}[]" for kind in kinds), ", ".join(f'"{name}"' for name in called)
    return (
        f'UPDATE "{table}" AS old SET {news}, "changes" = old."changes" + news."changes"'
        f' FROM unnest({arrays}) AS news ({columns}) WHERE old."order_id" = news."order"'
        f' AND old."order_id" = ANY (%s::{kinds[-1]}[])'  # else the database may read all rollups there are
    )


def _array(values: Iterable[Any]) -> str:
    """An array as PostgreSQL reads it: quicker than one parameter for each value."""
    return "{" + ",".join(["NULL" if value is None else f'"{value}"' for value in values]) + "}"


def _plain(value: Any) -> Any:
    """As Django keeps an instant on SQLite: in UTC, without saying so."""
    return str(value.astimezone(UTC))[:-6] if type(value) is datetime else value
