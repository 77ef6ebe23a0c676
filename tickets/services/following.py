"""A ticket follows its remedies: all done → the buyer confirms; one stuck → a person."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from tickets.models import Ticket
from tickets.rules.lifecycle import State
from tickets.services import history

if TYPE_CHECKING:
    from compensation.models import Remedy

TOLD = ("processing", "settled", "failed", "held", "voided")
STUCK = ("held", "failed")
UNDONE = ("failed", "voided")


def follow(*, remedy: Remedy, now: datetime) -> None:
    """In the transaction that moved the remedy, under the line's lock."""
    for ticket in Ticket.objects.select_related("order").filter(decision_id=remedy.decision_id):
        if remedy.state in TOLD:
            tell(ticket=ticket, remedy=remedy, now=now)
        if ticket.state in (State.FULFILLING, State.WAITING_OPS):
            _move_on(ticket, now)


def catch_up(*, ticket: Ticket, now: datetime) -> Ticket:
    """What was done at once was announced before the ticket had this decision: a replacement out of the stock."""
    if all(remedy["kind"] != "replacement" for remedy in ticket.decision.body["remedies"]):
        return ticket
    done = list(ticket.decision.remedies.filter(state="settled").select_related("order").order_by("id"))
    for remedy in done:
        follow(remedy=remedy, now=now)
    if done:
        ticket.refresh_from_db()
    return ticket


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
    states = _states(ticket)
    if not states:  # all that was given before is being replaced
        return
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


def _states(ticket: Ticket) -> set[str]:
    """How its remedies stand. What an override replaced, and came to nothing, tells no more.

    None while what came to nothing is taken back and what is given instead is not there yet.
    """
    remedies = ticket.decision.remedies.order_by("id")
    rows = list(remedies.values_list("state", "followed_by", "override_id"))
    rulings = ticket.decision.overrides.order_by("-id").values_list("pk", flat=True)
    newest = rulings.first() if any(state in UNDONE for state, _, _ in rows) else None
    if newest is not None and newest not in {override for _, _, override in rows}:
        return set()
    states = set()
    for state, follower, override in rows:
        if newest is not None and override != newest and state in UNDONE:
            continue
        # A partial or rejected one whose rest was ordered again is told by its follower.
        states.add("settled" if state == "failed" and follower else state)
    if _gave_up_cash(remedies.filter(kind="refund", override=newest)):
        states.add("failed")
    return states


def _gave_up_cash(refunds: Any) -> bool:
    """A person gave the last refund up: the buyer was told of money, so that somebody has to say what comes instead."""
    return bool(refunds.values_list("state", flat=True).last() == "voided")
