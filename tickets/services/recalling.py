"""A recall gives something on a line: a case of its own, opened and ruled on in one breath, for its buyer to read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from common.phrases import mark
from compensation.services import approving, bearing, overriding
from tickets.models import Ticket
from tickets.rules import clocks
from tickets.services import claims, history
from tickets.services.desk_cases import DECIDED

if TYPE_CHECKING:
    from orders.models import Order

# No rule computes what a recall gives: the decision under it is the one that leaves the matter to people.
REASON = "other"


@dataclass(frozen=True)
class Ruled:
    """What the line is given, why, who asked for it and who agreed, and who bears it."""

    remedy: dict[str, Any]
    units_back: int | None
    why: str
    recall_no: str
    asked_by: str
    agreed_by: str
    party: str


def give(*, order: Order, ruled: Ruled, now: datetime) -> Ticket:
    """Open the case and give it, by the doors of every other override. In the caller's transaction.

    Refuses: Invalid, BudgetSpent. Needs the line's lock.
    """
    ticket = claims.open_claim(
        order=order, reason=REASON, text="", quantity=None, channel=claims.RECALL, actor="", side="system", now=now
    )  # fmt: skip
    record = ticket.decision
    row = overriding.rule(record=record, wanted=[ruled.remedy], by=ruled.asked_by, reason=ruled.why, now=now)
    data = {"remedies": row.remedies, "recall": ruled.recall_no}
    history.move(ticket=ticket, action="recalled", actor="system", text=ruled.why, now=now, data=data)
    _promise(ticket, now)
    bearing.set_bearer(record=record, party=ruled.party, by=ruled.agreed_by, reason=ruled.why, now=now)
    history.move(
        ticket=ticket, action="set_responsibility", actor="ops", name=ruled.agreed_by, text=ruled.why, now=now,
        data={"party": ruled.party}, internal=True, responsibility=ruled.party,
    )  # fmt: skip
    overriding.carry_out(row=row, now=now, units_back=ruled.units_back)
    if row.needs_second:
        approving.agree(record=record, by=ruled.agreed_by, reason=ruled.why, now=now)
        approving.carry_out(record=record, now=now)
    ticket.refresh_from_db()
    return ticket


def _promise(ticket: Ticket, now: datetime) -> None:
    """It is decided; what it gives has a time of its own."""
    history.stop_clocks(ticket=ticket, kinds=DECIDED, now=now)
    words = mark("办理完成：决定后 24 小时内")
    history.start_clock(
        ticket=ticket, kind="fulfilment", within=clocks.FULFILMENT, explanation=words, now=now
    )
