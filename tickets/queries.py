"""Reads of tickets that pages and the API use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Prefetch, QuerySet, prefetch_related_objects

from accounts import permissions as who
from common.phrases import mark
from common.refusals import Absent
from compensation import queries as compensation
from evidence import queries as evidence
from evidence.rules.bundle import FORMAT
from orders.rules.rows import storable
from tickets.models import REASONS, Attachment, Event, Rating, Ticket

if TYPE_CHECKING:
    from orders.models import Order


class TicketAbsent(Absent):
    code = "ticket_not_found"
    detail = mark("没有找到这张售后单，请核对单号。")


def tickets_of(reader: Any) -> QuerySet[Ticket]:
    """The reader's tickets with all that a row shows, in a fixed number of queries."""
    remedies = Prefetch("decision__remedies", compensation.remedies())
    return (
        Ticket.objects.visible_to(reader)
        .select_related("order__product", "decision", "assignee")
        .prefetch_related("clocks", remedies)
        .order_by("-id")
    )


def reason_names() -> dict[str, Any]:
    """{reason: what it is called}"""
    return dict(REASONS)


def shown(ticket: Ticket) -> Ticket:
    """One that was opened this instant, with the rest of what a row shows; read again it would cost twice that."""
    prefetch_related_objects([ticket], "clocks", Prefetch("decision__remedies", compensation.remedies()))
    return ticket


def find_ticket(*, reader: Any, no: str) -> Ticket:
    """The reader's ticket; another's looks absent."""
    ticket = tickets_of(reader).filter(no=no).first() if storable(no) else None
    if ticket is None:
        raise TicketAbsent()
    return ticket


def events_of(*, ticket: Ticket, internal: bool) -> QuerySet[Event]:
    """The history, oldest first; notes between colleagues only for ops."""
    rows = Event.objects.filter(ticket=ticket).order_by("id")
    return rows if internal else rows.filter(internal=False)


def newest_ticket_no(*, order: Order) -> str:
    """Of an order whose reader may see it; "" where there is none."""
    return Ticket.objects.filter(order=order).order_by("-id").values_list("no", flat=True).first() or ""


def proofs_of(*, ticket: Ticket) -> QuerySet[Attachment]:
    """What the buyer handed in, oldest first; its file is at the page `ticket-attachment`, for ops too."""
    return Attachment.objects.filter(ticket=ticket).order_by("id")


def find_attachment(*, reader: Any, no: str, token: str) -> Attachment:
    """For the buyer's side and ops; the goods' developer sees the case, not what a buyer shows of themselves."""
    ticket = find_ticket(reader=reader, no=no)
    found = proofs_of(ticket=ticket).filter(token=token).first() if storable(token) else None
    if found is None or not (who.is_ops(reader) or who.role_of(reader) in ("buyer", "guest")):
        raise Absent()
    return found


def rating_of(*, ticket: Ticket) -> Rating | None:
    """What the buyer thinks of how it went; None before it is said."""
    return Rating.objects.filter(ticket=ticket).first()


def bundle_of(*, ticket: Ticket, reader: Any) -> dict[str, Any]:
    """What the record says of the ticket's order, with its proofs and rules: checkable without a server.

    The buyer and ops get all of the order; whoever sees only this ticket gets this ticket.
    """
    own = who.is_ops(reader) or who.guest_order_of(reader) or who.buyer_id_of(reader)
    head, entries, waiting = evidence.entries_of(
        order_no=ticket.order.order_no, internal=who.is_ops(reader), only=None if own else _rows_of(ticket)
    )
    return {
        "format": FORMAT, "ticket_no": ticket.no, "order_no": ticket.order.order_no, "head": head,
        "entries": entries, "waiting": waiting, "policies": compensation.policies_of(order=ticket.order),
    }  # fmt: skip


def _rows_of(ticket: Ticket) -> list[tuple[str, int]]:
    """(kind, id) of what a ticket alone consists of: what happened to it, its decision, its remedies."""
    events = Event.objects.filter(ticket=ticket, internal=False).values_list("pk", flat=True)
    remedies = ticket.decision.remedies.values_list("pk", flat=True)
    return [
        ("decision", ticket.decision_id), *(("ticket", pk) for pk in events), *(("remedy", pk) for pk in remedies),
    ]  # fmt: skip
