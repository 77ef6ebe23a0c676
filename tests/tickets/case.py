"""A line that fell, its claim, and a provider on loopback: what the tests of cases start from."""

from datetime import timedelta

from common import clock
from compensation.models import LineBudget
from compensation.services import intake
from ledger.queries import trial_balance
from orders.models import Order
from orders.services.observations import take_observations
from tests.integrations.provider_stub import Stub, sweep_for
from tests.orders.conftest import new_order
from tickets.models import Ticket
from tickets.services import claims, conversation

BASELINE = 20
RUNNING = {"state": "in_progress", "delivered": 0}


class Outside(Stub):
    """Supplier and refund backend. `supplies` and `refunds`: how one order after the other goes, the last for ever."""

    def __init__(self):
        self.supplies, self.refunds = [{"state": "completed"}], [{"state": "succeeded"}]
        super().__init__()

    def carry_out(self, method, path, body):
        job = self.jobs.get(path.rsplit("/", 1)[1])
        if method == "GET" and job and job["state"] == "accepted":
            fates = self.refunds if "/refunds/" in path else self.supplies
            self.ends = fates.pop(0) if len(fates) > 1 else fates[0]
        return super().carry_out(method, path, body)

    def asked(self):
        """What was asked for, in order: (path's last word, quantity or fen)."""
        return [(b.get("kind", "refund"), b.get("quantity") or b["amount_fen"])
                for b in (job["asked"] for job in self.jobs.values())]  # fmt: skip


def count(order_no, present, at):
    """A look at the counter at that instant; None can't be trusted."""
    number = None if present is None else present + BASELINE
    row = {
        "order_no": order_no,
        "observed_at": at.isoformat(),
        "count": number,
        "measurable": number is not None,
    }
    assert take_observations(raw_rows=[row], now=at).accepted == 1


def fallen(order_no="A-1", left=850, **changes):
    """A thousand likes for 50 yuan, complete 18 hours ago, counted an hour ago."""
    now = clock.now()
    usual = {
        "paid_at": now - timedelta(hours=40), "gateway": "shop", "payment_reference": f"PAY-{order_no}",
        "target": f"https://v.example/{order_no}", "baseline": BASELINE,
    }  # fmt: skip
    intake.take_order(new=new_order(order_no, **usual | changes), now=now)
    count(order_no, 1000, now - timedelta(hours=18))
    count(order_no, left, now - timedelta(hours=1))
    return order_of(order_no)


def order_of(order_no="A-1"):
    return Order.objects.select_related("product", "rollup", "buyer").get(order_no=order_no)


def claim(order_no="A-1", reason="drop", *, at=None, quantity=None, text=""):
    return claims.open_claim(
        order=order_of(order_no), reason=reason, text=text, quantity=quantity, channel="web", actor="lin",
        now=at or clock.now(),
    )  # fmt: skip


def work(seconds=240, *, start=None):
    """The workers' part of so many seconds, at once; the books balance after it."""
    sweep_for(seconds, start=start or clock.now())
    assert_balanced()


def assert_balanced():
    assert [t for t in trial_balance()["totals"] if t["debit"] != t["credit"]] == []


def rows(ticket):
    """Its remedies as (kind, state, what is owed, what came), oldest first."""
    found = ticket.decision.remedies.order_by("id")
    return [(r.kind, r.state, r.amount_fen or r.quantity, r.delivered) for r in found]


def state(ticket):
    ticket.refresh_from_db()
    return ticket.state


def budget(order_no="A-1"):
    """(reserved, settled, units given back, closed)."""
    row = LineBudget.objects.get(order__order_no=order_no)
    return row.reserved_fen, row.settled_fen, row.refunded_units, row.closed_by_id is not None


def confirm(ticket):
    ticket.refresh_from_db()
    conversation.confirm(ticket=ticket, name="lin", now=clock.now())


def withdraw(ticket):
    ticket.refresh_from_db()
    conversation.withdraw(ticket=ticket, name="lin", now=clock.now())


def close(ticket):
    """As ops merging two cases would, while its remedies go on."""
    Ticket.objects.filter(pk=ticket.pk).update(state="closed", due_at=None)
