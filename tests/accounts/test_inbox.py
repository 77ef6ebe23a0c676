"""What is written to a buyer goes out as well where it matters outside and somebody brings it; once per occasion."""

import json
from datetime import UTC, datetime

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Buyer, InboxMessage
from accounts.services import inbox
from accounts.services.inbox import Message
from common import clock
from common.phrases import phrase
from integrations.models import Intent

pytestmark = pytest.mark.django_db
LINK = "/claim/1:secret-signature/"


@pytest.fixture
def buyer():
    return Buyer.objects.create(external_id="b-1", name="小林", contact="qq:12345")


@pytest.fixture
def brought(settings):
    settings.MESSAGE_URL, settings.MESSAGE_SECRET = "http://127.0.0.1:9", "s"
    settings.WEB_URL = "https://shop.example"


def write(buyer, *kinds, about="A-1:inside", link=LINK):
    given = [Message(buyer.pk, "A-1", kind, about, phrase("少了 {n} 个", n=150), link) for kind in kinds]
    inbox.write(messages=given, now=clock.now())


def kinds():
    return (
        sorted(InboxMessage.objects.values_list("kind", flat=True)),
        sorted(json.loads(body)["kind"] for body in Intent.objects.values_list("body", flat=True)),
    )


def test_what_matters_outside_goes_out_and_the_rest_is_read_here(buyer, brought):
    outside = ["notice", "recall", "report", "survey", "warning"]
    write(buyer, *outside, "reply", "decision", "settled")
    assert kinds() == (sorted([*outside, "reply", "decision", "settled"]), outside)


def test_it_carries_whom_what_and_where_to_press(buyer, brought):
    write(buyer, "warning")
    row = Intent.objects.get()
    assert (row.state, row.order_no, row.kind) == ("pending", "A-1", "message")
    assert json.loads(row.body) == {
        "key": str(row.key), "to": {"external_id": "b-1", "contact": "qq:12345"}, "order_no": "A-1",
        "kind": "warning", "text": "少了 150 个", "link": f"https://shop.example{LINK}",
    }  # fmt: skip


def test_at_night_only_what_is_urgent_is_brought_at_once(buyer, brought):
    night, morning = datetime(2026, 11, 24, 15, tzinfo=UTC), datetime(2026, 11, 25, tzinfo=UTC)
    outside = ["warning", "report", "survey", "recall", "notice"]
    given = [Message(buyer.pk, "A-1", kind, "A-1", phrase("好了"), LINK) for kind in outside]
    urgent = Message(buyer.pk, "A-1", "warning", "A-1:inside", phrase("少了"), LINK, urgent=True)
    inbox.write(messages=[*given, urgent], now=night)
    due = list(Intent.objects.order_by("id").values_list("by_day", "next_at"))
    assert due == [(True, morning)] * 5 + [(False, night)]


def test_the_same_occasion_again_is_the_first(buyer, brought):
    write(buyer, "warning")
    write(buyer, "warning", "warning")
    assert kinds() == (["warning"], ["warning"])


def test_without_anybody_to_bring_it_it_stays_in_the_inbox_for_good(buyer, settings):
    settings.MESSAGE_URL = ""
    write(buyer, "warning")
    assert kinds() == (["warning"], [])
    settings.MESSAGE_URL, settings.MESSAGE_SECRET = "http://127.0.0.1:9", "s"
    write(buyer, "warning")  # old news by now
    assert kinds() == (["warning"], [])


def test_a_restored_database_arrives_at_the_same_key(buyer, brought):
    write(buyer, "warning")
    key = Intent.objects.get().key
    InboxMessage.objects.all().delete()
    Intent.objects.all().delete()
    write(buyer, "warning")
    assert Intent.objects.get().key == key


def test_five_hundred_cost_a_few_statements(buyer, brought):
    given = [Message(buyer.pk, "A-1", "report", f"A-{n}", phrase("月报"), "/r/") for n in range(500)]
    with CaptureQueriesContext(connection) as seen:
        inbox.write(messages=given, now=clock.now())
    assert (len(seen) < 60, Intent.objects.count()) == (True, 500)


def test_whoever_is_erased_leaves_nothing_behind(buyer, brought):
    other = Buyer.objects.create(external_id="b-2", contact="qq:2")
    write(buyer, "warning")
    write(other, "warning", about="B-1:inside")
    assert inbox.erase(buyer_id=buyer.pk, now=clock.now()) == 1
    assert InboxMessage.objects.get().buyer == other
    mine, others = Intent.objects.order_by("id")
    assert (mine.state, mine.body, others.state, "b-2" in others.body) == ("voided", "", "pending", True)


def test_whoever_runs_it_erases_a_buyers_messages(buyer, brought, capsys):
    write(buyer, "warning", "notice")
    call_command("erase_messages", "b-1")
    assert ("2 条" in capsys.readouterr().out, kinds_left()) == (True, [])
    with pytest.raises(CommandError):
        call_command("erase_messages", "b-9")


def kinds_left():
    return [row.body for row in Intent.objects.all() if row.body] + list(InboxMessage.objects.all())


def test_an_endless_text_spoils_nothing_and_is_whole_in_the_inbox(buyer, brought):
    given = [Message(buyer.pk, "", "notice", "n-1", phrase("长" * 5000), "/n/")]
    inbox.write(messages=given, now=clock.now())
    body = json.loads(Intent.objects.get().body)
    assert (len(InboxMessage.objects.get().text), len(body["text"]), "order_no" in body) == (
        5000,
        4000,
        False,
    )
