"""A removal is no fall at any hour, and figures that were counted wrong are counted anew to what they should be."""

from datetime import timedelta

import pytest
from django.core.management import call_command

from common import clock
from orders.models import Rollup
from orders.services.observations import take_observations
from tests.tickets.case import fallen
from tests.watch.test_health import figures, later, many, passed
from watch.models import DayFigure, LineHealth
from watch.services import health_again

pytestmark = pytest.mark.django_db


def look(order_no, number, *, hours_ago):
    at = (clock.now() - timedelta(hours=hours_ago)).isoformat()
    row = {"order_no": order_no, "observed_at": at, "count": number, "measurable": True}
    assert take_observations(raw_rows=[row], now=clock.now()).accepted == 1


def again():
    call_command("recount_health", verbosity=0)


def hours(subject="product:likes"):
    return {name: part for name, (part, _) in figures(subject).items() if name.startswith("fell_")}


def all_figures():
    return sorted(DayFigure.objects.values_list("subject", "day", "figure", "part", "whole"))


@pytest.mark.parametrize("baseline", [0, 1, 20])
def test_a_zero_after_a_removal_is_no_fall(shop, by_day, baseline):
    fallen("A-1", left=1000 - 20 + baseline - 50, baseline=baseline)  # 1020, then fifty less
    look("A-1", 0, hours_ago=8)
    later(by_day, hours=7)
    passed()
    assert hours() == {"fell_11": 1020 - (1000 + baseline - 50)}


def test_what_fell_before_a_removal_and_after_it_counts(shop, by_day):
    fallen("A-1", left=880, baseline=0)  # 1020, and 900 in the end
    look("A-1", 960, hours_ago=12)
    look("A-1", 0, hours_ago=8)
    later(by_day, hours=7)
    passed()
    assert hours() == {"fell_00": 60, "fell_11": 60}


def test_lines_that_were_counted_wrong_are_counted_anew(shop, by_day):
    fallen("A-1", left=930, baseline=0)
    many(2, left=800, prefix="B")
    later(by_day, hours=7)
    passed()
    right = all_figures()
    line = LineHealth.objects.get(order__order_no="A-1")
    LineHealth.objects.filter(pk=line.pk).update(added=line.added | {"fell_04": [1000, 0]})
    for subject in ("product:likes", "supplier:"):
        DayFigure.objects.create(subject=subject, day=line.day, figure="fell_04", part=1000)
    again()
    assert [row for row in all_figures() if row[3] or row[4]] == [row for row in right if row[3] or row[4]]
    later(by_day, hours=48)
    passed()
    again()
    assert (hours(), LineHealth.objects.filter(due_at__isnull=False).count()) == (
        {"fell_04": 0, "fell_11": 470},
        0,
    )


def test_it_goes_on_from_one_batch_to_the_next(shop, by_day, monkeypatch):
    monkeypatch.setattr(health_again.health, "BATCH", 2)
    many(5, left=800)
    later(by_day, hours=7)
    passed()
    before = all_figures()
    DayFigure.objects.filter(figure="drop").update(part=3)
    LineHealth.objects.update(added={"drop": [0, 1]})
    LineHealth.objects.filter(order__order_no__in=["A-0", "A-1", "A-2"]).update(added={"drop": [1, 1]})
    DayFigure.objects.exclude(figure="drop").delete()
    ids = list(LineHealth.objects.order_by("pk").values_list("pk", flat=True))
    assert list(health_again.run(now=clock.now())) == [ids[1], ids[3], ids[4]]
    assert all_figures() == before


def test_what_was_killed_is_gone_on_with(shop, by_day, monkeypatch):
    many(2, left=800)
    later(by_day, hours=7)
    passed()
    before = all_figures()

    def killed(*_, **__):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(health_again.health, "count", killed)
        with pytest.raises(KeyboardInterrupt):
            again()
    assert LineHealth.objects.filter(due_at=clock.now()).count() == 2
    passed()
    assert all_figures() == before


def test_a_line_whose_counts_were_pruned_keeps_what_it_added(shop, by_day):
    many(2, left=800)
    later(by_day, hours=7)
    passed()
    before = all_figures()
    Rollup.objects.filter(order__order_no="A-0").update(closed_at=clock.now())
    LineHealth.objects.filter(order__order_no="A-0").update(added={"drop": [0, 1]})
    again()
    assert (all_figures(), hours()) == (before, {"fell_11": 400})
