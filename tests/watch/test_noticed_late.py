"""A drop is noticed whenever somebody comes to look: late, while it waits for the morning, after the filing limit."""

import json
from datetime import timedelta

import pytest
from django.db.models import F

from accounts.models import InboxMessage
from common import clock
from compensation.services import intake
from evidence.models import Entry
from orders.models import Rollup
from orders.services.deliveries import take_deliveries
from orders.services.observations import take_observations
from tests.orders.conftest import new_order
from tests.tickets.case import BASELINE, claim, count, fallen
from tests.watch.test_put_off import held_lines
from tests.watch.test_warnings import later, look, waiting, warnings
from watch.models import DropWarning
from watch.services import looking, mass

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


def pushed(order_no, *rows):
    """Counts of (age, present) that come now, in one file."""
    asked = [
        {"order_no": order_no, "observed_at": (clock.now() - age).isoformat(), "count": present + BASELINE,
         "measurable": True}
        for age, present in rows
    ]  # fmt: skip
    assert take_observations(raw_rows=asked, now=clock.now()).accepted == len(asked)


def sold(order_no="A-1", *, age, target="https://v.example/1"):
    paid = {"paid_at": clock.now() - age, "gateway": "shop", "payment_reference": order_no}
    intake.take_order(new=new_order(order_no, target=target, baseline=BASELINE, **paid), now=clock.now())


def texts():
    return list(InboxMessage.objects.order_by("id").values_list("text", flat=True))


def said():
    """(lost, counted at) of each that the record says was told."""
    told = [json.loads(body) for body in Entry.objects.order_by("id").values_list("body", flat=True)]
    return [
        (one["data"]["loss"], one["data"]["observed_at"]) for one in told if one["data"].get("what") == "said"
    ]


@pytest.mark.parametrize(
    ("age", "told"), [(timedelta(), 1), (DAY, 1), (DAY + timedelta(microseconds=1), 0), (3 * DAY, 0)]
)
def test_counts_that_are_old_when_they_come_are_history(shop, age, told):
    """Though a claim would be in time."""
    sold(age=5 * DAY)
    pushed("A-1", (age + timedelta(hours=20), 1000), (age, 850))
    assert (waiting(), look(), len(warnings())) == (told, told, told)


@pytest.mark.parametrize("late", [timedelta(hours=25), timedelta(hours=53)])
def test_counts_that_came_in_time_are_looked_at_however_late(shop, by_day, late):
    fallen()
    by_day.shift(late)
    assert (look(), warnings()) == (1, [("A-1", "inside", 150, 1000, True)])


def test_later_than_the_filing_limit_it_is_told_as_what_a_claim_then_gives(shop, by_day):
    fallen()
    later(by_day, hours=54, seconds=1)
    assert (look(), warnings(), waiting()) == (1, [("A-1", "slow", 150, 1000, True)], 0)


def test_too_late_to_claim_nobody_is_told(shop, by_day):
    fallen(left=500)
    later(by_day, days=30)
    assert (look(), warnings(), waiting()) == (0, [], 0)


def test_an_old_row_of_one_line_is_no_news_of_another_on_its_target(shop):
    sold("A-1", age=5 * DAY)
    sold("A-2", age=5 * DAY)
    pushed("A-1", (3 * DAY, 1000), (2 * DAY, 700))
    assert waiting() == 0
    pushed("A-1", (MINUTE, 700))
    assert waiting() == 2


def test_what_is_handed_over_makes_no_news_of_the_old_counts_beside_it(shop):
    sold("A-1", age=12 * DAY)
    pushed("A-1", (12 * DAY, 1000), (10 * DAY, 800))
    sold("A-2", age=MINUTE)
    row = {"order_no": "A-2", "delivered_at": clock.now().isoformat(), "quantity": 1000}
    assert take_deliveries(raw_rows=[row], now=clock.now()).accepted == 1
    assert (look(), waiting()) == (0, 0)
    pushed("A-2", (MINUTE, 800))  # one counter for both: now it is news of both
    assert waiting() == 2


def test_a_fresh_row_of_another_target_makes_no_news_of_the_old_ones_in_its_batch(shop):
    for number in range(1, 3):
        sold(f"A-{number}", age=5 * DAY)
        sold(f"B-{number}", age=5 * DAY, target="https://v.example/b")
    rows = [
        {"order_no": order_no, "observed_at": (clock.now() - ago).isoformat(), "count": n, "measurable": True}
        for order_no, ago, n in [("A-1", 3 * DAY, 1000), ("A-1", 2 * DAY, 700), ("B-1", MINUTE, 700)]
    ]
    take_observations(raw_rows=rows, now=clock.now())
    assert [row.order.order_no for row in Rollup.objects.exclude(changes=F("looked")).order_by("pk")] == [
        "B-1",
        "B-2",
    ]


def test_what_becomes_urgent_by_night_waits_no_longer(shop, by_day):
    fallen(left=900)
    later(by_day, hours=10, minutes=30)
    fallen("A-2", left=900, target="https://v.example/2")
    look()
    InboxMessage.objects.all().delete()
    assert [row[4] for row in warnings()] == [False, False]
    later(by_day, hours=1)
    count("A-2", 500, clock.now() - MINUTE)
    look()
    assert warnings() == [("A-1", "inside", 100, 1000, False), ("A-2", "inside", 500, 1000, True)]
    assert [row.urgent for row in DropWarning.objects.order_by("id")] == [False, True]


def test_what_waits_for_a_person_is_marked_urgent_and_goes_on_waiting(shop, by_day, monkeypatch):
    incident = held_lines(monkeypatch, 1, left=900)
    count("A-0", 500, clock.now() - MINUTE)
    look()
    row = DropWarning.objects.get()
    assert (row.urgent, row.due_at, row.said_at) == (True, None, None)
    later(by_day, hours=11)
    mass.end(pk=incident.pk, release=True, by="qiao", reason="抽了三单", now=clock.now())
    look()
    assert texts() == [
        "您买的「说说点赞」少了 500 个，按规则可以退 ¥50.00，另送优质的 1000 个。点开看一眼，按一下就能申请。"
    ]


def test_the_record_and_ops_read_what_the_buyer_was_told(shop, by_day):
    later(by_day, hours=11)
    fallen(left=900)
    look()
    later(by_day, hours=1)
    at = clock.now() - MINUTE
    count("A-1", 850, at)
    look()
    assert (texts(), said()) == ([], [])
    later(by_day, hours=9)
    look()
    assert warnings() == [("A-1", "inside", 150, 1000, True)]
    assert (len(texts()), "少了 150 个" in texts()[0]) == (1, True)
    assert (said(), DropWarning.objects.get().observed_at) == ([(150, at.isoformat())], at)


# ---- lost after the window, within the filing limit


@pytest.fixture
def fell_since(shop, by_day):
    """Complete 40 hours ago, 40 of 1000 lost inside the window, 300 since; nobody counts any more."""
    sold(age=timedelta(hours=60))
    pushed("A-1", (timedelta(hours=20), 960), (timedelta(hours=2), 700))
    count("A-1", 1000, clock.now() - timedelta(hours=40))
    return clock.now() + timedelta(hours=32)


def test_it_is_told_once_the_filing_limit_is_over(fell_since, by_day):
    assert (look(), warnings()) == (1, [("A-1", "slow", 300, 1000, False)])
    by_day.move_to(fell_since - MINUTE)
    assert (look(), texts()) == (0, [])
    by_day.move_to(fell_since + MINUTE)
    assert (look(), warnings()) == (0, [("A-1", "slow", 300, 1000, True)])
    assert texts() == ["您买的「说说点赞」少了 300 个，按规则可以补 300 个。点开看一眼，按一下就能申请。"]
    assert claim().decision.outcome == "compensate"


def test_what_came_back_until_then_is_not_told(fell_since, by_day):
    look()
    count("A-1", 990, clock.now())
    later(by_day, hours=48)
    look()
    assert (texts(), DropWarning.objects.get().dropped_at is None) == ([], False)


def test_let_go_before_its_time_it_waits_for_it(fell_since, by_day, monkeypatch):
    monkeypatch.setattr(mass, "MOST", 0)
    look()
    row = DropWarning.objects.get()
    mass.end(pk=row.incident_id, release=True, by="qiao", reason="抽了一单", now=clock.now())
    look()
    row.refresh_from_db()
    assert (texts(), row.dropped_at, row.due_at > fell_since) == ([], None, True)
    later(by_day, hours=48)
    look()
    assert len(texts()) == 1


def test_a_count_inside_the_window_is_all_there_is_until_it_is_over(shop):
    fallen(left=940)
    looking.run_due(now=clock.now())
    assert (warnings(), waiting()) == ([], 0)
