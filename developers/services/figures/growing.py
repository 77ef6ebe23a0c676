"""Sums grow by what is added to them, in one statement for many rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection

from developers.models import GoodsDay, GoodsMonth, GoodsNow, MakerDay
from developers.rules.counting import FIGURES, OWED

MOST_ROWS = 60  # in a statement: SQLite takes at least 999 values
_KEYS: dict[Any, tuple[str, ...]] = {
    GoodsDay: ("product_id", "day", "reason"), GoodsMonth: ("product_id", "month"), GoodsNow: ("product_id",),
    MakerDay: ("developer_id", "day", "reason"),
}  # fmt: skip


def grow(model: Any, sums: Mapping[tuple[Any, ...], Counter[str]]) -> None:
    """Add to the rows of these keys; what comes to nothing again is no row, as if it had never been."""
    names = OWED if model is GoodsNow else FIGURES
    rows = [(*place, *(sum_[name] for name in names)) for place, sum_ in sorted(sums.items())]
    for start in range(0, len(rows), MOST_ROWS):
        _upsert(model._meta.db_table, _KEYS[model], names, rows[start : start + MOST_ROWS])
    if model is not GoodsNow and any(n < 0 for sum_ in sums.values() for n in sum_.values()):
        _drop_empty(model, sums)


def _upsert(table: str, key: Sequence[str], names: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    quote = connection.ops.quote_name
    columns = [quote(name) for name in (*key, *names)]
    row = f"({', '.join(['%s'] * len(columns))})"
    more = ", ".join(
        f"{quote(name)} = {quote(table)}.{quote(name)} + excluded.{quote(name)}" for name in names
    )
    sql = (
        f"INSERT INTO {quote(table)} ({', '.join(columns)}) VALUES {', '.join([row] * len(rows))}"
        f" ON CONFLICT ({', '.join(map(quote, key))}) DO UPDATE SET {more}"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [value for values in rows for value in values])


def _drop_empty(model: Any, sums: Mapping[tuple[Any, ...], Counter[str]]) -> None:
    whose, when = _KEYS[model][:2]
    near = {f"{whose}__in": {place[0] for place in sums}, f"{when}__in": {place[1] for place in sums}}
    model.objects.filter(**near, **dict.fromkeys(FIGURES, 0)).delete()
