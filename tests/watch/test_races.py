"""Workers that look at the same time, and presses at the same time."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connections
from django.test import Client

from accounts.models import InboxMessage
from common import clock
from tests.tickets.case import count, fallen
from tickets.models import Ticket
from watch.models import DropWarning
from watch.services import looking

pytestmark = pytest.mark.django_db(transaction=True)
EIGHT = 8


def at_once(step):
    def alone(n):
        try:
            return step(n)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(EIGHT) as pool:
        return list(pool.map(alone, range(EIGHT)))


def test_eight_workers_say_it_once(shop):
    for n in range(3):
        fallen(f"A-{n}", target=f"https://v.example/{n}")
    written = at_once(lambda n: looking.run_due(now=clock.now()))
    assert sum(written) == 3
    assert (DropWarning.objects.exclude(said_at=None).count(), InboxMessage.objects.count()) == (3, 3)


def test_eight_presses_file_one_claim(shop):
    fallen()
    looking.run_due(now=clock.now())
    link = InboxMessage.objects.get().link
    offer = {"offer": "drop.tier_b|top_up:180"}
    answers = at_once(lambda n: Client().post(link, offer).status_code)
    assert (sorted(answers), Ticket.objects.count()) == ([200] + [409] * 7, 1)


def test_counts_that_arrive_while_it_is_looked_at_are_looked_at_too(shop):
    fallen(left=999)

    def step(n):
        if n % 2:
            return looking.run_due(now=clock.now())
        count("A-1", 990 - 10 * n, clock.now() - timedelta(minutes=10 - n))
        return 0

    at_once(step)
    count("A-1", 850, clock.now())
    looking.run_due(now=clock.now())
    assert list(DropWarning.objects.values_list("window", flat=True)) == ["inside"]
