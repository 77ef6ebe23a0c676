"""How many stand behind each tab of the queue: one query, and the database stops looking at the cap."""

from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from common.counting import counted, said
from tickets.models import Clock, Ticket
from tickets.rules import queue
from tickets.rules.lifecycle import FINAL, State


def counts(*, reader: Any, now: datetime) -> dict[str, str]:
    """{tab: "0" to "99", or "99+"}; not of the tab with everything, which nobody works down."""
    return {tab: said(number) for tab, number in counted(_rows(reader, now)).items()}


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
