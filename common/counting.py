"""How many rows each of several queries finds, in one statement; no count goes on beyond the cap."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

CAP = 99


def counted(rows: Mapping[str, QuerySet[Any]], *, cap: int = CAP) -> dict[str, int]:
    """{name: 0 to the cap, or one above it for more}; a name is letters, digits and `_`."""
    parts: dict[str, str] = {}
    given: list[Any] = []
    for name, some in rows.items():
        with suppress(EmptyResultSet):  # what can't match is not asked for
            sql, params = some.order_by().values("pk")[: cap + 1].query.sql_with_params()
            parts[name] = f"(SELECT COUNT(*) FROM ({sql}) AS {name})"
            given += params
    found = dict.fromkeys(rows, 0)
    if parts:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {', '.join(parts.values())}", given)
            found |= zip(parts, cursor.fetchone(), strict=True)
    return found


def said(number: int) -> str:
    """0 to 99, or 99+."""
    return f"{CAP}+" if number > CAP else str(number)
