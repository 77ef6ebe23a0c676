"""A case comes to the desk: who may act on it, whether it is still as it was read, and words worth keeping."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accounts import permissions as who
from common.phrases import mark
from common.refusals import Invalid, StateMoved
from compensation.services import deciding
from tickets.models import Ticket
from tickets.queries import TicketAbsent
from tickets.rules.lifecycle import allowed
from tickets.services import history
from tickets.services.claims import faults_of

if TYPE_CHECKING:
    from accounts.models import User

DECIDED = ("first_reply", "next_reply", "intervention", "decision")
REPLIED = ("first_reply", "next_reply", "intervention")


class ColleagueFirst(StateMoved):
    code = "colleague_first"
    title = mark("有人先动过这一单")
    detail = mark("您看的时候，这一单已经有了新的进展，可能是同事先办了。请刷新，看过经过再决定。")


def take_up(*, ticket: Ticket, by: User, version: int) -> None:
    """Lock its line and read it anew; refuses whoever read an older version. In the caller's transaction."""
    if not who.is_ops(by):
        raise TicketAbsent()
    deciding.lock_line(ticket.order)
    ticket.refresh_from_db()
    if ticket.version != version:
        raise ColleagueFirst()


def may(ticket: Ticket, action: str) -> None:
    """Refuse before anything is written what the graph doesn't have here."""
    if action not in allowed(ticket.state, "ops"):
        raise history.off_the_graph(ticket)


def because(text: str, *, field: str = "reason") -> str:
    """The reason that somebody will read."""
    clean = text.strip()
    faults = faults_of(clean)
    if not clean:
        faults = [{"field": field, "code": "required", "detail": mark("请写明理由，买家会看到。")}]
    if faults:
        raise Invalid(errors=[fault | {"field": field} for fault in faults])
    return clean
