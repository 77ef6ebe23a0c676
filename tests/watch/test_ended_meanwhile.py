"""A person rules on an incident while a worker hurries one of its lines: neither has to give way to the other."""

import threading
import time
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import connection

from common import clock
from tests.orders.test_concurrency import PATIENCE_S, together
from tests.tickets.case import count, fallen
from tests.watch.test_put_off import end, held_lines
from tests.watch.test_warnings import warnings
from watch.models import DropWarning, Incident
from watch.rules import quiet
from watch.services import looking, mass

pytestmark = pytest.mark.django_db(transaction=True)


def somebody_waits():
    """Whether any connection to this database waits for another's lock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return cursor.fetchone()[0]


@pytest.mark.skipif(
    "connection.vendor == 'sqlite'", reason="SQLite has one writer: nothing waits in a circle"
)
def test_released_while_one_of_it_becomes_urgent_and_another_joins(shop, monkeypatch):
    incident = held_lines(monkeypatch, 1, left=900)
    count("A-0", 500, clock.now() - timedelta(minutes=1))
    fallen("A-1", target="https://v.example/1")
    begun = threading.Event()

    def halfway(now, *, urgent):
        """The person's transaction has the incident; it goes on once the worker waits for it."""
        begun.set()
        for _ in range(100 * PATIENCE_S):  # the clock of these tests stands still
            if somebody_waits():
                break
            time.sleep(0.01)
        return quiet.sayable_at(now, urgent=urgent)

    monkeypatch.setattr(mass, "quiet", SimpleNamespace(sayable_at=halfway))

    def work():
        assert begun.wait(PATIENCE_S)
        return looking.run_due(now=clock.now())

    answers = together(lambda: end(incident), work)
    assert answers == [None, 1]
    assert list(Incident.objects.order_by("id").values_list("state", "lines")) == [
        ("released", 1),
        ("open", 1),
    ]
    assert warnings() == [("A-0", "inside", 500, 1000, True), ("A-1", "inside", 150, 1000, False)]
    assert DropWarning.objects.get(order__order_no="A-0").urgent
