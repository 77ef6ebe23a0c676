"""A look that dies before or after any of its commits, the morning's warnings with it, and is begun again.

`test_killed` has real processes and the messages behind; here each commit there is gets its turn.
"""

import pytest
from django.db.models import F

from accounts.models import InboxMessage
from common import clock
from evidence.models import Entry
from orders.models import Rollup
from tests import killing
from tests.tickets.case import fallen
from tests.watch import test_killed
from tests.watch.test_warnings import later
from watch.models import DropWarning, Incident, Stumble
from watch.services import looking, noticing

pytestmark = pytest.mark.django_db


def found():
    said = DropWarning.objects.order_by("order__order_no", "window")
    return {
        "warnings": list(said.values_list("order__order_no", "window", "loss", "due_at", "tries")),
        "ended": [(row.said_at is None, row.dropped_at is None, row.incident_id is None) for row in said],
        "inbox": sorted(InboxMessage.objects.values_list("about", "text")),
        "to look at": Rollup.objects.filter(changes__gt=F("looked")).count(),
        "incidents": list(Incident.objects.values_list("state", "lines")),
        "record": sorted(Entry.objects.filter(kind__in=("warning", "incident")).values_list("kind", "order_no")),
        "stumbles": list(Stumble.objects.values_list("order__order_no", "work", "tries")),
    }  # fmt: skip


def test_killed_before_and_after_every_commit_a_look_comes_to_the_same(shop, by_day, monkeypatch):
    monkeypatch.setattr(looking, "AT_ONCE", 1)
    monkeypatch.setattr(looking, "BATCH", 3)
    test_killed.seed(by_day, monkeypatch)
    fallen("A-9", left=850, target="https://v.example/9")
    breaks(monkeypatch, "A-9")
    later(by_day, seconds=1)
    begin = clock.now()

    def run(axe):
        by_day.move_to(begin)
        killing.struck(axe, work)
        for _ in range(3):
            later(by_day, seconds=16)
            work()
        return found()

    whole = killing.Axe()
    expected = killing.undone(lambda: run(whole))
    assert {name: len(rows) for name, rows in expected.items() if name != "to look at"} == {
        "warnings": 5, "ended": 5, "inbox": 3, "incidents": 1, "record": 5, "stumbles": 1,
    }  # fmt: skip
    assert (expected["to look at"], whole.commits) == (1, 9)
    for axe in killing.each(whole):
        assert killing.undone(lambda axe=axe: run(axe)) == expected, axe


def work():
    looking.run_due(now=clock.now())


def breaks(monkeypatch, order_no):
    """Our own code breaks on that line, wherever it is."""
    quote = noticing.quote

    def broken(*, order, **more):
        if order.order_no == order_no:
            raise RuntimeError
        return quote(order=order, **more)

    monkeypatch.setattr(noticing, "quote", broken)
