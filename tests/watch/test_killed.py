"""kill -9 at any point between a count and the message that its buyer gets: started again, all is as without it.

The process that dies is a real one, forked as a pool process is; the rows and the sandbox's own log are the judges.
"""

from datetime import timedelta

import pytest
from django.db.models import F

from accounts.models import InboxMessage
from accounts.services import inbox
from common import clock
from evidence.models import Entry
from integrations.models import Intent
from integrations.services import message_batches, messages
from orders.models import Rollup
from orders.services import rollups
from tests.forking import killed
from tests.integrations.test_messages import created, twin
from tests.sandbox_fixture import make_sandbox, sandbox
from tests.tickets.case import count, fallen
from tests.watch.test_warnings import later
from watch import queries
from watch.models import DropWarning, Incident
from watch.services import looking, mass, noticing, recording, saying

__all__ = ["make_sandbox", "sandbox", "twin"]
pytestmark = pytest.mark.django_db(transaction=True)

# Every step on the way, in its order; before it and after it.
POINTS = {
    "looked at": (noticing, "closely"),
    "about to write": (looking, "_write_down"),
    "seen": (rollups, "seen"),
    "held with the others": (mass, "hold"),
    "making room": (looking, "_make_room"),
    "in the inbox": (inbox, "_bring"),
    "filed": (messages, "file"),
    "in the record": (recording, "warnings"),
    "what waited": (saying, "_say_or_drop"),
    "taken": (message_batches, "_take"),
    "sent": (message_batches, "_submit"),
    "settled": (message_batches, "_settle"),
}


def seed(by_day, monkeypatch):
    """Four lines fell, one little; one was told of at night and waits for the morning; a product is held back."""
    later(by_day, hours=12)
    fallen("N-1", target="https://v.example/n1")
    fallen("N-2", target="https://v.example/n2")
    work()
    later(by_day, hours=9)
    count("N-2", 1000, clock.now() - timedelta(minutes=5))
    for n, left in enumerate([850, 700, 600, 960]):
        fallen(f"A-{n}", left=left, target=f"https://v.example/{n}")
    monkeypatch.setattr(mass, "MOST", 2)


def work():
    looking.run_due(now=clock.now())
    message_batches.run_due(now=clock.now())


def again(by_day):
    for _ in range(5):
        later(by_day, seconds=16)
        work()


def rows(sandbox):
    """All that a buyer, a colleague or the sandbox could tell from another run."""
    said = DropWarning.objects.order_by("order__order_no").values_list(
        "order__order_no", "window", "loss", "base", "urgent"
    )
    ends = {
        row.order.order_no: (row.said_at is not None, row.dropped_at is not None, row.due_at, row.tries)
        for row in DropWarning.objects.select_related("order")
    }
    inbox_rows = {
        (row.kind, row.about, row.text): queries.find_by(token=row.link.split("/")[2]).order.order_no
        for row in InboxMessage.objects.all()
    }
    return {
        "warnings": list(said), "ends": ends, "inbox": inbox_rows,
        "to look at": Rollup.objects.filter(changes__gt=F("looked")).count(),
        "incidents": list(Incident.objects.values_list("state", "lines")),
        "intents": sorted(Intent.objects.values_list("key", "state", "order_no", "quantity", "delivered")),
        "record": sorted(Entry.objects.filter(kind__in=("warning", "incident")).values_list("kind", "order_no")),
        "sent": created(sandbox),
    }  # fmt: skip


@pytest.fixture(scope="module")
def undisturbed():
    """The rows of the first run, which nobody killed; every other has to come to the same."""
    return {}


@pytest.mark.parametrize(
    "point", [None, *((name, when) for name in POINTS for when in ("before", "after"))], ids=str
)
def test_killed_there_and_started_again(shop, twin, by_day, monkeypatch, undisturbed, point):
    seed(by_day, monkeypatch)
    if point is not None:
        later(by_day, seconds=1)
        module, name = POINTS[point[0]]
        made_one_by_one = list if name == "_closely" else lambda made: None
        killed(module, name, after=point[1] == "after", work=work, finish=made_one_by_one)
    again(by_day)
    found = rows(twin)
    if point is None:
        undisturbed |= found
        assert [len(found[name]) for name in ("warnings", "inbox", "intents", "sent")] == [5, 3, 3, 3]
        assert (found["to look at"], len(found["incidents"])) == (0, 1)
        assert {row[1] for row in found["intents"]} == {"settled"}
    assert found == undisturbed
    assert set(found["sent"].values()) == {1}
