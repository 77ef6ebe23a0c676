"""Rows that many tests begin with: made once by the program itself, and written as they were from then on."""

from django.db import connection, transaction

_KEPT = {}
WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE")


def again(name, make, *models):
    """`make()`, or what it did to the tables of `models` when it last found them as they are; parents come first.

    Where a test writes for good it's made anew: what waits for the end of a transaction isn't kept.
    """
    if not connection.in_atomic_block:
        return make()
    tables = [model._meta.db_table for model in models]
    before = {table: read(table) for table in tables}
    known = name, repr(before)
    if known in _KEPT:
        for sql, rows in _KEPT[known]:
            with connection.cursor() as cursor:
                cursor.executemany(sql, rows)
        return None
    with transaction.atomic(), connection.execute_wrapper(_only(tables)):
        make()
    _KEPT[known] = [step for table in tables for step in _steps(table, before[table], read(table))]
    return None


def read(table):
    """{primary key: row}, as the database keeps it."""
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT * FROM "{table}" ORDER BY 1')
        rows = [tuple(bytes(v) if isinstance(v, memoryview) else v for v in row) for row in cursor.fetchall()]
    return {row[0]: row for row in rows}


def _steps(table, before, after):
    """(statement, its rows) that make `after` of `before`."""
    assert before.keys() <= after.keys(), f"{table}: a row went"
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT * FROM "{table}" WHERE 1 = 0')
        key, *others = names = [f'"{column[0]}"' for column in cursor.description]
    new = [row for number, row in after.items() if number not in before]
    changed = [(*row[1:], number) for number, row in after.items() if before.get(number, row) != row]
    insert = f'INSERT INTO "{table}" ({", ".join(names)}) VALUES ({", ".join(["%s"] * len(names))})'
    update = f'UPDATE "{table}" SET {", ".join(f"{name} = %s" for name in others)} WHERE {key} = %s'
    return [step for step in ((insert, new), (update, changed)) if step[1]]


def _only(tables):
    """What is written elsewhere would be lost."""

    def watch(execute, sql, params, many, context):
        verb = sql.lstrip().split(" ", 1)[0].upper()
        assert verb not in WRITES or any(f'"{table}"' in sql.split("(")[0] for table in tables), sql
        return execute(sql, params, many, context)

    return watch
