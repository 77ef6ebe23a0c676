"""What no page of ours sends, sent by hand: said clearly, and nothing is done."""

from types import SimpleNamespace

import pytest

from common import clock
from tests.tickets.case import state
from tests.tickets.desk_pages import QUEUE, do, person, said, waiting
from tickets.models import QuickReply
from tickets.web.event_words import event_sheets

pytestmark = pytest.mark.django_db
NUMBERS = ["²", "١", "9" * 19, "9" * 5000, "-1", "x"]


@pytest.mark.parametrize("number", NUMBERS)
def test_a_version_that_is_no_number_is_as_stale_as_can_be(shop, number):
    ticket, client = waiting(), person()
    answer = do(client, ticket, "refuse", version=number, reason="看过")
    assert (answer.status_code, state(ticket)) == (409, "waiting_ops")


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("chosen", ["{}.1", "1.{}", "{}"])
def test_what_is_ticked_is_read_or_told(shop, number, chosen):
    ticket, client = waiting(), person()
    answer = client.post(
        f"{QUEUE}bulk/", {"do": "mine", "chosen": [f"{ticket.pk}.0", chosen.format(number)]}, follow=True
    )
    assert said(answer) == ["勾选的单读不懂，请刷新后再勾。"]
    ticket.refresh_from_db()
    assert ticket.assignee is None


@pytest.mark.parametrize("number", [*NUMBERS, ""])
def test_a_quick_reply_that_there_is_not(shop, number):
    QuickReply.objects.create(title="在查", text="在查")
    ticket, client = waiting(), person()
    chosen = {"do": "reply", "chosen": [f"{ticket.pk}.{ticket.version}"], "quick": number}
    assert said(client.post(f"{QUEUE}bulk/", chosen, follow=True)) == ["请选一句快捷回复。"]


def test_pictures_that_we_added_are_not_said_to_be_the_buyers():
    now = clock.now()
    events = [
        SimpleNamespace(kind="attachment", actor=actor, at=now, data={}, text="")
        for actor in ("buyer", "buyer", "ops")
    ]
    assert [sheet.text for sheet in event_sheets(events)] == ["您补充了 2 个凭证", "专人补充了 1 个凭证"]
