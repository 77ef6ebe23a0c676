"""Whether a tutorial helped, as its reader says: before a claim is filed, and in an answered one."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from common.transitions import again_on_deadlock
from orders import queries as orders
from orders.queries.tutorials import TutorialAbsent
from orders.rules.tutorials import HELPED, NOT_HELPED
from orders.services import tutorials
from tickets.models import Event, Ticket
from tickets.rules.lifecycle import State
from tickets.services import conversation, guiding, history

if TYPE_CHECKING:
    from orders.models import Order, TutorialVersion

# While these last a word of the buyer leads somewhere.
ANSWERED_IN = frozenset({State.CONFIRMING, State.WAITING_OPS, State.WAITING_BUYER, State.WAITING_DEVELOPER})


def hear(
    *, order: Order, ticket: Ticket | None, no: str, version: int, helped: bool, name: str, now: datetime
) -> TutorialVersion:
    """The reader's word of a version; in a case it also moves the case. Before filing it files nothing.

    Refuses: TutorialAbsent, MoveNotAllowed in a case that has ended or was refused.
    """
    shown = orders.tutorial_shown(order=order, no=no, number=version)
    said = HELPED if helped else NOT_HELPED

    @transaction.atomic
    def step() -> None:
        if ticket is not None:
            _move(ticket, shown, said, name, now)
        tutorials.record(order=order, versions=[shown], said=said, now=now)

    again_on_deadlock(step)
    return shown


@transaction.atomic
def reply(*, ticket: Ticket, text: str, no: str, name: str, now: datetime) -> None:
    """Ops answer with a tutorial, with words or without. Refuses: TutorialAbsent where none such is published."""
    found = orders.tutorials_for(ticket.order.product)
    version = next((row for row in found if row.tutorial.no == no), None)
    if version is None:
        raise TutorialAbsent()
    if text.strip():
        conversation.say(ticket=ticket, text=text, actor="ops", name=name, internal=False, now=now)
    guiding.give(ticket=ticket, version=version, actor="ops", name=name, now=now)
    history.stop_clocks(ticket=ticket, kinds=conversation.REPLIED_BY_WORDS, now=now)


def _move(ticket: Ticket, shown: TutorialVersion, said: str, name: str, now: datetime) -> None:
    """Solved: resolved, where it waits for just that; otherwise, and where it isn't, a person goes on."""
    ticket.refresh_from_db(fields=["state", "version"])
    kind = guiding.SOLVED if said == HELPED else guiding.UNSOLVED
    if not guiding.was_given(ticket=ticket, version=shown):
        raise TutorialAbsent()
    if _said_before(ticket, kind, shown):
        return
    if ticket.state not in ANSWERED_IN:
        raise history.off_the_graph(ticket)
    data = {"tutorial": shown.tutorial.no, "version": shown.number, "title": shown.title}
    history.log(ticket=ticket, kind=kind, actor="buyer", name=name, now=now, data=data)
    if said == HELPED and ticket.state == State.CONFIRMING:
        conversation.confirm(ticket=ticket, name=name, now=now)
    else:
        conversation.buyer_spoke(ticket=ticket, name=name, now=now)


def _said_before(ticket: Ticket, kind: str, shown: TutorialVersion) -> bool:
    """Pressed twice: nothing was given or said about it since. The newest of these events tells."""
    about = (guiding.GUIDED, guiding.SOLVED, guiding.UNSOLVED)
    newest = Event.objects.filter(ticket=ticket, kind__in=about, data__tutorial=shown.tutorial.no).order_by(
        "-id"
    )
    found = newest.first()
    return found is not None and (found.kind, found.data["version"]) == (kind, shown.number)
