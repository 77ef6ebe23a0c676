"""Why a buyer is a long-term one, or how far from it: kept with the order, told on its pages and by the API."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from accounts.models import Buyer, User
from accounts.services import people
from common import clock, figures
from compensation.models import LineBudget
from compensation.queries import policy_version
from compensation.rules import loyalty
from orders.models import Order
from tests.orders.conftest import PAID
from tickets.models import Ticket
from tickets.services import claims
from tickets.web.loyalty import standing_of, told

pytestmark = pytest.mark.django_db


def paid(month, year=2024):
    return datetime(year, month, 15, tzinfo=UTC)


def kept(no):
    return Order.objects.values_list("long_term", "streak_months", "streak_needed").get(order_no=no)


# ---- kept at payment


def test_the_months_are_kept_as_they_were_at_payment(sell):
    for number, month in (("A-1", 8), ("A-2", 9), ("A-3", 10), ("A-4", 12)):
        sell(number, paid_at=paid(month))
    sell("A-5", paid_at=paid(12), paid_fen=0, list_fen=0, buyer_external_id="b-2")
    found = [kept(f"A-{n}") for n in range(1, 6)]
    assert found == [(False, 1, 3), (False, 2, 3), (True, 3, 3), (False, 1, 3), (False, 0, 3)]
    LineBudget.objects.filter(order__order_no="A-2").update(settled_fen=5000)  # refunded later
    sell("A-6", paid_at=paid(10))
    assert (kept("A-3"), kept("A-6")) == ((True, 3, 3), (False, 1, 3))


# ---- said

BRINGS = "掉了超过 10%、不超过 20% 的按 1:1.5 补，时限减半，排队在前"
SAID = [
    # long-term, streak, needed, paid in, what is said
    (True, 3, 3, (2026, 11), f"您是长期用户：2026 年 9、10、11 月每月都有单，所以{BRINGS}。"),
    (True, 3, 3, (2026, 1), f"您是长期用户：2025 年 11、12 月、2026 年 1 月每月都有单，所以{BRINGS}。"),
    (True, 8, 3, (2026, 1), f"您是长期用户：2025 年 6 月到 2026 年 1 月每月都有单，所以{BRINGS}。"),
    (True, None, None, (2026, 1), f"您付款时是长期用户，所以{BRINGS}。"),
    (False, 2, 3, (2026, 11),
     f"到这一单您连续 2 个月有单（2026 年 10、11 月），再有 1 个月就是长期用户：{BRINGS}。"),
    (False, 1, 3, (2026, 11),
     f"到这一单您连续 1 个月有单（2026 年 11 月），再有 2 个月就是长期用户：{BRINGS}。"),
    (False, 0, 3, (2026, 11), f"连续 3 个月每月都有付过款的单，就是长期用户：{BRINGS}。"),
    (False, None, None, (2026, 11), ""),
]  # fmt: skip


@pytest.mark.parametrize(("long_term", "streak", "needed", "month", "said"), SAID)
def test_the_sentence(shop, long_term, streak, needed, month, said):
    order = Order(
        long_term=long_term, streak_months=streak, streak_needed=needed, paid_at=paid(month[1], month[0])
    )
    assert told(standing_of(order, policy_version("metered-standard", 1))) == said


def test_goods_without_that_tier_promise_only_what_they_have(shop):
    order = Order(long_term=True, streak_months=3, streak_needed=3, paid_at=paid(11))
    assert told(standing_of(order, policy_version("course-standard", 1))) == (
        "您是长期用户：2024 年 9、10、11 月每月都有单，所以时限减半，排队在前。"
    )


def test_the_sentence_in_english(shop):
    order = Order(long_term=False, streak_months=2, streak_needed=3, paid_at=paid(1))
    with translation.override("en"):
        said = told(standing_of(order, policy_version("course-standard", 1)))
        months = figures.months(loyalty.run(8, ending=(2026, 1)))
    assert said == (
        "Up to this order you have ordered in 2 months in a row (Dec 2023, Jan 2024). 1 more month makes you a "
        "long-term buyer: time limits are halved and you come first in the queue."
    )
    assert months == "Jun 2025 to Jan 2026"


# ---- on the pages


@pytest.fixture
def three(sell):
    """A buyer with an order in each of three months; the last of them is this month's."""
    now = clock.now()
    first = clock.shanghai(now).replace(day=1, hour=12)
    for number, at in (
        ("A-1", first - timedelta(days=40)),
        ("A-2", first - timedelta(days=10)),
        ("A-3", now),
    ):
        sell(number, paid_at=at)
    return Order.objects.select_related("product", "buyer", "rollup").get(order_no="A-3")


@pytest.fixture
def buyer(three):
    user = people.ensure_user(username="b-one", role="buyer", buyer=three.buyer)
    client = Client()
    client.force_login(user)
    return client


def asked(order_no):
    order = Order.objects.select_related("product", "buyer", "rollup").get(order_no=order_no)
    return claims.open_claim(
        order=order,
        reason="question",
        text="怎么用",
        quantity=None,
        channel="web",
        actor="b-one",
        now=clock.now(),
    )


def test_the_order_page_and_the_ticket_say_why(three, buyer):
    agent = people.ensure_user(username="qiao", role="ops", is_staff=True)
    Buyer.objects.filter(pk=three.buyer_id).update(agent=agent)
    with CaptureQueriesContext(connection) as seen:
        page = buyer.get("/orders/A-3/").content.decode()
    assert "您是长期用户：" in page
    assert "每月都有单" in page
    assert len(seen) <= 12
    ticket = asked("A-3")
    page = buyer.get(f"/tickets/{ticket.no}/").content.decode()
    assert "您是长期用户：" in page
    assert "您的专属客服：qiao" in page
    assert Ticket.objects.get(no=ticket.no).assignee == agent
    assert "再有 2 个月就是长期用户" in buyer.get("/orders/A-1/").content.decode()


@pytest.mark.parametrize("now", [{"is_active": False}, {"role": "developer"}])
def test_whoever_left_is_promised_to_nobody_and_gets_no_cases(three, buyer, now):
    agent = people.ensure_user(username="qiao", role="ops", is_staff=True)
    Buyer.objects.filter(pk=three.buyer_id).update(agent=agent)
    User.objects.filter(pk=agent.pk).update(**now)
    ticket = asked("A-3")
    assert Ticket.objects.get(no=ticket.no).assignee is None
    assert "您的专属客服" not in buyer.get(f"/tickets/{ticket.no}/").content.decode()


def test_nobody_is_promised_to_who_is_not_a_long_term_buyer(three, buyer):
    agent = people.ensure_user(username="qiao", role="ops", is_staff=True)
    Buyer.objects.filter(pk=three.buyer_id).update(agent=agent)
    ticket = asked("A-1")
    assert "专属客服" not in buyer.get(f"/tickets/{ticket.no}/").content.decode()
    assert Ticket.objects.get(no=ticket.no).assignee is None


# ---- GET /me/

NOTHING = {"points": None, "credit": None, "fast_lane": None}


def test_who_i_am(three, client_as):
    agent = people.ensure_user(username="qiao", role="ops", is_staff=True)
    Buyer.objects.filter(pk=three.buyer_id).update(agent=agent)
    client = client_as("buyer")
    with CaptureQueriesContext(connection) as seen:
        told_of = client.get("/api/v1/me/").json()
    assert told_of == {
        "username": "the-buyer", "role": "buyer", "long_term": True, "streak_months": 3, "named_agent": "qiao",
        **NOTHING, "points": 0,
    }  # fmt: skip
    assert len(seen) <= 8
    Buyer.objects.update(agent=None)
    assert client.get("/api/v1/me/").json()["named_agent"] is None


def test_a_streak_that_ended_is_none(sell, client_as):
    sell("A-1", paid_at=PAID)
    told_of = client_as("buyer").get("/api/v1/me/").json()
    assert (told_of["long_term"], told_of["streak_months"]) == (False, 0)


@pytest.mark.parametrize("role", ["shop", "ops", "developer"])
def test_others_have_no_streak(shop, client_as, role):
    assert client_as(role).get("/api/v1/me/").json() == {
        "username": f"the-{role}", "role": role, "long_term": None, "streak_months": None, "named_agent": None,
        **NOTHING,
    }  # fmt: skip


def test_a_guest_has_no_name_and_a_stranger_nothing(sell, client_as):
    sell()
    assert client_as("guest:A-1").get("/api/v1/me/").json() == {
        "username": None, "role": "guest", "long_term": None, "streak_months": None, "named_agent": None, **NOTHING,
    }  # fmt: skip
    assert client_as("nobody").get("/api/v1/me/").status_code == 401
