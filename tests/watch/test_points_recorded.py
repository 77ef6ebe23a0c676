"""What the record says of points: no buyer's number, entries of before still hold, and whose they are is checked."""

import pytest
from django.db import connection

from common import clock, guards
from common.progress import bar
from evidence.models import Entry
from evidence.rules.entries import Fact, body_of, digest_of
from ledger.models import Transfer
from ledger.services import recording
from shop_aftersales import record
from tests.watch.test_earning import over, sold

pytestmark = pytest.mark.django_db


def found():
    return list(record.check_everything(bar=bar))


@pytest.fixture
def earned(shop, by_day):
    record.open_record(now=clock.now())
    sold("A-1", buyer_external_id="b-1")
    sold("A-2", buyer_external_id="b-2")
    over(by_day)
    return Transfer.objects.order_by("pk").select_related("credit")


def test_an_entry_of_before_that_numbers_the_buyer_still_holds(earned):
    row = earned[0]
    entry = Entry.objects.get(kind="transfer", row_id=row.pk)
    assert f'"{row.credit.code}"' not in entry.body
    [(_, _, whole)] = recording.transfers(after=row.pk - 1, only=row.pk)
    body = body_of(Fact("transfer", row.order_no, whole, False, row.pk), at=entry.recorded_at)
    assert f'"credit":"{row.credit.code}"' in body
    guards.remove(connection)
    Entry.objects.filter(pk=entry.pk).update(body=body, digest=digest_of(salt=entry.salt, body=body))
    assert found() == []


def test_points_put_on_anothers_account_are_found(earned):
    one, other = earned
    guards.remove(connection)
    Transfer.objects.filter(pk=one.pk).update(credit=other.credit)
    assert f"订单 {one.order_no}：积分记在别人的科目上" in found()
