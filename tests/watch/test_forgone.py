"""What was found and never said stands in the way of no later word; what a person dismissed does."""

from datetime import timedelta

import pytest
from django.db import IntegrityError

from common import clock
from compensation.services import intake
from tests.orders.conftest import new_order
from tests.tickets.case import BASELINE, claim, count, fallen
from tests.watch.test_warnings import later, links, look, warnings
from watch.models import DropWarning, Incident
from watch.services import looking, mass

pytestmark = pytest.mark.django_db


def fell_at_night(by_day):
    """Complete at eleven in the evening, counted at midnight, looked at an hour later."""
    later(by_day, hours=13)
    now = clock.now()
    order = new_order(
        "A-1", paid_at=now - timedelta(hours=40), target="https://v.example/1", baseline=BASELINE
    )
    intake.take_order(new=order, now=now)
    count("A-1", 1000, now - timedelta(hours=2))
    count("A-1", 850, now - timedelta(hours=1))
    assert (look(), links()) == (1, [])


def test_what_recovered_by_the_morning_and_fell_again_is_said(shop, by_day):
    fell_at_night(by_day)
    later(by_day, hours=3)
    count("A-1", 1000, clock.now() - timedelta(minutes=1))
    later(by_day, hours=4)
    assert (look(), links()) == (0, [])
    later(by_day, hours=2)
    count("A-1", 800, clock.now() - timedelta(minutes=1))
    assert (look(), len(links()), warnings()) == (1, 1, [("A-1", "inside", 200, 1000, True)])
    count("A-1", 790, clock.now())
    assert (look(), len(links())) == (0, 1)


def test_whoever_claimed_overnight_is_not_told_in_the_morning(shop, by_day):
    fell_at_night(by_day)
    claim()
    later(by_day, hours=2)
    count("A-1", 810, clock.now() - timedelta(minutes=1))
    later(by_day, hours=5)
    look()
    assert (links(), DropWarning.objects.exclude(dropped_at=None).count()) == ([], 1)


def test_what_a_person_dismissed_is_not_found_again(shop, monkeypatch):
    monkeypatch.setattr(mass, "MOST", 0)
    fallen()
    look()
    mass.end(pk=Incident.objects.get().pk, release=False, by="qiao", reason="数错了", now=clock.now())
    count("A-1", 790, clock.now())
    assert (look(), links(), warnings()) == (0, [], [("A-1", "inside", 150, 1000, False)])


def test_what_could_not_be_written_down_together_counts_once(shop, monkeypatch):
    monkeypatch.setattr(mass, "MOST", 4)
    for n in range(4):
        fallen(f"A-{n}", target=f"https://v.example/{n}")
    write = looking._write

    def only_alone(looked, limit, now):
        written = write(looked, limit, now)
        if len(looked) > 1:
            raise IntegrityError
        return written

    monkeypatch.setattr(looking, "_write", only_alone)
    assert (look(), len(links()), Incident.objects.count()) == (4, 4, 0)
