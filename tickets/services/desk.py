"""What ops do to a case: take it on, ask for proof, say who bears it; and decide (desk_deciding)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from accounts import permissions as who
from common.phrases import mark
from common.refusals import Invalid
from common.transitions import again_on_deadlock
from compensation.services import bearing, contesting
from compensation.services.bearing import PARTIES
from tickets.models import Ticket
from tickets.rules import clocks
from tickets.rules.lifecycle import State
from tickets.services import history
from tickets.services.desk_cases import REPLIED, ColleagueFirst, because, may, take_up
from tickets.services.desk_deciding import approve, establish, override, refuse

if TYPE_CHECKING:
    from accounts.models import User

__all__ = [
    "ColleagueFirst",
    "approve",
    "assign",
    "establish",
    "override",
    "refuse",
    "request_proof",
    "set_responsibility",
]
ASKED = {"buyer": State.WAITING_BUYER, "developer": State.WAITING_DEVELOPER}


@transaction.atomic
def assign(*, ticket: Ticket, to: User | None, by: User, version: int, now: datetime) -> Ticket:
    """Whose case it is; nobody's with None. Only colleagues learn of it."""
    take_up(ticket=ticket, by=by, version=version)
    if to is not None and not who.is_ops(to):
        raise Invalid(errors=[_fault("username", "not_ops", mark("只能交给运营的同事，请核对用户名。"))])
    name = to.get_username() if to else ""
    history.move(
        ticket=ticket, action="assign", actor="ops", name=by.get_username(), text=name, now=now, internal=True,
        assignee=to,
    )  # fmt: skip
    return ticket


@transaction.atomic
def request_proof(*, ticket: Ticket, by: User, whom: str, text: str, version: int, now: datetime) -> Ticket:
    """Ask the buyer (72 h) or the developer (48 h); without an answer ops decide on what is there."""
    asked = because(text, field="text")
    take_up(ticket=ticket, by=by, version=version)
    may(ticket, "request_proof")
    if whom not in ASKED:
        raise Invalid(errors=[_fault("from", "unknown_value", mark("请选向谁要：买家或开发者。"))])
    if whom == "developer" and ticket.order.product.developer_id is None:
        raise Invalid(errors=[_fault("from", "no_developer", mark("这件商品没有登记开发者，请向买家要。"))])
    if whom == "buyer":  # a person's message; what still runs then stands still
        history.stop_clocks(ticket=ticket, kinds=REPLIED, now=now)
    history.move(
        ticket=ticket, action="request_proof", actor="ops", name=by.get_username(), text=asked, now=now,
        to=ASKED[whom], data={"whom": whom},
    )  # fmt: skip
    if whom == "developer":
        within, words = clocks.DEVELOPER_ANSWER, mark("开发者答复：请他说明以后 48 小时内")
        history.start_clock(ticket=ticket, kind="developer_answer", within=within, explanation=words, now=now)
    return ticket


def set_responsibility(
    *, ticket: Ticket, by: User, party: str, reason: str, version: int, now: datetime
) -> Ticket:
    """Who bears the cost; never what the buyer gets. The books follow, also for what is paid later."""
    said = because(reason)
    if party not in dict(PARTIES):
        raise Invalid(errors=[_fault("party", "unknown_value", mark("请从列出的责任方里选一个。"))])
    return again_on_deadlock(lambda: _set_responsibility(ticket, by, party, said, version, now))


@transaction.atomic
def _set_responsibility(
    ticket: Ticket, by: User, party: str, reason: str, version: int, now: datetime
) -> Ticket:
    take_up(ticket=ticket, by=by, version=version)
    contesting.refuse_while_open(record=ticket.decision)
    history.move(
        ticket=ticket, action="set_responsibility", actor="ops", name=by.get_username(), text=reason, now=now,
        data={"party": party}, internal=True, responsibility=party,
    )  # fmt: skip
    bearing.set_bearer(record=ticket.decision, party=party, by=by.get_username(), reason=reason, now=now)
    return ticket


def _fault(field: str, code: str, detail: str) -> dict[str, str]:
    return {"field": field, "code": code, "detail": detail}
