"""A remedy that waits for a person, in each way, with its provider saying what the test wants."""

from datetime import timedelta

from common import clock
from compensation.models import HandWord, Remedy
from compensation.services import by_hand
from integrations.models import Intent
from integrations.rules.lifecycle import Held
from integrations.services import settling
from ledger.models import Break, Hold
from tests.tickets.case import claim, fallen, order_of

MINUTE = timedelta(minutes=1)
OF_UNITS = {
    "absent": None,
    "refused": "rejected",
    "done": "completed",
    "running": "in_progress",
    "partial": "partial",
}
OF_CASH = {"absent": None, "refused": "failed", "done": "succeeded", "running": "processing"}


def remedy(kind="top_up", ordinal=1):
    return Remedy.objects.select_related("order__product", "decision__policy").get(kind=kind, ordinal=ordinal)


def held_by_kernel(reason, *, kind="top_up", sent=True):
    """Its claim: the intent went out a minute ago, or never did, and is held for that reason."""
    fallen(left=850 if kind == "top_up" else 700)
    ticket = claim()
    at = clock.now() - MINUTE
    if sent:
        Intent.objects.filter(kind=kind).update(first_sent_at=at, last_sent_at=at, attempts=1, next_at=None)
    settling.hold(intent=Intent.objects.get(kind=kind), reason=Held(reason), now=clock.now())
    assert (remedy(kind).state, remedy(kind).held_reason) == ("held", reason)
    return ticket


def say(outside, word, *, kind="top_up", delivered=None):
    """From now on the provider of that remedy says so."""
    if word == "silent":
        outside.always = (False, "reset")
        return
    state = (OF_UNITS if kind == "top_up" else OF_CASH)[word]
    if state is not None:
        came = {"completed": 180, "partial": 50}.get(state, 0) if delivered is None else delivered
        outside.jobs[str(remedy(kind).key)] = {
            "asked": {"quantity": 180}, "reference": "R-9", "state": state, "delivered": came,
        }  # fmt: skip


def done(kind="top_up", *, by="qiao", reference="H-1", ordinal=1):
    return by_hand.done_by_hand(
        remedy=remedy(kind, ordinal), by=by, reference=reference, reason="看过流水", now=clock.now()
    )


def give_up(kind="top_up", *, by="qiao", ordinal=1):
    return by_hand.give_up(remedy=remedy(kind, ordinal), by=by, reason="对方没有办", now=clock.now())


def send_again(kind="top_up", *, by="qiao", ordinal=1):
    return by_hand.send_again(remedy=remedy(kind, ordinal), by=by, reason="改好了", now=clock.now())


def stands(kind="top_up", ordinal=1):
    """(state, what came, its hold) of the remedy."""
    row = remedy(kind, ordinal)
    return row.state, row.delivered, Hold.objects.get(key=row.key).state


def words():
    return list(HandWord.objects.order_by("id").values_list("action", "by", "reference", "carried_out"))


def open_breaks():
    return list(Break.objects.filter(closed_at=None).order_by("id").values_list("kind", flat=True))


def manual_refund():
    """A refund that nobody but a person can pay: 5000 fen, and a gift with it."""
    fallen(left=700, gateway="alipay")
    return claim()


__all__ = ["order_of"]
