"""What many lines were given is read for all at once, and says of each what it says when it is read alone."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from common import clock
from compensation.queries import bind, know_together, quote
from compensation.services import deciding
from orders import queries as orders
from orders.services.deliveries import take_deliveries
from tests.tickets.case import claim, count, fallen

pytestmark = pytest.mark.django_db

GIVEN = {
    "nothing": lambda: None,
    "a top-up on its way": claim,
    "a refund and a gift": lambda: (count("A-1", 500, clock.now() - timedelta(minutes=2)), claim()),
    "a refund of what was late": lambda: claim(reason="refund"),
    "a parcel": lambda: take_deliveries(
        raw_rows=[
            {
                "order_no": "A-1",
                "delivered_at": (clock.now() - timedelta(hours=20)).isoformat(),
                "quantity": 400,
            }
        ],
        now=clock.now(),
    ),
    "another on its target": lambda: fallen("A-3", left=2000, baseline=1020, target="https://v.example/1"),
}

# What is still asked of the one line: whether the rules of erasure count of its money, and its pool.
ASKED = {"a refund and a gift": 1, "a refund of what was late": 0, "another on its target": 3}


@pytest.mark.parametrize("given", GIVEN)
def test_read_together_or_alone_it_is_the_same(shop, given):
    fallen("A-1", target="https://v.example/1")
    fallen("A-2", target="https://v.example/2")
    GIVEN[given]()
    now = clock.now()
    some = orders.lines_called(ids=orders.ids_called(["A-1", "A-2"]))
    bind(some=some, now=now)
    know_together(some)
    with CaptureQueriesContext(connection) as seen:
        together = [quote(order=order, reason="drop", now=now) for order in some]
    alone = [
        quote(order=order, reason="drop", now=now)
        for order in orders.lines_called(ids=orders.ids_called(["A-1", "A-2"]))
    ]
    assert [(one.decision, one.facts, one.line, one.look) for one in together] == [
        (one.decision, one.facts, one.line, one.look) for one in alone
    ]
    assert together[1].facts.refunded_fen == 0
    assert len(seen) == ASKED.get(given, 0)


def test_whoever_decides_reads_anew_what_was_known_before(shop):
    fallen("A-1", left=850)
    known = orders.lines_called(ids=orders.ids_called(["A-1"]))
    know_together(known)
    claim()  # 180 are on their way; nobody knew of them before
    now = clock.now()
    with transaction.atomic():
        deciding.lock_line(known[0])
        record, _ = deciding.decide_claim(order=known[0], reason="drop", quantity=None, now=now)
    assert record.facts["granted"] == 180
