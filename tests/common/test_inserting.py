"""Rows in one statement: each gets its own id, and what it was given comes back as the ORM would have stored it."""

import uuid

import pytest
from django.db import IntegrityError, transaction

from common import clock
from common.inserting import insert
from compensation.models import PolicyVersion
from integrations.models import Intent
from ledger.models import Account

NOW = clock.now()


def intent(**changes):
    given = {
        "key": uuid.uuid4(), "kind": "top_up", "provider": "supplier", "order_no": "A-1", "body": '{"a": "补"}',
        "quantity": 5, "state": "pending", "next_at": NOW, "created_at": NOW,
    }  # fmt: skip
    return Intent(**given | changes)


@pytest.mark.django_db
def test_what_is_written_is_what_the_orm_reads():
    row = intent()
    assert insert(row) is row
    read = Intent.objects.get(pk=row.pk)
    names = [field.attname for field in Intent._meta.concrete_fields]
    assert {name: getattr(read, name) for name in names} == {name: getattr(row, name) for name in names}
    assert (row._state.adding, row._state.db) == (False, "default")
    read.save()  # known to be there: an UPDATE


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 3, 400])
def test_each_row_gets_its_own_id(count, django_assert_num_queries):
    rows = [Account(code=f"c.{n}", unit="fen") for n in range(count)]
    with django_assert_num_queries(1):
        insert(*rows)
    assert {row.pk: row.code for row in rows} == dict(Account.objects.values_list("pk", "code"))


@pytest.mark.django_db
def test_json():
    data = {"数": [1, None, True]}
    row = insert(
        PolicyVersion(code="p", version=1, kind="metered", title="规则", data=data, hash="", published_at=NOW)
    )
    assert PolicyVersion.objects.get(pk=row.pk).data == data


@pytest.mark.django_db
def test_constraints_hold():
    key = uuid.uuid4()
    insert(intent(key=key))
    with pytest.raises(IntegrityError), transaction.atomic():
        insert(intent(key=key))
    with pytest.raises(IntegrityError), transaction.atomic():
        insert(intent(quantity=-1))
