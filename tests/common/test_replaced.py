"""SQLite's REPLACE removes rows unseen by delete triggers where a client doesn't ask: it is refused to every client."""

import sqlite3

import pytest
from django.apps import apps
from django.core.management import call_command
from django.core.management.sql import emit_pre_migrate_signal
from django.db import IntegrityError, connection, models, transaction
from django.db.migrations import Migration

from common import guards
from ledger.models import Account
from tests.common.test_guards import GUARDED, POSTGRESQL, SENTENCES, shop, story

__all__ = ["shop", "story"]
pytestmark = pytest.mark.skipif(POSTGRESQL, reason="PostgreSQL has no REPLACE")


@pytest.fixture(params=["plain", "the program's"])
def client(request):
    """What runs SQL and says what came of it: rows changed, or the error. A plain client sets no pragma at all."""
    if request.param == "plain":
        return _plain

    def own(*statements):
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                return [cursor.execute(sql) and cursor.cursor.rowcount for sql in statements][-1]
        except IntegrityError as error:
            return str(error)

    return own


def _plain(*statements):
    plain = sqlite3.connect(":memory:")
    copied = bytearray(connection.connection.serialize())
    copied[18:20] = b"\1\1"  # no write-ahead log: memory has none
    plain.deserialize(bytes(copied))
    assert plain.execute("PRAGMA recursive_triggers").fetchone() == (0,)
    try:
        return [plain.execute(sql).rowcount for sql in statements][-1]
    except sqlite3.IntegrityError as error:
        return str(error)
    finally:
        plain.close()


@pytest.mark.django_db
@pytest.mark.parametrize(("model", "column"), GUARDED, ids=lambda one: getattr(one, "__name__", None))
def test_what_meets_a_row_that_is_there(story, client, model, column):
    table, key = model._meta.db_table, model._meta.pk.column
    names = [field.column for field in model._meta.fields]
    into, same = ", ".join(names), ", ".join(names)
    other = ", ".join({column: "'7'", key: f"-{key}"}.get(name, name) for name in names)
    changed = ", ".join("'7'" if name == column else name for name in names)
    count = model.objects.count()
    assert count > 0
    for verb in ("REPLACE", "INSERT OR REPLACE"):
        for values in (same, changed, other):
            assert client(f"{verb} INTO {table} ({into}) SELECT {values} FROM {table}") in SENTENCES, values
    assert client(f"UPDATE OR REPLACE {table} SET {key} = {key} + 1") in SENTENCES
    insert = f"INTO {table} ({into}) SELECT {same} FROM {table} WHERE true"
    assert "UNIQUE constraint failed" in client(f"INSERT {insert}")
    assert client(f"INSERT OR IGNORE {insert}") == 0
    assert client(f"INSERT {insert} ON CONFLICT DO NOTHING") == 0


@pytest.mark.django_db
@pytest.mark.parametrize("how", ["INSERT INTO", "INSERT OR IGNORE INTO"])
def test_a_row_that_is_new_is_written(client, how):
    Account.objects.create(code="cost", unit="fen")
    assert client(f"{how} ledger_account (code, unit) VALUES ('goal', 'fen'), ('goal', 'unit')") == 2
    assert client("REPLACE INTO ledger_account (code, unit) VALUES ('goal', 'fen')") in SENTENCES


@pytest.mark.django_db(transaction=True)
def test_a_column_can_go_and_the_guard_comes_back():
    """SQLite drops no column that a trigger names: the guards that name them all step aside before a migration."""
    field = models.CharField(max_length=8, null=True)
    field.set_attributes_from_name("later")
    field.model = Account
    with connection.schema_editor() as editor:
        editor.execute("ALTER TABLE ledger_account ADD COLUMN later varchar(8) NULL")
        editor.execute("DROP TRIGGER guard_ledger_account_replace")
        editor.execute(
            "CREATE TRIGGER guard_ledger_account_replace AFTER INSERT ON ledger_account"
            " BEGIN INSERT OR IGNORE INTO ledger_account (id, later) VALUES (NEW.id, NEW.later); END"
        )
    emit_pre_migrate_signal(
        verbosity=0, interactive=False, db="default", plan=[(Migration("0099_later", "ledger"), False)]
    )
    with connection.schema_editor() as editor:
        editor.remove_field(Account, field)
    assert "guard_ledger_account_replace" in guards.missing(connection)
    call_command("migrate", verbosity=0)
    assert guards.missing(connection) == []
    assert apps.get_model("ledger", "Account").objects.create(code="cost", unit="fen").pk
