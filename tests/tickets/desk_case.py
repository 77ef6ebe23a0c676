"""Cases that wait for ops, the people of the desk, and their moves as short words."""

from datetime import timedelta

from accounts.services import people
from common import clock
from common.progress import bar
from evidence.services import sealing
from shop_aftersales.record import check_everything
from tests.tickets.case import assert_balanced, claim, fallen
from tickets.models import Ticket
from tickets.services import conversation, desk

REASON = "核对过后台的计数"
ONE, TWO = 50_000, 150_000  # fen: above what goes without a person, above what goes with one


def person(name="qiao", role="ops"):
    return people.ensure_user(username=name, role=role, password="pass")


def large(paid_fen=ONE, **changes):
    """Tier C of an order so dear that a person looks: refund and gift wait for approval."""
    fallen(left=700, paid_fen=paid_fen, **changes)
    return claim()


def unmeasured():
    """Nothing could be counted: a person answers, and nothing was computed."""
    fallen(left=None)
    return claim()


def refused():
    """A licence asked back too late."""
    fallen(sku="licence", paid_at=clock.now() - timedelta(hours=30))
    return claim(reason="refund")


def appealed(ticket):
    ticket.refresh_from_db()
    conversation.appeal(ticket=ticket, text="激活码从没用过", name="lin", now=clock.now())
    return ticket


def unhappy(ticket):
    """It came, and the buyer says that it is not all."""
    ticket.refresh_from_db()
    conversation.say(
        ticket=ticket, text="还差一些", actor="buyer", name="lin", internal=False, now=clock.now()
    )


def act(ticket, move, *, by="qiao", role="ops", version=None, **given):
    """One press of ops on the case as it is now, or as it was at `version`."""
    fresh = Ticket.objects.select_related("order__product", "decision").get(pk=ticket.pk)
    usual = {"reason": REASON} if move not in ("assign", "request_proof") else {}
    return getattr(desk, move)(
        ticket=fresh, by=person(by, role), version=fresh.version if version is None else version, now=clock.now(),
        **usual | given,
    )  # fmt: skip


def story(ticket, *, internal=True):
    """(kind, actor, what it says) of all that happened."""
    rows = ticket.events.order_by("id")
    return [(e.kind, e.actor, e.text) for e in rows if internal or not e.internal]


def clocks(ticket):
    return dict(ticket.clocks.order_by("id").values_list("kind", "state"))


def sound():
    """The record agrees with the tables, the decisions with their facts, the books balance."""
    sealing.seal_due(now=clock.now())
    assert list(check_everything(bar=bar)) == []
    assert_balanced()
