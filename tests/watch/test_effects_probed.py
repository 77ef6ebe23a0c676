"""What nobody counts unasked is asked of the shop's probe before an effect check is put off, within bounds."""

import json
from datetime import timedelta

import pytest

from common import clock
from compensation.models import Remedy, UnitDelivery
from integrations.models import Breaker
from integrations.vendors import http
from integrations.vendors.http import Reply, Unheard
from orders.models import Observation
from tests.watch.test_effects import counted, later, look, packs, rounds, sold
from tickets.models import Ticket
from watch.models import EffectCheck
from watch.services import effects, enrolling, probing

pytestmark = pytest.mark.django_db


class Probe:
    """Answers with so many interactions, or as it is told; keeps whom it was asked about."""

    def __init__(self, by_day):
        self.by_day, self.asked, self.interactions, self.takes = by_day, [], 38, timedelta()
        self.reply = None

    def exchange(self, **request):
        http.assert_no_transaction()
        self.asked.append(request["path"].split("?")[0].removeprefix("/counts/"))
        self.by_day.shift(self.takes)
        if isinstance(self.reply, Exception):
            raise self.reply
        said = {"observed_at": clock.now().isoformat(), "count": 1020, "measurable": True, "shares": 1}
        said["comments"] = None if self.interactions is None else self.interactions + 3
        return self.reply or Reply(200, json.dumps(said).encode())


@pytest.fixture
def probe(settings, monkeypatch, by_day):
    settings.COLLECTOR_URL, settings.COLLECTOR_SECRET = "https://probe.example", "s"
    found = Probe(by_day)
    monkeypatch.setattr(http, "exchange", found.exchange)
    return found


def waits():
    """In how many hours each is looked at again."""
    rows = EffectCheck.objects.filter(ended_at=None).order_by("order__order_no")
    return [round((row.due_at - clock.now()) / timedelta(hours=1)) for row in rows]


def test_a_shop_that_counts_only_when_asked_keeps_the_guarantee(shop, by_day, probe):
    sold()
    later(by_day, days=7)
    assert (look(), packs(), rounds()) == (1, [12], [(1, "granted", 12), (2, "", 0)])
    assert probe.asked == ["A-1"]


def test_what_it_counts_as_enough_is_met(shop, by_day, probe):
    sold()
    probe.interactions = 50
    later(by_day, days=7)
    assert (look(), rounds()) == (0, [(1, "met", 0)])


def test_what_was_counted_lately_is_not_asked_about(shop, by_day, probe):
    sold()
    later(by_day, days=7)
    counted(interactions=38)
    assert (look(), probe.asked) == (1, [])


def test_a_late_count_without_interactions_is_no_count_of_them(shop, by_day, probe):
    sold()
    later(by_day, days=7)
    counted(comments=None)
    later(by_day, minutes=1)
    assert (look(), probe.asked) == (1, ["A-1"])


@pytest.mark.parametrize("unseen", ["no comments", "not its own"])
def test_what_the_probe_does_not_count_either_is_asked_about_once_a_day(shop, by_day, probe, unseen):
    sold()
    probe.interactions, probe.reply = None, Reply(404, b"") if unseen == "not its own" else None
    later(by_day, days=7)
    assert ([look(), look()], probe.asked, waits(), rounds()) == ([0, 0], ["A-1"], [24], [(1, "", 0)])


def many(by_day, n):
    for nth in range(n):
        sold(f"A-{nth}")
    later(by_day, days=7)
    enrolling.run(until=clock.now())


def test_a_pass_asks_so_many_and_the_rest_in_the_next_ones(shop, by_day, probe, monkeypatch):
    monkeypatch.setattr(probing, "MOST", 2)
    many(by_day, 5)
    assert (look(), waits()) == (2, [24, 24, 0, 0, 0])
    later(by_day, minutes=1)
    assert (look(), packs(), probe.asked) == (2, [12] * 4, named(0, 1, 2, 3))


def named(*numbers):
    return [f"A-{nth}" for nth in numbers]


def each_minute(by_day, probe, passes):
    """Whom the probe was asked about in each pass."""
    found = []
    for _ in range(passes):
        before = len(probe.asked)
        look()
        found.append(probe.asked[before:])
        later(by_day, minutes=1)
    return found


@pytest.mark.parametrize("interactions", [38, 50, None])  # given a pack, met, or not counted by it either
def test_a_cohort_is_asked_about_minute_by_minute_each_once(shop, by_day, probe, monkeypatch, interactions):
    monkeypatch.setattr(probing, "MOST", 2)
    probe.interactions = interactions
    many(by_day, 7)
    asked = each_minute(by_day, probe, 6)
    assert asked == [named(0, 1), named(2, 3), named(4, 5), named(6), [], []]


def test_a_slow_probe_is_asked_about_the_rest_a_minute_later(shop, by_day, probe, monkeypatch):
    """Four seconds a question: one a pass."""
    probe.takes = timedelta(seconds=4)
    monkeypatch.setattr(effects.moments, "running_from", lambda now: clock.now)
    many(by_day, 3)
    assert each_minute(by_day, probe, 4) == [named(0), named(1), named(2), []]


def test_who_waits_to_be_asked_about_comes_before_all_that_comes_due_later(shop, by_day, probe, monkeypatch):
    """Else a shop whose probe is asked as much as it bears would never hear of those that were passed over once."""
    monkeypatch.setattr(probing, "MOST", 2)
    many(by_day, 5)
    EffectCheck.objects.filter(order__order_no="A-0").update(due_at=clock.now() + timedelta(seconds=30))
    assert each_minute(by_day, probe, 3) == [named(1, 2), named(3, 4), named(0)]


def test_who_waits_to_be_asked_about_is_not_read_each_minute(shop, by_day, probe, monkeypatch):
    """What comes due behind them is looked at all the same, whether or not anybody is asked about it."""
    monkeypatch.setattr(probing, "MOST", 1)
    monkeypatch.setattr(effects, "BATCH", 2)
    many(by_day, 6)
    read, looked = [], effects.interacting.looked
    monkeypatch.setattr(
        effects.interacting, "looked", lambda orders: read.append(nos(orders)) or looked(orders=orders)
    )
    look()
    assert (read, packs()) == ([named(0, 1), named(0), named(2, 3), named(4, 5), []], [12])
    later(by_day, minutes=1)
    counted("A-5", 38)
    EffectCheck.objects.filter(order__order_no="A-5").update(due_at=clock.now())
    read.clear()
    look()
    assert (read, packs()) == ([named(1, 2), named(1), named(5)], [12] * 3)


def nos(orders):
    return [order.order_no for order in orders]


@pytest.mark.parametrize(
    ("pack", "asked"),
    [
        ({"state": "processing", "delivered": 0}, 1),
        ({"state": "processing", "delivered": 5}, 1),
        ({"state": "held", "delivered": 5}, 1),
        ({"state": "processing", "delivered": 12}, 2),
        ({"state": "settled", "delivered": 12}, 2),
    ],
    ids=repr,
)
def test_who_waits_for_a_pack_is_not_asked_about(shop, by_day, probe, pack, asked):
    """No count settles anything before it has come."""
    sold()
    later(by_day, days=7)
    look()
    Ticket.objects.update(state="closed")  # its case is over, and the pack is still on its way
    Remedy.objects.update(**pack)
    later(by_day, hours=1)
    if pack["delivered"]:
        UnitDelivery.objects.create(
            remedy=Remedy.objects.get(), quantity=pack["delivered"], delivered_at=clock.now()
        )
    later(by_day, days=1)
    probe.interactions = 50
    assert (look(), len(probe.asked), rounds()[1:]) == (0, asked, [(2, "" if asked == 1 else "met", 0)])


def test_a_dead_probe_holds_nobody_up(shop, by_day, probe, monkeypatch):
    """Each question takes its two seconds; what can be seen is seen all the same."""
    many(by_day, 8)
    counted("A-7", 38)
    probe.reply = Unheard("time-out")
    now = clock.now()
    ticks = iter(range(0, 100, 2))
    monkeypatch.setattr(
        effects.moments, "running_from", lambda now: lambda: now + timedelta(seconds=next(ticks))
    )
    assert (effects.run(now=now), len(probe.asked) <= 2, packs()) == (1, True, [12])
    assert sorted(waits()) == [0] * 6 + [1] + [24]


def test_one_that_refuses_at_once_is_left_alone_after_five(shop, by_day, probe):
    many(by_day, 8)
    probe.reply = Unheard("refused")
    assert (look(), len(probe.asked), waits()) == (0, 5, [1] * 8)
    probe.reply = None
    Breaker.objects.update(open_until=clock.now())
    later(by_day, hours=1)
    assert (look(), packs()) == (8, [12] * 8)


def test_one_answer_that_breaks_us_keeps_no_other(shop, by_day, probe, monkeypatch):
    many(by_day, 2)
    count_anew = probing.fresh_counts.count_anew

    def broken(*, order, **more):
        if order.order_no == "A-0":
            raise RuntimeError
        return count_anew(order=order, **more)

    monkeypatch.setattr(probing.fresh_counts, "count_anew", broken)
    assert (look(), waits()) == (1, [1, 24])


def test_at_night_nobody_is_asked(shop, by_day, probe):
    sold()
    later(by_day, days=7, hours=11)
    assert (look(), probe.asked, Observation.objects.count()) == (0, [], 1)
