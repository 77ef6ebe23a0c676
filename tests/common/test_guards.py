"""What the database itself refuses, on both: each guarded table, each way past, and that the guards come back."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.apps import apps
from django.contrib.auth.models import Permission
from django.core.management import CommandError, call_command
from django.core.management.sql import emit_pre_migrate_signal
from django.db import IntegrityError, connection, transaction
from django.db.migrations import Migration

from common import guards
from common.guards import Guard
from compensation.models import (
    Approval,
    Bearer,
    Contest,
    ContestAnswer,
    DecisionRecord,
    DeliveredUnit,
    Finding,
    ForgottenRemedy,
    HandWord,
    Override,
    PolicyRetirement,
    PolicyVersion,
    Remedy,
    UnitDelivery,
)
from compensation.services import policies
from integrations.models import InboundEvent
from ledger.models import Account, Break, BreakClosing, Hold, Transfer
from orders.models import CardKey, Observation, PrunedCounts, UsageReport
from shop_aftersales import starting
from tests import emptying
from tests.orders.conftest import shop
from tests.tickets.case import claim, fallen
from tickets.models import Attachment, Rating, ShiftNote, Ticket

__all__ = ["shop"]
NOW = datetime(2026, 3, 1, tzinfo=UTC)
LATER = datetime(2026, 3, 2, tzinfo=UTC)
POSTGRESQL = connection.vendor == "postgresql"
# By hand: a model that has lost its GUARDS shows here. The evidence's own tables have tests of their own.
GUARDED = [
    (PolicyVersion, "title"), (PolicyRetirement, "reason"), (DecisionRecord, "clause"), (UnitDelivery, "quantity"),
    (Account, "code"), (Transfer, "reason"), (Observation, "count"), (InboundEvent, "digest"), (Hold, "amount"),
    (ForgottenRemedy, "amount_fen"), (DeliveredUnit, "account_id"), (ShiftNote, "text"),
    (Attachment, "name"), (Rating, "text"),
    (HandWord, "reason"), (BreakClosing, "note"), (UsageReport, "used_units"), (PrunedCounts, "kept"),
    (CardKey, "digest"), (Contest, "text"), (ContestAnswer, "reason"),
]  # fmt: skip
PROTECTED = {PolicyVersion, DecisionRecord, Account, Contest}
SENTENCES = {guards.SAYS[on] for on in guards.SAYS} | {
    guard.says for model, _ in GUARDED for guard in model.GUARDS if guard.says
}
NAMES = {
    f"guard_{table}_{event}"
    for table in (
        "compensation_policyversion", "compensation_policyretirement", "compensation_decisionrecord",
        "compensation_policydraft",
        "compensation_unitdelivery", "compensation_forgottenremedy", "compensation_deliveredunit",
        "compensation_override", "compensation_approval", "compensation_finding", "compensation_bearer",
        "compensation_contest", "compensation_contestanswer",
        "compensation_handword", "ledger_breakclosing",
        "ledger_account", "ledger_transfer", "ledger_hold",
        "orders_observation", "orders_prunedcounts", "orders_usagereport", "integrations_inboundevent",
        "tickets_shiftnote",
        "tickets_attachment", "tickets_rating", "orders_cardkey", "orders_tutorialversion", "developers_recallword",
        "developers_credit", "developers_creditrow", "orders_makerstanding", "developers_fundword",
        "developers_defectword", "developers_defectfix", "developers_defecttold",
        "watch_monthlyreport", "watch_surveyanswer",
    )
    for event in ("update", "delete", "truncate" if POSTGRESQL else "replace")
} | {"guard_orders_listedspecification_update", "guard_ledger_transfer_insert", "guard_ledger_hold_insert"}  # fmt: skip


@pytest.fixture
def story(shop):
    """A claim, its decision, its books: a row in every guarded table."""
    fallen()
    claim()
    UnitDelivery.objects.create(remedy=Remedy.objects.get(), quantity=1, delivered_at=NOW)
    DeliveredUnit.objects.create(
        order=Remedy.objects.get().order, remedy=Remedy.objects.get(), n=1, account_id="1", delivered_at=NOW
    )
    InboundEvent.objects.create(channel="supplier", event_id="E-1", digest="0" * 64, received_at=NOW)
    case = Ticket.objects.get()
    Attachment.objects.create(
        ticket=case, token="0" * 32, name="a.png", kind="png", size=1, sha256="0" * 64, added_at=NOW
    )
    Rating.objects.create(ticket=case, stars=5, rated_at=NOW)
    ShiftNote.objects.create(text="看着 A-1", by="qiao", at=NOW)
    found = Break.objects.create(kind="forgotten", reference="R-1", detail="试", opened_at=NOW)
    ForgottenRemedy.objects.create(
        key=uuid4(), order=Remedy.objects.get().order, kind=Remedy.objects.get().kind, ordinal=1, amount_fen=5,
        meaning="done", told_by=found, found_at=NOW,
    )  # fmt: skip
    UsageReport.objects.create(order=Remedy.objects.get().order, observed_at=NOW, used_units=1)
    of = Remedy.objects.get().order
    # Of counts before there were any: it lets none of those go that are there.
    PrunedCounts.objects.create(
        order=of, until=datetime(2020, 1, 1, tzinfo=UTC), number=1, kept=",", pruned_at=NOW
    )
    CardKey.objects.create(
        product=of.product, order=of, unit=1, sealed=b"x", digest="0" * 64, key_id="k", state="delivered", added_at=NOW
    )  # fmt: skip
    policies.retire(code="course-standard", version=1, reason="试", by="ops-an", now=NOW)
    record, ruled = DecisionRecord.objects.get(), {"by": "qiao", "at": NOW}
    Override.objects.create(decision=record, remedies=[], needs_second=False, reason="试", **ruled)
    Approval.objects.create(decision=record, reason="试", **ruled)
    Finding.objects.create(order=record.order, reason="drop", facts={}, replaces=record, why="试", **ruled)
    borne = Bearer.objects.create(decision=record, party="unknown", reason="试", **ruled)
    said = Contest.objects.create(
        bearer=borne, order=of, ticket_no=case.no, text="试", answer_by=LATER, **ruled
    )
    ContestAnswer.objects.create(contest=said, party="unknown", reason="试", **ruled)
    HandWord.objects.create(
        remedy=Remedy.objects.get(), action="ask", about="faults/1", reason="试", carried_out=True, **ruled
    )
    BreakClosing.objects.create(found=found, by="qiao", note="试", closed_at=NOW)
    connection.check_constraints()  # nothing is left for later, which would stop a TRUNCATE before the guard does


def answer(act):
    """What the database says to it: the guard's own sentence, or '' where it lets it pass."""
    try:
        with transaction.atomic():
            act()
    except IntegrityError as error:
        return str(error).partition("\n")[0]
    return ""


def refused(act):
    return answer(act) in SENTENCES


def raw(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)


def held(name):
    return name.startswith("guard_evidence_")


@pytest.mark.django_db
def test_the_triggers_after_all_migrations_are_these_and_no_others():
    there = guards.present(connection)
    assert {name for name in there if not held(name)} == NAMES
    assert there == guards.expected() == sorted({*there})
    assert guards.missing(connection) == []
    assert max(map(len, there)) <= guards.LONGEST


@pytest.mark.django_db
@pytest.mark.parametrize(("model", "column"), GUARDED, ids=lambda one: getattr(one, "__name__", None))
def test_a_guarded_row_is_not_changed_and_not_deleted(story, model, column):
    row, rows, table = model.objects.first(), model.objects.filter(), model._meta.db_table
    before = list(model.objects.order_by("pk").values())
    figures = {"amount", "quantity", "count", "amount_fen", "used_units"}
    setattr(row, column, 7 if column in figures else "another")
    ways = {
        "save": row.save,
        "update": lambda: rows.update(**{column: getattr(row, column)}),
        "delete": row.delete,
        "delete of many": lambda: rows.delete(),
        "raw delete": lambda: rows._raw_delete(rows.db),
        "UPDATE": lambda: raw(f'UPDATE "{table}" SET "{column}" = \'7\''),
        "DELETE": lambda: raw(f'DELETE FROM "{table}"'),
        "upsert": lambda: model.objects.bulk_create(
            [row], update_conflicts=True, unique_fields=["id"], update_fields=[column]
        ),
    }
    if model in PROTECTED:  # Django itself says so first
        del ways["delete"], ways["delete of many"]
    if POSTGRESQL:
        ways["TRUNCATE"] = lambda: raw(f'TRUNCATE "{table}" CASCADE')
    else:
        names = ", ".join(f'"{field.column}"' for field in model._meta.fields)
        ways["REPLACE"] = lambda: raw(
            f'INSERT OR REPLACE INTO "{table}" ({names}) SELECT {names} FROM "{table}"'
        )
        ways["OR IGNORE"] = lambda: raw(f'UPDATE OR IGNORE "{table}" SET "{column}" = \'7\'')
    assert {way: answer(act) for way, act in ways.items() if not refused(act)} == {}
    assert list(model.objects.order_by("pk").values()) == before


def book(debit, credit, unit="fen", amount=5, reason="test", reference=""):
    return Transfer.objects.create(
        debit=debit, credit=credit, unit=unit, amount=amount, reason=reason, reference=reference or str(uuid4()),
        order_no="A-1", booked_at=NOW,
    )  # fmt: skip


def accounts():
    return [Account.objects.create(code=code, unit=unit) for code, unit in
            (("cost", "fen"), ("goal", "fen"), ("cost", "unit"), ("goal", "unit"))]  # fmt: skip


@pytest.mark.django_db
def test_both_sides_of_a_transfer_are_of_its_unit():
    cost, goal, units_cost, units_goal = accounts()
    crossing = [
        (cost, units_goal, "fen"), (units_cost, goal, "fen"), (cost, units_goal, "unit"), (cost, goal, "unit"),
        (units_cost, units_goal, "fen"), (cost, cost, "fen"),
    ]  # fmt: skip
    assert [refused(lambda how=how: book(*how)) for how in crossing] == [True] * 6
    many = [Transfer(debit=cost, credit=units_goal, unit="fen", amount=1, reason="t", reference="r",
                     order_no="A-1", booked_at=NOW)]  # fmt: skip
    assert refused(lambda: Transfer.objects.bulk_create(many, ignore_conflicts=True))
    book(cost, goal)
    book(units_cost, units_goal, "unit")
    assert Transfer.objects.count() == 2


@pytest.mark.django_db
def test_what_gives_way_to_a_row_that_is_there_is_no_change():
    account = Account.objects.get_or_create(code="cost", unit="fen")[0]
    assert Account.objects.get_or_create(code="cost", unit="fen") == (account, False)
    Account.objects.bulk_create([Account(code="cost", unit="fen")], ignore_conflicts=True)
    assert Account.objects.count() == 1


REMADE = {
    "of no row": "CREATE TRIGGER {name} BEFORE UPDATE ON {table} FOR EACH ROW WHEN (false) EXECUTE FUNCTION {name}()",
    "of one column": "CREATE TRIGGER {name} BEFORE UPDATE OF id ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()",
    "of another event": "CREATE TRIGGER {name} BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()",
    "at another time": "CREATE CONSTRAINT TRIGGER {name} AFTER UPDATE ON {table} DEFERRABLE INITIALLY DEFERRED"
    " FOR EACH ROW EXECUTE FUNCTION {name}()",
    "of a statement": "CREATE TRIGGER {name} BEFORE UPDATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION {name}()",
    "of another setting": "CREATE TRIGGER {name} BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION {name}();"
    " ALTER FUNCTION {name}() SET search_path = pg_temp",
}


def take_away(name, table):
    raw(f'DROP TRIGGER "{name}"' + (f' ON "{table}"' if POSTGRESQL else ""))


@pytest.mark.django_db
@pytest.mark.parametrize(
    "how",
    ["dropped", "another text", *(["switched off", *REMADE] if POSTGRESQL else [])],
)
def test_a_guard_that_is_not_as_declared_is_missing_until_it_is_installed(how):
    name, table = "guard_ledger_transfer_update", "ledger_transfer"
    if how == "switched off":
        raw(f"ALTER TABLE {table} DISABLE TRIGGER {name}")
    elif how in REMADE:
        take_away(name, table)
        raw(REMADE[how].format(name=name, table=table))
    elif how == "another text" and POSTGRESQL:
        raw(
            f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'"
        )
    else:
        take_away(name, table)
        if how == "another text":
            raw(f"CREATE TRIGGER {name} BEFORE UPDATE ON {table} WHEN 0 BEGIN SELECT RAISE(ABORT, 'no'); END")
    assert guards.missing(connection) == [name]
    guards.install(connection, [Transfer])
    assert guards.missing(connection) == []


@pytest.mark.django_db
def test_what_is_no_longer_declared_goes_and_what_is_right_is_left_alone(
    django_assert_num_queries, monkeypatch
):
    with django_assert_num_queries(1):
        guards.install(connection, apps.get_models())
    monkeypatch.setattr(Account, "GUARDS", (Guard("DELETE"),))
    guards.install(connection, [Account])
    assert Account.objects.create(code="cost", unit="fen").pk
    assert Account.objects.update(code="costs") == 1
    assert guards.missing(connection) == []


@pytest.mark.django_db
def test_the_start_says_which_are_missing(monkeypatch):
    monkeypatch.setattr(guards, "install", lambda *_: None)
    take_away("guard_ledger_hold_delete", "ledger_hold")
    with pytest.raises(SystemExit) as stopped:
        starting.fill_database()
    assert stopped.value.code == (
        "数据库里缺少守着账目的触发器：guard_ledger_hold_delete。让数据库用户可以建触发器，再启动一次。"
    )


def test_names_are_stable_and_fit(monkeypatch):
    long = guards._Trigger("a_room_with_a_long_name_and_a_model_with_a_longer_one", "UPDATE", "", "")
    same = guards._Trigger("a_room_with_a_long_name_and_a_model_with_a_longer_one2", "UPDATE", "", "")
    assert long.name == "guard_a_room_with_a_long_name_and_a_model_with__19567e0d_update"
    assert (len(long.name), long.name != same.name) == (63, True)


@pytest.mark.skipif(POSTGRESQL, reason="PostgreSQL alters a table in place")
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("model", [Account, Transfer, Hold], ids=lambda model: model.__name__)
def test_a_table_remade_has_its_guards_again_after_migrate(model):
    """As a migration does on SQLite: the trigger of one table may even read the other that is remade."""
    plan = [(Migration("0099_later", "ledger"), False)]
    emit_pre_migrate_signal(verbosity=0, interactive=False, db="default", plan=plan)
    with connection.schema_editor() as editor:
        editor._remake_table(model)
    assert {f"guard_{model._meta.db_table}_{event}" for event in ("update", "delete")} <= {
        *guards.missing(connection)
    }
    call_command("migrate", verbosity=0)
    assert guards.missing(connection) == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", [1, 2])
def test_after_a_test_that_wrote_for_good_guarded_tables_are_empty(turn):
    assert guards.missing(connection) == []
    assert Account.objects.count() == Transfer.objects.count() == 0
    book(*accounts()[:2])
    guards.remove(connection)
    emptying.empty(connection)
    assert guards.missing(connection) == []
    assert Permission.objects.filter(codename="view_transfer").count() == 1  # as migrate made it
    book(*accounts()[:2])
    assert refused(lambda: Transfer.objects.update(amount=1))


@pytest.mark.django_db(transaction=True)
def test_what_was_kept_is_put_back():
    book(*accounts()[:2])
    kept, before = emptying.keep(connection), list(Transfer.objects.values())
    book(*Account.objects.filter(unit="fen"))
    for _ in range(2):
        emptying.put_back(connection, kept)
        assert list(Transfer.objects.values()) == before
    assert guards.missing(connection) == []
    book(*Account.objects.filter(unit="fen"))
    assert Transfer.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_the_program_s_own_flush_is_refused():
    """Outside the tests nothing steps aside: `manage.py flush` loses no book."""
    book(*accounts()[:2])
    with pytest.raises(CommandError):
        call_command("flush", interactive=False, verbosity=0)
    assert Transfer.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("was", "becomes", "lets"),
    [
        ({}, {"state": "replaced", "ended_at": NOW}, True), ({}, {"revealed_at": NOW}, True),
        ({}, {"sealed": b"y"}, False), ({}, {"key_id": "other"}, False),
        ({"revealed_at": NOW}, {"revealed_at": None}, False), ({"revealed_at": NOW}, {"revealed_at": LATER}, False),
        ({"state": "replaced"}, {"state": "delivered"}, False), ({"state": "delivered"}, {"state": "void"}, True),
    ],
)  # fmt: skip
def test_a_card_key_moves_on_and_never_back(story, was, becomes, lets):
    CardKey.objects.update(**was)
    assert refused(lambda: CardKey.objects.update(**becomes)) is not lets
