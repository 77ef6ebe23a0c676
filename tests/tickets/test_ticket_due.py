"""The one date over a ticket: whose promise it is in each state, and what the newest line of its course says of it."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts.models import User
from common import clock
from orders.models import Product
from tests.tickets.case import claim, fallen, work
from tests.tickets.desk_case import act, large, person, unhappy, unmeasured
from tickets.models import Ticket
from tickets.services import waiting
from tickets.web import read_ticket
from tickets.web.present_ticket import present_ticket

pytestmark = pytest.mark.django_db
BEGAN = datetime(2026, 11, 22, 5, 5, tzinfo=UTC)  # 13:05 in the shop
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def began(time_machine):
    time_machine.move_to(BEGAN, tick=False)


def by_hand():
    """A refund decided without a person, which a person pays."""
    fallen(left=700, gateway="wallet")
    return claim()


def seller_asked():
    ticket = large()
    Product.objects.update(developer=User.objects.get(pk=person("yun", "developer").pk))
    act(ticket, "request_proof", whom="developer", text="发货了没有？")
    return ticket


def said_not_yet():
    fallen(left=850)
    ticket = claim()
    work(60)
    unhappy(ticket)
    return ticket


def seen(ticket):
    """(title, date, what comes by then)."""
    now = clock.now()
    sheet = read_ticket.read(reader=person("boss"), no=ticket.no, acts=True, now=now)
    page = present_ticket(sheet=sheet, now=now)
    return page.title, page.due.value, page.flow[-1].text


@pytest.mark.parametrize(
    ("story", "page"),
    [
        (by_hand, ("专人正在给您退款 ¥50.00", "明天 13:05", "13:05 前全部办好")),
        (large, ("专人在看，看过就答复您", "今天 15:05", "最迟这时，专人给您结果")),
        (unmeasured, ("专人在看，看过就答复您", "今天 15:05", "最迟这时，专人给您结果")),
        (said_not_yet, ("专人在看，看过就答复您", "今天 13:35", "最迟这时，专人答复您")),
        (seller_asked, ("等商家答复", "11-24 13:05", "13:05 前等商家答复；没有答复由专人决定")),
    ],
    ids=["paid by hand", "to be approved", "unmeasured", "not yet", "the seller is asked"],
)
def test_the_date_is_that_of_the_promise_which_the_title_names(outside, story, page):
    assert seen(story()) == page


def test_what_has_escalated_has_the_later_date_once_its_promise_has_passed(outside, time_machine):
    ticket = by_hand()
    Ticket.objects.update(due_at=BEGAN + 24 * HOUR)
    time_machine.move_to(BEGAN + 25 * HOUR, tick=False)
    waiting.run_due(now=clock.now())
    assert seen(ticket)[1] == "今天 18:05"
