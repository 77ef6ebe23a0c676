"""What the record says of what happens to a ticket, and whether the table still says the same."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.db.models import Max

from evidence.rules.entries import Fact
from evidence.services import log
from tickets.models import Event

KIND = "ticket"


def happened(rows: Iterable[Event], *, now: datetime) -> None:
    """What happened, for whoever may read the ticket; who did it by name, for ops alone."""
    log.record_many(facts=[fact for row in rows for fact in _facts(row)], now=now)


def _facts(row: Event) -> Iterator[Fact]:
    order_no = row.ticket.order.order_no
    yield Fact(KIND, order_no, _said(row), row.internal, row.pk)
    if row.name:
        by = {"no": row.ticket.no, "kind": row.kind, "name": row.name}
        yield Fact("ticket_by", order_no, by, internal=True)


def events(*, after: int, only: int | None = None) -> Iterator[tuple[int, str, dict[str, Any]]]:
    """(id, order number, what the record must say) of every event after that id, as the table has it now."""
    rows = Event.objects.filter(pk__gt=after).select_related("ticket__order").order_by("pk")
    if only is not None:
        rows = rows.filter(pk=only)
    return ((row.pk, row.ticket.order.order_no, _said(row)) for row in rows.iterator(chunk_size=2000))


def last() -> int:
    """The newest id, 0 where there is none."""
    return Event.objects.aggregate(last=Max("pk"))["last"] or 0


def _said(row: Event) -> dict[str, Any]:
    return {
        "no": row.ticket.no, "kind": row.kind, "actor": row.actor, "text": row.text, "data": row.data,
        "internal_note": row.internal,
    }  # fmt: skip
