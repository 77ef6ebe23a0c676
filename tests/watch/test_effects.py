"""The effect guarantee looked at by the system: rounds, what stops them, and all that must not happen."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import InboxMessage
from common import clock
from compensation.models import Remedy
from compensation.services import intake
from evidence.models import Entry
from orders.services.observations import take_observations
from tests.orders.conftest import new_order
from tests.tickets.case import claim, work
from tests.tickets.conftest import outside
from tests.watch.test_races import at_once
from tickets.models import Ticket
from tickets.services import waiting
from watch.models import EffectCheck, Incident
from watch.services import crowding, effects, enrolling, mass

__all__ = ["outside"]
pytestmark = pytest.mark.django_db


def sold(order_no="A-1", **changes):
    """A thousand likes, complete this minute."""
    now = clock.now()
    usual = {
        "paid_at": now - timedelta(hours=5),
        "baseline": 20,
        "baseline_comments": 3,
        "baseline_shares": 1,
    }
    intake.take_order(new=new_order(order_no, **usual | {"target": order_no} | changes), now=now)
    counted(order_no, 0)


def counted(order_no="A-1", interactions=0, **changes):
    """A look now: a thousand likes, and so many interactions since the baseline."""
    row = {
        "order_no": order_no, "observed_at": clock.now().isoformat(), "count": 1020, "measurable": True,
        "comments": interactions + 3, "shares": 1,
    }  # fmt: skip
    assert take_observations(raw_rows=[row | changes], now=clock.now()).accepted == 1


def look():
    return effects.run(now=clock.now())


def later(by_day, **time):
    by_day.shift(timedelta(**time))


def rounds(order_no="A-1"):
    """(round, result, owed) of each, the first one first; a round without a result waits."""
    rows = EffectCheck.objects.filter(order__order_no=order_no).order_by("round")
    return [(row.round, row.result, row.owed) for row in rows]


def packs():
    return list(
        Remedy.objects.filter(kind="interaction_pack").order_by("id").values_list("quantity", flat=True)
    )


def came(by_day):
    """The supplier delivers the pack, and the case ends by itself."""
    work()
    later(by_day, days=3)
    waiting.run_due(now=clock.now())


# ---- rounds


def test_what_lacks_interactions_is_given_exactly_them_and_told_once(shop, by_day):
    sold()
    later(by_day, days=7)
    counted(interactions=38)
    assert [look(), look()] == [1, 0]
    ticket = Ticket.objects.get()
    assert (ticket.channel, ticket.reason, ticket.state) == ("effect", "low_interaction", "fulfilling")
    assert (packs(), rounds()) == ([12], [(1, "granted", 12), (2, "", 0)])
    message = InboxMessage.objects.get()
    assert (message.text, message.link) == (
        "您买的「说说点赞」带来的互动还差 12 个，已经替您补上评论和转发，不用您申请。", f"/tickets/{ticket.no}/",
    )  # fmt: skip
    assert Entry.objects.filter(kind="effect").count() == 1


def test_it_is_measured_again_and_stops_when_met(shop, by_day, outside):
    sold()
    later(by_day, days=7)
    counted(interactions=38)
    look()
    came(by_day)
    assert (look(), rounds()[-1]) == (0, (2, "", 0))  # no count has seen the pack yet
    later(by_day, days=1)
    counted(interactions=50)
    assert (look(), rounds(), packs()) == (0, [(1, "granted", 12), (2, "met", 0)], [12])


def test_after_three_rounds_a_person_looks_and_no_more_is_given(shop, by_day, outside):
    sold()
    later(by_day, days=7)
    for interactions in (10, 20, 30, 40):
        counted(interactions=interactions)
        look()
        came(by_day)
        later(by_day, days=1)
    assert packs() == [40, 30, 20]
    assert rounds() == [(1, "granted", 40), (2, "granted", 30), (3, "granted", 20), (4, "person", 0)]
    last = Ticket.objects.order_by("-id").first()
    assert (last.decision.clause, last.state) == ("effect.exhausted", "waiting_ops")
    counted(interactions=41)
    assert (look(), Ticket.objects.count(), InboxMessage.objects.count()) == (0, 4, 4)


def test_a_round_that_the_buyer_claimed_counts(shop, by_day, outside):
    sold()
    later(by_day, days=7)
    counted(interactions=10)
    claim(reason="low_interaction")
    assert (look(), rounds()) == (0, [(1, "", 0)])
    came(by_day)
    later(by_day, days=1)
    counted(interactions=45)
    assert (look(), rounds(), packs()) == (1, [(2, "granted", 5), (3, "", 0)], [40, 5])


# ---- what is left alone


@pytest.mark.parametrize("interactions", [50, 51, 900])
def test_what_has_enough_is_given_nothing(shop, by_day, interactions):
    sold()
    later(by_day, days=7)
    counted(interactions=interactions)
    assert (look(), packs(), rounds()) == (0, [], [(1, "met", 0)])


def test_nothing_is_looked_at_before_its_day(shop, by_day):
    sold()
    later(by_day, days=6, hours=23)
    counted(interactions=0)
    assert (look(), rounds()) == (0, [(1, "", 0)])
    later(by_day, hours=2)
    assert (look(), rounds()) == (0, [(1, "", 0)])  # no count since then


@pytest.mark.parametrize("unsound", [{"measurable": False}, {"comments": None}, {"shares": None}])
def test_what_cannot_be_counted_is_left_to_the_buyer_until_the_warranty_ends(shop, by_day, unsound):
    sold()
    later(by_day, days=8)
    counted(**unsound)
    assert (look(), rounds(), Ticket.objects.count()) == (0, [(1, "", 0)], 0)
    later(by_day, days=23)
    assert (look(), rounds()) == (0, [(1, "over", 0)])


def test_imported_history_is_left_alone(shop, by_day):
    now = clock.now()
    old = {"paid_at": now - timedelta(days=12), "baseline": 20, "target": "A-1"}
    intake.take_order(new=new_order("A-1", **old), now=now)
    counted(interactions=0)
    later(by_day, days=8)
    counted(interactions=0)
    assert (look(), rounds(), packs()) == (0, [], [])


def test_at_night_nobody_is_written_to(shop, by_day):
    sold()
    later(by_day, days=7, hours=11)  # eleven at night
    counted(interactions=0)
    assert (look(), packs()) == (0, [])
    later(by_day, hours=10)
    assert (look(), packs()) == (1, [50])


def test_a_completion_that_moved_on_moves_the_day(shop, by_day):
    now = clock.now()
    intake.take_order(new=new_order(paid_at=now, target="A-1"), now=now - timedelta(0))
    later(by_day, hours=1)
    enrolling.run(until=clock.now())
    EffectCheck.objects.update(due_at=clock.now())  # as if it had seemed complete long ago
    assert look() == 0
    assert EffectCheck.objects.get().due_at == now + timedelta(days=3 + 7)


# ---- many at once, and a kill anywhere


def test_many_of_one_product_wait_for_a_person(shop, by_day, monkeypatch):
    monkeypatch.setattr(mass, "MOST", 2)
    for n in range(4):
        sold(f"A-{n}")
    later(by_day, days=7)
    for n in range(4):
        counted(f"A-{n}", 0)
    assert (look(), len(packs())) == (2, 2)
    incident = Incident.objects.get()
    assert (incident.about, incident.lines, incident.state) == ("effect", 2, "open")
    mass.end(pk=incident.pk, release=True, by="qiao", reason="数过，是对的", now=clock.now())
    assert (look(), len(packs())) == (2, 4)


def test_what_a_person_dismissed_is_not_given(shop, by_day, monkeypatch):
    monkeypatch.setattr(mass, "MOST", 0)
    sold()
    later(by_day, days=7)
    counted(interactions=0)
    look()
    mass.end(pk=Incident.objects.get().pk, release=False, by="qiao", reason="数错了", now=clock.now())
    assert (look(), packs(), rounds()) == (0, [], [(1, "dismissed", 0)])


@pytest.mark.parametrize(
    "where", ["effect_words.tell", "claims.open_claim", "crowding.Crowd", "EffectCheck.objects.create"]
)
def test_a_kill_anywhere_comes_to_the_same(shop, by_day, monkeypatch, where):
    sold()
    later(by_day, days=7)
    counted(interactions=38)

    def killed(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(f"watch.services.effects.{where}", killed)
    with pytest.raises(KeyboardInterrupt):
        look()
    assert (packs(), Ticket.objects.count(), InboxMessage.objects.count()) == ([], 0, 0)
    monkeypatch.undo()
    assert (look(), packs(), rounds()) == (1, [12], [(1, "granted", 12), (2, "", 0)])


@pytest.mark.django_db(transaction=True)
def test_eight_workers_give_it_once(shop, by_day):
    for n in range(3):
        sold(f"A-{n}")
    later(by_day, days=7)
    for n in range(3):
        counted(f"A-{n}", 38)
    at_once(lambda n: look())
    assert (packs(), InboxMessage.objects.count()) == ([12, 12, 12], 3)


def test_looking_asks_the_same_for_one_and_for_three(shop, by_day):
    def asked(names):
        for name in names:
            sold(name)
        later(by_day, days=7)
        for name in names:
            counted(name, 0, measurable=False)
        enrolling.run(until=clock.now())
        with CaptureQueriesContext(connection) as seen:
            look()
        return len(seen)

    one = asked(["A-1"])
    EffectCheck.objects.update(due_at=None, ended_at=clock.now())
    assert asked(["B-1", "B-2", "B-3"]) == one


def test_the_crowd_counts_the_last_hour_only(shop, by_day, monkeypatch):
    sold()
    later(by_day, days=7)
    counted(interactions=0)
    look()
    row = EffectCheck.objects.select_related("order", "incident").get(round=1)
    assert row.result == "granted"
    monkeypatch.setattr(mass, "MOST", 1)
    waits = []
    for minutes in (59, 2):
        later(by_day, minutes=minutes)
        waits.append(crowding.Crowd(now=clock.now()).beyond(row) is not None)
    assert waits == [True, False]
