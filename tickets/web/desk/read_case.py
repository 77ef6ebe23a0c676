"""One ticket read from the tables for the desk: everything a person decides by, in a fixed number of queries."""

from dataclasses import dataclass
from typing import Any

from compensation import queries as compensation
from compensation.services import standing
from orders import queries as orders
from tickets import queries
from tickets.models import Clock, Event, Ticket
from tickets.web.asking import listed_of
from tickets.web.curve import Count

MOST_OTHERS = 8


@dataclass(frozen=True)
class Rulings:
    """What people said beside the decision: who approved what holds now, what was overridden, found, and borne."""

    override: Any
    approvals: tuple[Any, ...]
    needed: int
    findings: tuple[Any, ...]
    bearer: Any


@dataclass(frozen=True)
class Case:
    ticket: Ticket
    completed_at: Any
    counts: tuple[Count, ...]
    events: tuple[Event, ...]
    clocks: tuple[Clock, ...]
    remedies: tuple[Any, ...]
    rulings: Rulings
    others: tuple[Ticket, ...]
    files: tuple[Any, ...]  # of the buyer, and of the developer with a contest
    listed: dict[str, str]
    proposal: Any  # who the record says bears it
    contests: tuple[Any, ...]

    @property
    def proofs(self) -> tuple[Any, ...]:
        """The buyer's."""
        return tuple(row for row in self.files if row.contest_id is None)

    @property
    def open_contest(self) -> Any:
        """What the developer said against it and nobody has answered."""
        return next((row for row in self.contests if not hasattr(row, "answer")), None)


def find(*, reader: Any, pk: int) -> Ticket:
    """The ticket by the id that the admin's addresses carry."""
    rows = queries.tickets_of(reader).select_related("order__buyer", "order__rollup", "decision__policy")
    found = rows.filter(pk=pk).first()
    if found is None:
        raise queries.TicketAbsent()
    return found


def read(*, ticket: Ticket, reader: Any) -> Case:
    order = ticket.decision.order = ticket.order  # one row, asked for once
    metered = order.product.kind == "metered"
    return Case(
        ticket=ticket,
        completed_at=order.rollup.completed_at,
        counts=_counts(order) if metered else (),
        events=tuple(queries.events_of(ticket=ticket, internal=True)),
        clocks=tuple(ticket.clocks.all()),
        remedies=tuple(ticket.decision.remedies.all()),
        rulings=rulings(ticket),
        others=_others(ticket, reader),
        files=tuple(ticket.attachments.all()),
        listed=listed_of(order) if ticket.reason == "not_as_described" else {},
        proposal=compensation.proposal_of(ticket.decision),
        contests=tuple(compensation.contests_of(ticket_no=ticket.no)),
    )


def tutorials_to_give(ticket: Ticket) -> list[tuple[str, str]]:
    """(number, title) of what may be put into a reply: what fits its reason first."""
    found = orders.tutorials_for(ticket.order.product)
    found.sort(key=lambda row: row.tutorial.symptom != ticket.reason)
    return [(row.tutorial.no, row.title) for row in found]


def rulings(ticket: Ticket) -> Rulings:
    record = ticket.decision
    override = record.overrides.first()
    approvals = tuple(record.approvals.filter(override=override))
    computed = max(1, standing.decision_of(record=record).approvals)
    return Rulings(
        override=override,
        approvals=approvals,
        needed=computed if override is None else 2 if override.needs_second else 1,
        findings=tuple(ticket.order.findings.filter(reason=ticket.reason)),
        bearer=record.bearers.first(),
    )


def _counts(order: Any) -> tuple[Count, ...]:
    return tuple(Count(at, present) for at, present in orders.curve(order=order) if present is not None)


def _others(ticket: Ticket, reader: Any) -> tuple[Ticket, ...]:
    """Of the same buyer: those of the same order first, then the newest."""
    rows = Ticket.objects.visible_to(reader).filter(order__buyer_id=ticket.order.buyer_id)
    rows = rows.exclude(pk=ticket.pk).select_related("order__product", "decision")
    return tuple(
        sorted(rows.order_by("-pk")[:MOST_OTHERS], key=lambda other: other.order_id != ticket.order_id)
    )
