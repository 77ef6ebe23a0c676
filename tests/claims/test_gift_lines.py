"""A gift is a line of its own: made when it came, covered for a day, reached by whoever reaches its order."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import transaction
from django.test import Client

from accounts.rules import Guest
from common import clock
from common.refusals import Absent, Invalid
from compensation import queries as compensation
from compensation.models import LineBudget, Remedy
from compensation.queries import quote
from compensation.services import gift_lines, intake
from compensation.services.recomputing import recomputed_differently
from compensation.services.scan import scan_drops
from evidence.models import Entry
from orders import queries as orders
from orders.models import Order
from orders.services import gifts
from orders.services.gifts import Gift
from orders.services.intake import OrderConflict
from orders.services.observations import take_observations
from tests.claims.conftest import claim, count, find, new_order, settle_up, told

pytestmark = pytest.mark.django_db


@pytest.fixture
def given(fell, work):
    """A line that fell by 30 %, refunded, and its gift of 1000 that came this instant; the count before it was 720."""
    fell("A-1", 700)
    ticket = claim("A-1")
    work()
    assert told(ticket)[1][0] == ("gift", "settled", 1000, 1000)
    settle_up(ticket)
    return find("A-1-G1")


def came_hours_ago(line, hours):
    """The gift came so long ago, its line with it."""
    at = clock.now() - timedelta(hours=hours)
    window = at + timedelta(seconds=line.window_seconds)
    type(line.rollup).objects.filter(order=line).update(completed_at=at, final_at=at, window_ends_at=window)
    line.deliveries.update(delivered_at=at)
    return find(line.order_no)


def test_what_came_is_a_line(given):
    origin = find("A-1")
    remedy = Remedy.objects.get(kind="gift")
    same = ("product_id", "buyer_id", "target", "policy_code", "policy_version", "policy_hash", "long_term")
    assert {name: getattr(given, name) for name in same} == {name: getattr(origin, name) for name in same}
    assert (given.quantity, given.paid_fen, given.list_fen, given.baseline) == (1000, 0, 0, 720)
    assert (given.origin_no, given.gift_key, given.warranty_days) == ("A-1", remedy.key, 0)
    assert (given.paid_at, given.rollup.completed_at) == (remedy.created_at, remedy.settled_at)
    assert (given.rollup.delivered, given.rollup.completed_by, given.rollup.window_ends_at) == (
        1000, "final", remedy.settled_at + timedelta(hours=24),
    )  # fmt: skip
    assert LineBudget.objects.get(order=given).paid_fen == 0
    said = json.loads(Entry.objects.get(kind="order", order_no="A-1-G1").body)["data"]
    assert (said["paid_fen"], said["gift"]) == (0, {"origin": "A-1", "key": str(remedy.key)})
    facts = quote(order=given, reason="drop", now=clock.now()).facts
    assert (facts.gift, facts.ordered, facts.delivered, facts.paid_fen) == (True, 1000, 1000, 0)


@pytest.mark.parametrize("under", ["A-1", "A-1-G1"])
def test_it_drops_within_its_day(given, work, under):
    """Counted under the number the shop knows, or under the gift's own."""
    came_hours_ago(given, 5)
    row = {"order_no": under, "observed_at": (clock.now() - timedelta(hours=1)).isoformat(), "count": 1600}
    assert take_observations(raw_rows=[row | {"measurable": True}], now=clock.now()).accepted == 1
    ticket = claim("A-1-G1")
    assert (ticket.decision.clause, ticket.state) == ("drop.gift", "fulfilling")
    assert ticket.decision.body["remedies"] == [
        {"kind": "top_up", "amount_fen": None, "quantity": 120, "grade": "premium"}
    ]
    assert ticket.decision.body["measures"]["loss"] == 120
    (counted,) = ticket.decision.sources["counts"]
    assert (counted["count"], counted["own"]) == (1600, under == "A-1-G1")
    work()
    assert told(ticket) == ("confirming", [("top_up", "settled", 120, 120)])
    assert list(recomputed_differently()) == []
    # On their way, or come since the count: nothing more.
    settle_up(ticket)
    assert told(claim("A-1-G1"))[1] == []


@pytest.mark.parametrize(("hours", "clause"), [(71, "drop.gift"), (73, "drop.outside")])
def test_its_day_is_claimed_within_the_time_to_claim(given, hours, clause):
    came_hours_ago(given, hours)
    count("A-1-G1", 1580, ago=hours - 20)  # over 20: the counter stood at 1600
    ticket = claim("A-1-G1")
    assert (ticket.decision.clause, [r.quantity for r in ticket.decision.remedies.all()]) == (
        clause, [120] if clause == "drop.gift" else [],
    )  # fmt: skip


def test_before_anybody_counts_nothing_of_it_is_missing(given):
    ticket = claim("A-1-G1")
    assert (ticket.decision.clause, ticket.state, ticket.decision.facts["present"]) == (
        "drop.none", "resolved", 1000,
    )  # fmt: skip


def test_first_counted_after_its_day_a_person_looks(given):
    later = clock.now() + timedelta(hours=30)
    row = {"order_no": "A-1", "observed_at": later.isoformat(), "count": 1500, "measurable": True}
    assert take_observations(raw_rows=[row], now=later).accepted == 1
    assert claim("A-1-G1", now=later).decision.clause == "drop.unmeasurable"


def test_what_falls_after_its_day_is_nobodys(given):
    came_hours_ago(given, 30)
    count("A-1-G1", 1700, ago=10)  # inside the day, whole
    count("A-1-G1", 1500, ago=2)
    assert claim("A-1-G1").decision.clause == "drop.none"


def test_no_count_of_the_gift_moves_what_came(given):
    came_hours_ago(given, 5)
    for hours, present in ((4, 1000), (2, 1500)):
        count("A-1-G1", present, ago=hours)
    rollup = find("A-1-G1").rollup
    assert (rollup.delivered, rollup.contradicted_at) == (1000, None)


def test_settled_twice_is_one_line(given):
    remedy = Remedy.objects.get(kind="gift")
    with transaction.atomic():
        gift_lines.open_line(remedy=remedy, now=clock.now())
    assert Order.objects.filter(origin_no="A-1").count() == 1


def test_a_partial_gift_and_its_rest_are_two_lines(fell, work):
    fell("A-1", 700, target="https://v.example/partial")
    ticket = claim("A-1")
    work()
    assert told(ticket)[1] == [
        ("gift", "settled", 1000, 333), ("refund", "settled", 5000, 0), ("gift", "settled", 667, 222),
        ("gift", "held", 445, 0),
    ]  # fmt: skip
    lines = Order.objects.filter(origin_no="A-1").order_by("pk")
    assert [(line.order_no, line.quantity) for line in lines] == [("A-1-G1", 333), ("A-1-G2", 222)]


def test_where_nobody_counted_before_it_a_person_looks(fell):
    origin = fell("A-1", 700)
    remedy = Gift(uuid4(), 1, 500, clock.now() - timedelta(hours=60), clock.now())
    with transaction.atomic():
        line, fresh = gifts.add_line(origin=origin, gift=remedy, now=clock.now())
    assert (fresh, line.baseline, find(line.order_no).rollup.delivered) == (True, 0, None)
    count(line.order_no, 480)
    assert find(line.order_no).rollup.delivered is None
    assert claim(line.order_no).decision.clause == "drop.unmeasurable"


@pytest.mark.parametrize(
    ("order_no", "taken", "expected"),
    [
        ("A-1", [], "A-1-G1"),
        ("A-1", ["A-1-G1"], "A-1-00000000-G1"),
        ("x" * 61, [], "x" * 61 + "-G1"),
        ("x" * 62, [], "x" * 52 + "-00000000-G1"),
        ("x" * 64, [], "x" * 52 + "-00000000-G1"),
    ],
)
def test_its_number_is_the_same_each_time_and_free(fell, order_no, taken, expected):
    for number in taken:
        fell(number, 1000)
    gift = Gift(uuid4().__class__(int=0), 1, 500, clock.now(), clock.now())
    with transaction.atomic():
        line, _ = gifts.add_line(origin=fell(order_no, 700), gift=gift, now=clock.now())
    assert (line.order_no, len(line.order_no) <= 64) == (expected, True)


def test_the_shop_has_no_order_under_a_gifts_number(given):
    with pytest.raises(OrderConflict):
        intake.take_order(new=new_order("A-1-G1"), now=clock.now())


def test_it_is_no_purchase(given):
    assert list(orders.payments_of({"b-1"})) == [
        (find("A-1").pk, "b-1", find("A-1").paid_at),
    ]
    assert compensation.paid_months({"b-1"}) == {}  # the one that was paid for is refunded
    came_hours_ago(given, 30)
    assert scan_drops(at=clock.now() + timedelta(hours=8))["lines"] == 1


def test_no_effect_guarantee_on_a_gift(given):
    with pytest.raises(Invalid) as refused:
        claim("A-1-G1", reason="low_interaction")
    assert refused.value.errors[0]["code"] == "unknown_reason"
    assert claim("A-1-G1", reason=None, text="没有人互动，评论太少").reason in ("other", "question", "drop")


def test_its_guest_and_its_buyer_reach_it_and_nobody_else(given, fell, client_as):
    fell("A-2", 1000, buyer_external_id="b-2")
    mine, other = Guest(order_no="A-1"), Guest(order_no="A-2")
    assert orders.find_order(reader=mine, order_no="A-1-G1").order_no == "A-1-G1"
    with pytest.raises(Absent):
        orders.find_order(reader=other, order_no="A-1-G1")
    claim("A-1-G1", reason="question")
    statuses = {
        role: client_as(role).get("/api/v1/orders/A-1-G1/").status_code
        for role in ("guest:A-1", "buyer", "guest:A-2", "nobody")
    }
    assert statuses == {"guest:A-1": 200, "buyer": 200, "guest:A-2": 404, "nobody": 401}
    listed = client_as("guest:A-1").get("/api/v1/orders/").json()["results"]
    assert [(row["order_no"], row["gift_of"]) for row in listed] == [("A-1-G1", "A-1"), ("A-1", None)]
    tickets = client_as("guest:A-1").get("/api/v1/tickets/").json()["results"]
    assert [row["order_no"] for row in tickets] == ["A-1-G1", "A-1"]
    answer = client_as("guest:A-1").post("/api/v1/orders/A-1-G1/quote/", {"reason": "drop"}, format="json")
    assert answer.status_code == 200


def test_its_page_opens_in_the_browser_that_opened_its_order(given, settings):
    from accounts.services import guest_access

    guest_access.set_many(passwords={"A-1": "secret-1"})
    browser = Client()
    page = {"order_no": "A-1", "query_password": "secret-1"}
    assert browser.post("/", page).status_code == 302
    assert browser.get("/orders/A-1-G1/").status_code == 200
    assert Client().get("/orders/A-1-G1/").status_code == 404
