"""A ticket follows its remedies: all done → the buyer confirms; one stuck → a person."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from tickets.models import Ticket
from tickets.rules.lifecycle import State
from tickets.services import history

if TYPE_CHECKING:
    from compensation.models import Remedy

TOLD = ("processing", "settled", "failed", "held", "voided")
STUCK = ("held", "failed")


def follow(*, remedy: Remedy, now: datetime) -> None:
    """In the transaction that moved the remedy, under the line's lock."""
    for ticket in Ticket.objects.select_related("order").filter(decision_id=remedy.decision_id):
        if remedy.state in TOLD:
            tell(ticket=ticket, remedy=remedy, now=now)
        if ticket.state in (State.FULFILLING, State.WAITING_OPS):
            _move_on(ticket, now)


def tell(*, ticket: Ticket, remedy: Remedy, now: datetime) -> None:
    """One event per remedy and state, and one each time that more units came."""
    data = {
        "key": str(remedy.key), "remedy": remedy.kind, "state": remedy.state, "amount_fen": remedy.amount_fen,
        "quantity": remedy.quantity, "delivered": remedy.delivered,
    }  # fmt: skip
    last = ticket.events.filter(kind="remedy", data__key=str(remedy.key)).last()
    if last is None or last.data["state"] != remedy.state:
        history.log(ticket=ticket, kind="remedy", actor="system", now=now, data=data)
    elif last.data["delivered"] != remedy.delivered:
        history.log(ticket=ticket, kind="units", actor="system", now=now, data=data)


def _move_on(ticket: Ticket, now: datetime) -> None:
    states = set()
    for state, follower in ticket.decision.remedies.values_list("state", "followed_by"):
        # A partial or rejected one whose rest was ordered again is told by its follower.
        states.add("settled" if state == "failed" and follower else state)
    if states & set(STUCK):
        if ticket.state == State.FULFILLING:
            history.move(ticket=ticket, action="hand_over", actor="system", now=now)
    elif states <= {"settled", "voided"}:
        history.stop_clocks(
            ticket=ticket, kinds=("first_reply", "intervention", "decision", "fulfilment"), now=now
        )
        history.move(ticket=ticket, action="fulfilled", actor="system", now=now)
    elif ticket.state == State.WAITING_OPS and "awaiting_approval" not in states:
        history.move(ticket=ticket, action="resume", actor="system", now=now)
