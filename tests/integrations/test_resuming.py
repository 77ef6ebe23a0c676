"""Sending goes on where a person says so: once, with a reason, in the record."""

import pytest

from common import clock
from evidence.models import Entry
from integrations.models import Standstill
from integrations.services import standstill

pytestmark = pytest.mark.django_db


@pytest.fixture
def still():
    standstill.begin(last_known=None, now=clock.now())
    return standstill.current()


def resume(row, *, by="qiao", reason="两方的清单都看过"):
    standstill.resume(row=row, by=by, reason=reason, now=clock.now())


def test_once_with_who_and_why_in_the_record(still):
    assert not standstill.sends()
    resume(still)
    assert standstill.sends()
    entry = Entry.objects.get(kind="sending_resumed")
    assert (entry.internal, "qiao" in entry.body, "两方的清单都看过" in entry.body) == (True, True, True)
    with pytest.raises(standstill.OverBefore):
        resume(still, by="he")
    assert Entry.objects.filter(kind="sending_resumed").count() == 1


def test_without_a_reason_it_stays(still):
    with pytest.raises(standstill.WhyMissing):
        resume(still, reason=" ")
    assert standstill.is_open()


def test_not_where_it_went_further_back_since_it_was_read(still):
    Standstill.objects.update(since=clock.now())
    with pytest.raises(standstill.OverBefore):
        resume(still)
    assert standstill.is_open()
