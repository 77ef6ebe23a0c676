"""How many stand behind each tab of the queue: one query, and the database stops looking at the cap."""

from datetime import datetime
from typing import Any

from django.db.models import Exists, IntegerField, OuterRef, Q, QuerySet, Subquery

from tickets.models import Clock, Ticket
from tickets.rules import queue
from tickets.rules.lifecycle import FINAL, State

CAP = 99


class Counted(Subquery):
    """The number of rows of a query that has its own limit."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) AS counted)"
    output_field = IntegerField()


def counts(*, reader: Any, now: datetime) -> dict[str, str]:
    """{tab: "0" to "99", or "99+"}; not of the tab with everything, which nobody works down."""
    limited = {tab: Counted(_capped(rows)) for tab, rows in _rows(reader, now).items()}
    one = Ticket.objects.order_by("pk").annotate(**limited).values(*limited)[:1]
    found: dict[str, int] = next(iter(one), dict.fromkeys(limited, 0))
    return {tab: f"{CAP}+" if number > CAP else str(number) for tab, number in found.items()}


def _capped(rows: QuerySet[Ticket]) -> QuerySet[Any]:
    return rows.order_by().values("pk")[: CAP + 1]


def _rows(reader: Any, now: datetime) -> dict[str, QuerySet[Ticket]]:
    """As the tabs filter, but in no order: what is late is told by the limits themselves."""
    seen = Ticket.objects.visible_to(reader)
    waiting = seen.filter(state__in=queue.OURS)
    broken = Clock.objects.filter(
        ticket=OuterRef("pk"), stopped_at=None, kind__in=queue.PROMISES, due_at__lt=now
    )
    return {
        "ours": waiting,
        "late": waiting.filter(Q(due_at__lt=now) | Q(Exists(broken))),
        "mine": seen.filter(assignee=reader).exclude(state__in=FINAL),
        "nobodys": waiting.filter(assignee=None),
        "appeals": waiting.filter(state=State.APPEALED),
    }
