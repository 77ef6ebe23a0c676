"""What a buyer does to an open ticket: confirm, withdraw, appeal, say more."""

from datetime import datetime

from django.db import transaction

from common.phrases import mark
from common.refusals import Invalid
from common.transitions import again_on_deadlock
from compensation.rules.fate import ENDED
from compensation.services import deciding, remedies
from tickets.models import Event, Ticket
from tickets.rules import clocks
from tickets.rules.lifecycle import State
from tickets.services import history
from tickets.services.claims import faults_of
from tickets.services.history import MoveNotAllowed

REPLIED_BY_WORDS = ("first_reply", "next_reply", "intervention")
UNSENT = ("awaiting_approval", "voided")


@transaction.atomic
def confirm(*, ticket: Ticket, name: str, now: datetime) -> Ticket:
    """The buyer has it; the case is resolved."""
    history.move(ticket=ticket, action="confirm", actor="buyer", name=name, now=now)
    return ticket


def withdraw(*, ticket: Ticket, name: str, now: datetime) -> Ticket:
    """Take the claim back: what is still on its way is called back, what came stays. A closed line stays closed."""
    return again_on_deadlock(lambda: _withdraw(ticket, name, now))


@transaction.atomic
def _withdraw(ticket: Ticket, name: str, now: datetime) -> Ticket:
    deciding.lock_line(ticket.order)
    ticket.refresh_from_db(fields=["state", "version", "decision"])  # ops may have found a fact meanwhile
    given = list(ticket.decision.remedies.select_related("order"))
    # Also one that failed: the line was closed for it, and a person still has to pay it.
    if any(remedy.kind in ("refund", "gift") and remedy.state not in UNSENT for remedy in given):
        raise MoveNotAllowed(mark("退款已经在办，撤不回来了。请等它办完。"))
    owed = [remedy for remedy in given if remedy.state not in ENDED]
    history.move(ticket=ticket, action="withdraw", actor="buyer", name=name, now=now)
    for remedy in owed:
        remedies.call_back(remedy=remedy, now=now)
    return ticket


@transaction.atomic
def appeal(*, ticket: Ticket, text: str, name: str, now: datetime) -> Ticket:
    """The buyer disputes a refusal, with a reason."""
    history.move(ticket=ticket, action="appeal", actor="buyer", text=said(text), name=name, now=now)
    return ticket


@transaction.atomic
def say(*, ticket: Ticket, text: str, actor: str, name: str, internal: bool, now: datetime) -> Event:
    """Add a message. A person's of ops answers the reply clocks; a buyer's asks for one, and for a person."""
    event = history.log(
        ticket=ticket, kind="message", actor=actor, name=name, text=said(text), internal=internal, now=now
    )
    if actor == "ops" and not internal:
        history.stop_clocks(ticket=ticket, kinds=REPLIED_BY_WORDS, now=now)
    if actor == "buyer":
        buyer_spoke(ticket=ticket, name=name, now=now)
    if actor == "developer":  # heard only where they were asked
        history.move(ticket=ticket, action="answer", actor="developer", name=name, now=now)
    return event


def buyer_spoke(*, ticket: Ticket, name: str, now: datetime) -> None:
    """In words or by a file: a person answers, and within the time of a reply. In the caller's transaction."""
    if ticket.state == State.CONFIRMING:
        history.move(ticket=ticket, action="not_yet", actor="buyer", name=name, now=now)
    if ticket.state == State.WAITING_BUYER:
        history.move(ticket=ticket, action="answer", actor="buyer", name=name, now=now)
    if ticket.turn == "ops":
        within, words = clocks.NEXT_REPLY, mark("再次答复：您说了以后 30 分钟内")
        history.start_clock(ticket=ticket, kind="next_reply", within=within, explanation=words, now=now)


def said(text: str) -> str:
    """Words worth storing."""
    clean = text.strip()
    errors = (
        faults_of(clean) if clean else [{"field": "text", "code": "required", "detail": mark("请写几个字。")}]
    )
    if errors:
        raise Invalid(errors=errors)
    return clean
