"""How goods and suppliers behave: figures equal to hand-counted ones, and what is proposed for them, once."""

from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common import clock
from compensation.models import Finding
from compensation.queries import quote
from compensation.services import intake
from evidence.models import Entry
from orders.models import Licence
from orders.services.deliveries import take_deliveries
from tests.orders.conftest import new_order
from tests.tickets.case import claim, count, fallen, order_of, work
from tests.tickets.conftest import outside
from tests.watch.test_races import at_once
from tickets.services import waiting
from watch.models import DayFigure, LineHealth, Proposal, Stumble
from watch.services import health, health_lines, proposals
from watch.services.mass import ReasonMissing

__all__ = ["outside"]
pytestmark = pytest.mark.django_db
LIKES = "product:likes"


def later(by_day, **time):
    by_day.shift(timedelta(**time))


def passed():
    health.run(now=clock.now())


def figures(subject=LIKES):
    """{figure: (part, whole)} over all days."""
    found = Counter()
    for row in DayFigure.objects.filter(subject=subject):
        found[row.figure, 0] += row.part
        found[row.figure, 1] += row.whole
    return {name: (found[name, 0], found[name, 1]) for name, _ in found}


def many(n, *, left, prefix="A"):
    """So many lines of a thousand, of which so many are left eighteen hours later."""
    for number in range(n):
        name = f"{prefix}-{number}"
        fallen(name, left=left, target=name)


def found(order_no, reason, **facts):
    """A person establishes it."""
    record = claim(order_no, reason).decision
    Finding.objects.create(
        order=record.order, reason=reason, facts=facts, replaces=record, why="看过", by="qiao", at=clock.now()
    )


# ---- figures


def test_each_line_counts_once_when_its_window_has_ended(shop, by_day):
    many(2, left=1000)
    many(1, left=919, prefix="B")  # beyond eight per cent
    many(1, left=920, prefix="C")
    passed()
    assert figures() == {}
    later(by_day, hours=7)
    passed(), passed()
    assert figures() == {
        "drop": (1, 4), "fake": (0, 4), "fake_units": (0, 4000), "delay": (0, 4), "defect": (0, 4), "fell_11": (161, 0),
    }  # fmt: skip
    assert list(LineHealth.objects.filter(bad=True).values_list("order__order_no", flat=True)) == ["B-0"]
    later(by_day, hours=48)
    passed()
    assert figures()["drop"] == (1, 4)


def test_a_count_that_came_late_changes_what_the_line_adds(shop, by_day):
    many(1, left=1000)
    later(by_day, hours=7)
    passed()
    assert figures()["drop"] == (0, 1)
    count("A-0", 800, clock.now() - timedelta(hours=2))
    later(by_day, hours=48)
    passed()
    assert (figures()["drop"], figures()["fell_17"]) == ((1, 1), (200, 0))


def test_a_line_that_breaks_waits_alone(shop, by_day, monkeypatch):
    many(5, left=919)
    passed()
    later(by_day, hours=7)
    whole, tried = health_lines.added_by, []

    def broken(lines):
        tried.append(len(lines))
        if any(order.order_no == "A-3" for order in lines):
            raise RuntimeError
        return whole(lines)

    monkeypatch.setattr(health_lines, "added_by", broken)
    passed(), passed()
    assert (figures()["drop"], tried) == ((4, 4), [5, 2, 3, 1, 2, 1, 1])
    stumble = Stumble.objects.get()
    line = LineHealth.objects.get(order__order_no="A-3")
    assert (stumble.order_id, stumble.work, stumble.tries, line.due_at) == (
        line.pk,
        "count",
        1,
        stumble.due_at,
    )
    assert stumble.due_at == clock.now() + timedelta(minutes=1)
    monkeypatch.undo()
    later(by_day, minutes=1)
    passed()
    assert (figures()["drop"], Stumble.objects.count()) == ((5, 5), 0)


def test_what_was_not_counted_says_nothing_of_drops(shop, by_day):
    many(1, left=None)
    later(by_day, hours=7)
    passed()
    assert figures() == {"defect": (0, 1), "delay": (0, 1)}


def test_late_is_what_was_not_all_there_by_its_deadline(shop, by_day):
    now = clock.now()
    for name, came in (("A-1", 400), ("A-2", 1000), ("A-3", None)):
        intake.take_order(new=new_order(name, paid_at=now, target=name), now=now)
        if came:
            row = {"order_no": name, "delivered_at": now.isoformat(), "quantity": came, "final": came == 1000}
            take_deliveries(raw_rows=[row], now=now)
    later(by_day, days=4, minutes=1)
    passed()
    assert figures() == {"defect": (0, 3), "delay": (1, 2)}


def test_what_is_said_to_be_all_there_and_is_nothing_is_late(shop, by_day):
    """As its buyer reads it; goods that were handed over otherwise are not."""
    now = clock.now()
    for name in ("A-1", "A-2", "A-3"):
        new = new_order(name, sku="licence", quantity=1, baseline=0, target="", paid_at=now)
        order, _ = intake.take_order(new=new, now=now)
        row = {
            "order_no": name,
            "delivered_at": now.isoformat(),
            "quantity": int(name == "A-3"),
            "final": True,
        }
        take_deliveries(raw_rows=[row], now=now)
        if name == "A-2":
            Licence.objects.create(order=order, unit=1, licence_id="L-1", changed_at=now)
    later(by_day, days=40)
    passed()
    assert figures("product:licence") == {"defect": (0, 3), "delay": (1, 3)}
    assert quote(order=order_of("A-1"), reason="delay", now=clock.now()).facts.late


def test_what_a_person_found_is_counted_and_taken_back(shop, by_day):
    many(2, left=1000)
    found("A-0", "fake_units", proof="verified", fake_units=31)
    found("A-1", "fake_units", proof="verified", fake_units=30)
    found("A-1", "defect", proof="verified", fault="developer")
    later(by_day, hours=7)
    passed()
    sums = figures()
    assert (sums["fake"], sums["fake_units"], sums["defect"]) == ((1, 2), (61, 2000), (1, 2))
    first = Finding.objects.order_by("id").first()
    Finding.objects.create(
        order=first.order, reason="fake_units", facts={"proof": "none"}, replaces=first.replaces, why="再看过",
        by="qiao", at=clock.now(),
    )  # fmt: skip
    later(by_day, minutes=11)
    passed()
    assert (figures()["fake"], figures()["fake_units"]) == ((0, 2), (30, 2000))


def test_a_supplier_is_counted_by_what_it_was_asked_for(shop, by_day, outside):
    outside.supplies = [{"state": "partial", "delivered": 60}, {"state": "completed"}]
    fallen("A-1", left=900)
    claim("A-1")
    work()
    later(by_day, minutes=20)
    passed(), passed()
    assert figures("supplier:supplier") == {"short": (1, 2), "slow": (0, 2)}


def test_the_shops_own_days_are_counted_from_the_record(shop, by_day, outside):
    fallen("A-1", left=700)
    claim("A-1")
    claim("A-1", "question", text="几时到")
    work()
    later(by_day, days=3)
    waiting.run_due(now=clock.now())
    later(by_day, minutes=20)
    passed(), passed()
    assert figures("shop") == {"opened": (2, 0), "ended": (2, 0), "paid_fen": (5000, 0)}


def test_a_kill_anywhere_comes_to_the_same(shop, by_day, monkeypatch):
    many(2, left=800)
    later(by_day, hours=7)

    def killed(**_):
        raise KeyboardInterrupt

    monkeypatch.setattr(proposals, "judge", killed)
    with pytest.raises(KeyboardInterrupt):
        passed()
    assert figures() == {}
    monkeypatch.undo()
    passed()
    assert figures()["drop"] == (2, 2)


@pytest.mark.django_db(transaction=True)
def test_eight_workers_count_each_line_once(shop, by_day):
    many(3, left=800)
    later(by_day, hours=7)
    at_once(lambda n: health.run(now=clock.now()))
    passed()
    assert figures()["drop"] == (3, 3)


def test_counting_asks_the_same_for_one_and_for_three(shop, by_day):
    def asked(n, prefix):
        many(n, left=800, prefix=prefix)
        later(by_day, hours=7)
        with CaptureQueriesContext(connection) as seen:
            passed()
        return len(seen)

    asked(1, "A")
    assert asked(1, "B") == asked(3, "C")


def test_only_one_worker_a_minute_passes(shop, by_day):
    many(1, left=800)
    later(by_day, hours=7)
    health.run_due(now=clock.now())
    DayFigure.objects.all().delete()
    LineHealth.objects.update(due_at=clock.now(), day=None, added={})
    health.run_due(now=clock.now())
    assert figures() == {}
    later(by_day, minutes=1)
    health.run_due(now=clock.now())
    assert figures()["drop"] == (1, 1)


# ---- proposals


@pytest.fixture
def low(settings):
    settings.HEALTH_AT_LEAST = 10


def proposed():
    return list(Proposal.objects.order_by("id").values_list("subject", "figure", "part", "whole", "state"))


def test_beyond_its_range_is_proposed_once(shop, by_day, low):
    many(10, left=800)
    later(by_day, hours=7)
    passed(), passed()
    assert proposed() == [(LIKES, "drop", 10, 10, "open")]
    row = Proposal.objects.get()
    assert (row.lower, row.upper, row.limit) == (7224, 10_000, 2000)
    many(3, left=800, prefix="B")
    later(by_day, hours=7)
    passed()
    assert (figures()["drop"], len(proposed()), Entry.objects.filter(kind="suspension").count()) == (
        (13, 13),
        1,
        1,
    )


def test_too_few_or_within_the_range_proposes_nothing(shop, by_day, low):
    many(9, left=800)
    later(by_day, hours=7)
    passed()
    assert proposed() == []


def test_what_is_dismissed_is_judged_by_later_days_only(shop, by_day, low):
    many(10, left=800)
    later(by_day, hours=7)
    passed()
    pk = Proposal.objects.get().pk
    with pytest.raises(ReasonMissing):
        proposals.answer(pk=pk, accept=False, by="qiao", reason=" ", now=clock.now())
    proposals.answer(pk=pk, accept=False, by="qiao", reason="平台清过一次号", now=clock.now())
    with pytest.raises(proposals.AlreadyAnswered):
        proposals.answer(pk=pk, accept=True, by="qiao", reason="停", now=clock.now())
    later(by_day, days=2)
    many(9, left=800, prefix="B")
    later(by_day, hours=7)
    passed()
    assert len(proposed()) == 1
    many(1, left=800, prefix="C")
    later(by_day, hours=7)
    passed()
    assert proposed() == [(LIKES, "drop", 10, 10, "dismissed"), (LIKES, "drop", 10, 10, "open")]


def test_what_is_suspended_is_proposed_no_more_until_it_was_lifted(shop, by_day, low):
    many(10, left=800)
    later(by_day, hours=7)
    passed()
    pk = Proposal.objects.get().pk
    proposals.answer(pk=pk, accept=True, by="qiao", reason="换一家供货", now=clock.now())
    later(by_day, days=2)
    many(10, left=800, prefix="B")
    later(by_day, hours=7)
    passed()
    assert [row[-1] for row in proposed()] == ["accepted"]
    proposals.lift(pk=pk, by="qiao", reason="换好了", now=clock.now())
    assert [row[-1] for row in proposed()] == ["lifted"]
    assert Entry.objects.filter(kind="suspension", internal=True).count() == 3
