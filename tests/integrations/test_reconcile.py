"""What the providers list against what we remember."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from integrations import queries
from integrations.services import inbound, reconcile, sending
from tests.integrations.provider_stub import (
    T0,
    file_top_up,
    key_of,
    news,
    read,
    stub,
    sweep_for,
)
from tests.integrations.test_inbound import raw

__all__ = ["news", "stub"]
pytestmark = pytest.mark.django_db
SINCE = T0 - timedelta(days=1)
TOMORROW = T0 + timedelta(days=1)


@pytest.fixture(autouse=True)
def only_the_supplier(settings, stub):
    settings.SHOP_REFUND_URL = ""


def row(number: int = 1, **changes) -> dict:
    return {"key": str(key_of(number)), "reference": "R-0", "state": "completed", "quantity": 10} | changes


def run(stub, *rows):
    stub.listed = list(rows)
    found = reconcile.run(since=SINCE, now=TOMORROW)
    return found.listed, found.settled, found.mismatches, found.unreachable


def test_agreement_says_nothing(stub, news):
    file_top_up()
    sweep_for(60)
    heard = list(news)
    assert (run(stub, row()), news) == ((1, 0, 0, []), heard)
    assert not queries.stale(name="reconcile", now=TOMORROW, age=timedelta(minutes=1))


def test_what_they_finished_and_we_did_not_is_settled_by_asking(stub):
    intent = file_top_up()
    sending.work(key=intent.key, now=T0)
    assert run(stub, row()) == (1, 1, 0, [])
    assert (read(intent).state, read(intent).delivered) == ("settled", 10)


def test_a_list_alone_settles_nothing(stub):
    intent = file_top_up()
    sending.work(key=intent.key, now=T0)
    stub.ends = {"state": "in_progress"}
    assert run(stub, row()) == (1, 0, 0, [])
    assert read(intent).state == "processing"


@pytest.mark.parametrize(
    ("listed", "kind"),
    [
        (row(9), "unknown_key"), (row(key="nobody's"), "unknown_key"), (row(state=None), "unreadable"),
    ],
)  # fmt: skip
def test_what_we_do_not_know_is_a_mismatch(stub, news, listed, kind):
    assert run(stub, listed) == (1, 0, 1, [])
    assert news == [("mismatch", kind, f"supplier:{listed['key']}")]


def test_another_quantity_holds_what_is_unfinished(stub, news):
    intent = file_top_up()
    sending.work(key=intent.key, now=T0)
    assert run(stub, row(quantity=9)) == (1, 0, 1, [])
    assert (read(intent).state, read(intent).held_reason) == ("held", "mismatch")


def test_another_quantity_or_end_of_what_is_finished_is_reported_each_time(stub, news):
    intent = file_top_up()
    sweep_for(60)
    news.clear()
    assert run(stub, row(quantity=9)) == (1, 0, 1, [])
    assert run(stub, row(state="rejected")) == (1, 0, 1, [])
    assert [what[1] for what in news] == ["quantity", "state"]
    assert read(intent).state == "settled"


def test_what_we_booked_and_they_do_not_list_is_a_mismatch(stub, news):
    file_top_up()
    sweep_for(60)
    news.clear()
    assert run(stub) == (0, 0, 1, [])
    assert news == [("mismatch", "not_listed", f"supplier:{key_of()}")]


def test_a_restored_database_settles_what_the_provider_has_already_done(stub):
    first = file_top_up()
    sweep_for(60)
    type(first).objects.all().delete()
    again = file_top_up(now=TOMORROW)
    assert run(stub, row()) == (1, 1, 0, [])
    assert (read(again).state, len(stub.executions)) == ("settled", 1)


def test_a_provider_that_gives_no_list_is_named(stub, settings):
    stub.faults["GET"].append((False, "500"))
    assert run(stub) == (0, 0, 0, ["supplier"])
    assert queries.stale(name="reconcile", now=TOMORROW, age=timedelta(days=9))


def test_the_command(stub):
    stub.listed, out = [], StringIO()
    call_command("reconcile", "--since", "2026-11-21T05:05:00Z", stdout=out)
    assert out.getvalue() == "对方清单 0 笔，由此了结 0 笔，对不上 0 处。\n"
    assert stub.seen[-1][:2] == ("GET", "/base/orders?since=2026-11-21T05:05:00Z")
    stub.faults["GET"].append((False, "500"))
    with pytest.raises(CommandError) as failed:
        call_command("reconcile", stdout=out)
    assert failed.value.returncode == 1


def test_a_dispute_stays_with_the_person(stub, news):
    intent = file_top_up()
    inbound.take_callback(channel="supplier", body=raw(1, delivered=11), now=T0)
    run(stub, row())
    assert (read(intent).state, read(intent).held_reason) == ("held", "mismatch")
