"""Lines that fell, the claims on them, and a supplier that does what it is asked."""

import time
from datetime import timedelta

import pytest

from common import clock
from compensation.services import intake
from integrations import queries as integrations
from integrations.models import Intent
from integrations.services import sweep
from ledger.queries import trial_balance
from orders.models import Order
from orders.services.observations import take_observations
from tests.orders.conftest import client_as, new_order, shop
from tests.sandbox_fixture import LICENCE_SECRET, REFUND_SECRET, SUPPLIER_SECRET, make_sandbox, sandbox
from tickets.services import claims, conversation

__all__ = ["client_as", "make_sandbox", "new_order", "sandbox", "shop"]


@pytest.fixture
def fell(shop):
    """fell("A-1", 850): a line of 1000 completed 18 h ago, counted an hour ago at so many over its baseline of 20."""

    def make(order_no, *lefts, **changes):
        now = clock.now()
        usual = {
            "paid_at": now - timedelta(hours=40), "target": f"https://v.example/{order_no}", "gateway": "shop",
            "payment_reference": f"PAY-{order_no}",
        }  # fmt: skip
        intake.take_order(new=new_order(order_no, **usual | changes), now=now)
        count(order_no, 1000, ago=18)
        for hours, left in zip(range(len(lefts), 0, -1), lefts, strict=True):
            count(order_no, left, ago=hours)
        return find(order_no)

    return make


def count(order_no, present, *, ago=0.0):
    """A look at the counter so many hours ago."""
    at = clock.now() - timedelta(hours=ago)
    row = {"order_no": order_no, "observed_at": at.isoformat(), "count": None if present is None else present + 20,
           "measurable": present is not None}  # fmt: skip
    report = take_observations(raw_rows=[row], now=clock.now())
    assert report.accepted == 1


def find(order_no):
    return Order.objects.select_related("product", "rollup", "buyer").get(order_no=order_no)


def claim(order_no, reason="drop", **changes):
    given = {"text": "", "quantity": None, "channel": "web", "actor": "lin", "now": clock.now()}
    return claims.open_claim(order=find(order_no), reason=reason, **given | changes)


@pytest.fixture
def work(sandbox, settings):
    """The worker's part: until nothing is owed any more. The books balance after it."""
    settings.SUPPLIER_URL = settings.SHOP_REFUND_URL = settings.LICENCE_URL = (
        f"http://127.0.0.1:{sandbox.port}"
    )
    settings.LICENCE_SECRET = LICENCE_SECRET
    settings.SUPPLIER_SECRET, settings.SHOP_REFUND_SECRET = SUPPLIER_SECRET, REFUND_SECRET

    def idle():
        return not Intent.objects.filter(next_at__isnull=False).exists()

    def run(*, until=idle):
        end, ahead = time.monotonic() + 60, timedelta()
        while not until():
            assert time.monotonic() < end, integrations.unfinished()
            # The sandbox is quicker than the kernel's polling: let the clock run ahead and not the test wait.
            ahead += timedelta(seconds=1)
            sweep.run_due(now=clock.now() + ahead)
            time.sleep(0.02)
        for total in trial_balance()["totals"]:
            assert total["debit"] == total["credit"]

    return run


def settle_up(ticket):
    """The buyer says that it came."""
    ticket.refresh_from_db()
    conversation.confirm(ticket=ticket, name="lin", now=clock.now())


def told(ticket):
    """(state, {kind: (state, amount or quantity, delivered)}) as it is now."""
    ticket.refresh_from_db()
    rows = ticket.decision.remedies.order_by("id")
    return ticket.state, [(r.kind, r.state, r.amount_fen or r.quantity, r.delivered) for r in rows]
