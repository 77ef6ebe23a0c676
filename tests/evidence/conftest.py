"""A shop with its outside on loopback, and a log that is sealed when a test says so."""

import json
from datetime import timedelta

from common import clock
from evidence.models import Entry
from evidence.rules.entries import Fact
from evidence.services import log, sealing
from tests.tickets.conftest import buyer, client_as, ops, outside, shop

__all__ = ["buyer", "client_as", "ops", "outside", "shop"]
LATER = timedelta(seconds=61)


def write(count=1, *, order_no="A-1", **changes):
    """So many entries of one order."""
    facts = [Fact("note", order_no, {"id": number}, **changes) for number in range(count)]
    log.record_many(facts=facts, now=clock.now())


def seal():
    """All that waits, however much it is."""
    while sealing.seal_due(now=clock.now()):
        pass


def said(kind):
    """What the log says of that kind, oldest first."""
    bodies = Entry.objects.filter(kind=kind).order_by("id").values_list("body", flat=True)
    return [json.loads(body) for body in bodies]
