"""Rules that the database itself keeps, as triggers: rows that are only ever added, states that end once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import connection as default_connection
from django.db import transaction

PREFIX = "guard_"
LONGEST = 63  # PostgreSQL cuts longer names, silently
SAYS = {
    "INSERT": "这一行与账目的规矩不合，没有写入。",
    "UPDATE": "这里的记录只增不改：要更正请另记一笔。",
    "DELETE": "这里的记录只增不删：要更正请另记一笔。",
}


@dataclass(frozen=True)
class Guard:
    """Refuses `on` for the rows where `when` is true, or for all; `when` is SQL over OLD and NEW for both databases.

    On INSERT `when` speaks of the row's own values: a guard against REPLACE asks it again with the row in the table.
    """

    on: str
    when: str = ""
    says: str = ""


APPEND_ONLY = (Guard("UPDATE"), Guard("DELETE"))


@dataclass(frozen=True)
class _Trigger:
    table: str
    event: str
    when: str
    says: str
    columns: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        tail = f"_{self.event.lower()}"
        whole = f"{PREFIX}{self.table}{tail}"
        if len(whole) <= LONGEST:
            return whole
        digest = hashlib.sha256(self.table.encode()).hexdigest()[:8]
        return f"{PREFIX}{self.table[: LONGEST - len(PREFIX) - len(tail) - 9]}_{digest}{tail}"

    @property
    def message(self) -> str:
        return "'" + self.says.replace("'", "''") + "'"


class _SQLite:
    """A trigger is known by its whole text, which SQLite keeps as it was given."""

    standing = """
        SELECT name, tbl_name, sql FROM sqlite_master
        WHERE type = 'trigger' AND substr(name, 1, 6) = 'guard_'"""

    @staticmethod
    def text(trigger: _Trigger) -> str:
        if trigger.event == "REPLACE":
            return _against_replace(trigger)
        when = f" WHEN {trigger.when}" if trigger.when else ""
        return (
            f'CREATE TRIGGER "{trigger.name}" BEFORE {trigger.event} ON "{trigger.table}" FOR EACH ROW{when}'
            f" BEGIN SELECT RAISE(ABORT, {trigger.message}); END"
        )

    def create(self, trigger: _Trigger) -> list[str]:
        return [f'DROP TRIGGER IF EXISTS "{trigger.name}"', self.text(trigger)]

    @staticmethod
    def drop(name: str, table: str) -> list[str]:
        return [f'DROP TRIGGER IF EXISTS "{name}"']


def _against_replace(trigger: _Trigger) -> str:
    """SQLite's REPLACE fires no delete trigger for what it removes, unless the client sets recursive_triggers.

    The conflict clause of a statement rules over those in its triggers, and only REPLACE makes this insert of the row
    that was just written change anything: any other finds the row there, and passes.
    """
    names = ", ".join(f'"{name}"' for name in trigger.columns)
    values = ", ".join(f'NEW."{name}"' for name in trigger.columns)
    return (
        f'CREATE TRIGGER "{trigger.name}" AFTER INSERT ON "{trigger.table}" FOR EACH ROW BEGIN'
        f' INSERT OR IGNORE INTO "{trigger.table}" ({names}) VALUES ({values});'
        f" SELECT RAISE(ABORT, {trigger.message}) WHERE changes() > 0; END"
    )


class _PostgreSQL:
    """A function of its own per trigger, known by both texts; a trigger that is switched off has none."""

    standing = """
        SELECT t.tgname, c.relname,
            CASE WHEN t.tgenabled IN ('O', 'A') AND l.lanname = 'plpgsql' AND p.proconfig IS NULL
            THEN pg_get_triggerdef(t.oid, true) || p.prosrc ELSE '' END
        FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
            JOIN pg_language l ON l.oid = p.prolang
        WHERE left(t.tgname, 6) = 'guard_' AND NOT t.tgisinternal AND pg_table_is_visible(c.oid)"""

    def text(self, trigger: _Trigger) -> str:
        return self._fires(trigger) + self._does(trigger)

    @staticmethod
    def _fires(trigger: _Trigger) -> str:
        """As the database itself would say it: a condition, a column or another time in it shows."""
        each = "STATEMENT" if trigger.event == "TRUNCATE" else "ROW"
        return (
            f"CREATE TRIGGER {trigger.name} BEFORE {trigger.event} ON {trigger.table}"
            f" FOR EACH {each} EXECUTE FUNCTION {trigger.name}()"
        )

    @staticmethod
    def _does(trigger: _Trigger) -> str:
        # 23001, restrict_violation: an IntegrityError, as RAISE(ABORT) is on SQLite.
        refuse = f"RAISE EXCEPTION USING MESSAGE = {trigger.message}, ERRCODE = '23001'"
        if not trigger.when:
            return f" BEGIN {refuse}; END "
        row = "OLD" if trigger.event == "DELETE" else "NEW"
        return f" BEGIN IF ({trigger.when}) THEN {refuse}; END IF; RETURN {row}; END "

    def create(self, trigger: _Trigger) -> list[str]:
        return [
            f'CREATE OR REPLACE FUNCTION "{trigger.name}"() RETURNS trigger LANGUAGE plpgsql'
            f" AS $guard${self._does(trigger)}$guard$",
            f"DROP TRIGGER IF EXISTS {trigger.name} ON {trigger.table}",
            self._fires(trigger),
        ]

    @staticmethod
    def drop(name: str, table: str) -> list[str]:
        return [f'DROP TRIGGER IF EXISTS "{name}" ON "{table}"', f'DROP FUNCTION IF EXISTS "{name}"()']


_DIALECTS: dict[str, Any] = {"sqlite": _SQLite(), "postgresql": _PostgreSQL()}


def expected(connection: Any = default_connection) -> list[str]:
    """The names of all triggers that the models ask for on this kind of database."""
    return sorted(trigger.name for trigger in _declared(apps.get_models(), connection.vendor))


def present(connection: Any) -> list[str]:
    """The names of those that are there, switched on, and say what the models say."""
    dialect, there = _DIALECTS[connection.vendor], _standing(connection)
    return sorted(
        trigger.name
        for trigger in _declared(apps.get_models(), connection.vendor)
        if there.get(trigger.name) == (trigger.table, dialect.text(trigger))
    )


def missing(connection: Any) -> list[str]:
    """What is asked for and not there."""
    return sorted({*expected(connection)} - {*present(connection)})


def install(connection: Any, models: Iterable[Any]) -> None:
    """Make the triggers of these models what they ask for; those that already are stay, and lock nothing."""
    chosen, dialect = list(models), _DIALECTS[connection.vendor]
    there, tables = _standing(connection), {model._meta.db_table for model in chosen}
    wanted = {trigger.name: trigger for trigger in _declared(chosen, connection.vendor)}
    work = [
        sql for name, (table, _) in there.items() if table in tables and name not in wanted
        for sql in dialect.drop(name, table)
    ]  # fmt: skip
    off = [t for t in wanted.values() if there.get(t.name) != (t.table, dialect.text(t))]
    made = set(connection.introspection.table_names()) if off else set()
    _run(connection, work + [sql for t in off if t.table in made for sql in dialect.create(t)])


def remove(connection: Any) -> None:
    """Take all of them away: for the flush of a test, and for whoever must repair what was written."""
    dialect = _DIALECTS[connection.vendor]
    _run(
        connection,
        [sql for name, (table, _) in _standing(connection).items() for sql in dialect.drop(name, table)],
    )


def make_way(connection: Any) -> None:
    """Before SQLite tables are remade: a rename fails while another table's trigger reads the one that is away.

    And a column cannot go while a trigger names it, as the one against REPLACE names them all.
    """
    if connection.vendor == "sqlite":
        reading = [
            name for name, (_, sql) in _standing(connection).items()
            if sql.upper().count("SELECT") > 1 or name.endswith("_replace")
        ]  # fmt: skip
        _run(connection, [sql for name in reading for sql in _SQLite.drop(name, "")])


def _declared(models: Iterable[Any], vendor: str) -> Iterator[_Trigger]:
    for model in models:
        meta = model._meta
        for guard in getattr(model, "GUARDS", ()) if meta.managed and not meta.proxy else ():
            says = guard.says or SAYS[guard.on]
            yield _Trigger(meta.db_table, guard.on, guard.when, says)
            if guard.on == "DELETE" and vendor == "postgresql":  # TRUNCATE walks past row triggers
                yield _Trigger(meta.db_table, "TRUNCATE", "", says)
            elif guard.on == "DELETE":
                columns = tuple(field.column for field in meta.local_concrete_fields)
                yield _Trigger(meta.db_table, "REPLACE", "", says, columns)


def _standing(connection: Any) -> dict[str, tuple[str, str]]:
    """{name: (table, text)} of the guards that the database has."""
    with connection.cursor() as cursor:
        cursor.execute(_DIALECTS[connection.vendor].standing)
        return {name: (table, text) for name, table, text in cursor.fetchall()}


def _run(connection: Any, statements: list[str]) -> None:
    """All or none; on PostgreSQL in one round trip."""
    if not statements:
        return
    whole = [";\n".join(statements)] if connection.vendor == "postgresql" else statements
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        for sql in whole:
            cursor.execute(sql)
