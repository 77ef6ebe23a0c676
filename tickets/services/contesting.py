"""The developer contests bearing a case's cost, and ops answer: both on the case, its line locked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from accounts import permissions as who
from accounts import queries as people
from common.phrases import mark
from common.refusals import Invalid
from common.transitions import again_on_deadlock
from compensation.services import contesting, deciding
from compensation.services.bearing import PARTIES
from tickets.models import Ticket
from tickets.queries import TicketAbsent
from tickets.services import attachments, history
from tickets.services.attachments import Checked, Kept
from tickets.services.claims import faults_of
from tickets.services.desk_cases import take_up

if TYPE_CHECKING:
    from accounts.models import User


def contest(*, ticket: Ticket, by: User, text: str, now: datetime, files: Sequence[Checked] = ()) -> Ticket:
    """The developer of the goods, once per ruling and within the limit; anybody else finds no such case.

    With it go files, for ops and the developer alone.
    """
    if who.role_of(by) != "developer" or ticket.order.product.developer_id != by.pk:
        raise TicketAbsent()
    said = _words(text, "text", mark("请写明为什么不该由您承担。"))
    with attachments.on_disk(files) as kept:
        return again_on_deadlock(lambda: _contest(ticket, by, said, kept, now))


@transaction.atomic
def _contest(ticket: Ticket, by: User, text: str, kept: Sequence[Kept], now: datetime) -> Ticket:
    deciding.lock_line(ticket.order)
    ticket.refresh_from_db()
    name = by.get_username()
    row = contesting.contest(record=ticket.decision, ticket_no=ticket.no, text=text, by=name, now=now)
    history.log(
        ticket=ticket, kind="contest", actor="developer", name=name, text=text, now=now, internal=True
    )
    attachments.add_all(ticket=ticket, kept=kept, side="developer", name=name, now=now, contest=row)
    return ticket


def answer(*, ticket: Ticket, by: User, party: str, reason: str, version: int, now: datetime) -> Ticket:
    """Uphold (the developer) or move to another party; the cost moves with it, the buyer's remedy never does."""
    said = _words(reason, "reason", mark("请写明理由，开发者会看到。"))
    if party not in dict(PARTIES):
        detail = mark("请从列出的责任方里选一个。")
        raise Invalid(errors=[{"field": "party", "code": "unknown_value", "detail": detail}])
    return again_on_deadlock(lambda: _answer(ticket, by, party, said, version, now))


@transaction.atomic
def _answer(ticket: Ticket, by: User, party: str, reason: str, version: int, now: datetime) -> Ticket:
    take_up(ticket=ticket, by=by, version=version)
    name = by.get_username()
    others = any(person.pk != by.pk for person in people.ops())
    contesting.answer(record=ticket.decision, party=party, reason=reason, by=name, others=others, now=now)
    history.move(
        ticket=ticket, action="set_responsibility", actor="ops", name=name, text=reason, now=now,
        data={"party": party, "contest": True}, internal=True, responsibility=party,
    )  # fmt: skip
    return ticket


def _words(text: str, field: str, missing: str) -> str:
    clean = text.strip()
    faults = faults_of(clean)
    if not clean:
        faults = [{"field": field, "code": "required", "detail": missing}]
    if faults:
        raise Invalid(errors=[fault | {"field": field} for fault in faults])
    return clean
