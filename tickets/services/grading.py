"""How grave a case is: major where many lines fall together with its own, also found out after it was filed."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db import transaction
from django.db.models import F, Q

from common.inserting import insert
from common.transitions import again_on_deadlock
from tickets.models import Clock, Event, Ticket
from tickets.rules import clocks, lifecycle
from tickets.rules.lifecycle import FINAL, State
from tickets.services import history
from tickets.signals import claim_filed

if TYPE_CHECKING:
    from orders.models import Order

log = logging.getLogger(__name__)
KIND = "graded"
Why = Mapping[str, Any]


class Broken(Exception):
    """Whoever was asked broke: what it read or wrote is undone, the claim goes on without its answer."""


def why_together(*, order: Order, reason: str, now: datetime) -> Why | None:
    """Why a claim filed now is major whatever its own counts say; None: nobody above knows of a reason."""
    answers: list[Any] = []
    try:
        with transaction.atomic():  # a statement that fails would spoil the claim's own transaction
            answers = [
                answer for _, answer in claim_filed.send_robust(Ticket, order=order, reason=reason, now=now)
            ]
            if broke := [answer for answer in answers if isinstance(answer, Exception)]:
                raise Broken from broke[0]
    except Broken:  # how grave it is delays nobody's claim
        log.exception("问订单 %s 是不是一起掉的时出错，先照它自己的数定轻重", order.order_no)
    return next((why for why in answers if why and not isinstance(why, Exception)), None)


def say_why(*, ticket: Ticket, why: Why, now: datetime) -> None:
    """For ops alone: whose goods fell together is no word for a buyer."""
    history.log(ticket=ticket, kind=KIND, actor="system", data=dict(why), internal=True, now=now)


class Filed(NamedTuple):
    """A claim, by its ids, and when it was filed."""

    opened_at: datetime
    pk: int
    order_id: int
    product_id: int


def filed_and_open(
    *, reason: str, since: datetime, until: datetime, after: int = 0, most: int
) -> list[Filed]:
    """Claims for it, filed from then to then, that go on and are less than major; the oldest first.

    Of those filed at `since` only the ones after that id. Read along the index of when they were opened.
    """
    rows = Ticket.objects.filter(reason=reason, opened_at__gte=since, opened_at__lte=until)
    rows = rows.filter(Q(opened_at__gt=since) | Q(pk__gt=after)).order_by("opened_at", "pk")
    rows = rows.exclude(severity="major").exclude(state__in=FINAL).exclude(channel="recall")
    return [
        Filed(*row) for row in rows.values_list("opened_at", "pk", "order_id", "order__product_id")[:most]
    ]


def make_major(*, ids: Iterable[int], why: Why, now: datetime) -> int:
    """Those of these cases that go on and are less than major, once; how many. Never the other way."""
    these = sorted(ids)
    return again_on_deadlock(lambda: _make_major(these, why, now)) if these else 0


@transaction.atomic
def _make_major(ids: Sequence[int], why: Why, now: datetime) -> int:
    lesser = Ticket.objects.filter(pk__in=ids).exclude(severity="major").exclude(state__in=FINAL)
    # Whoever grades one of them waits for this transaction, and whoever read one before it has to read it again: the
    # limit of its next state goes by how grave it is.
    lesser.update(version=F("version") + 1)
    rows = list(lesser.select_related("order").order_by("pk"))
    if not rows:
        return 0
    graded = Ticket.objects.filter(pk__in=[row.pk for row in rows])
    waiting = graded.filter(state=State.WAITING_OPS, severity="normal")
    waiting.update(due_at=F("due_at") - lifecycle.SOONER)
    graded.update(severity="major")
    for long_term in (False, True):
        clock = clocks.team(long_term=long_term, now=now)
        _call([row for row in rows if row.turn == "ops" and row.order.long_term is long_term], clock, now)
    events = [
        Event(ticket=row, at=now, kind=KIND, actor="system", data={"was": row.severity, **why}, internal=True)
        for row in rows
    ]  # fmt: skip
    history.log_all(rows=events, now=now)
    return len(rows)


def _call(tickets: Sequence[Ticket], clock: clocks.NewClock, now: datetime) -> None:
    """The team is called; what was promised sooner stands, and one running promise of a kind is enough.

    A first reply that is still to come by then is that promise too: a case filed as major has no other. What is over
    already promises nothing, whether or not the sweep has said so.
    """
    running = Clock.objects.filter(ticket__in=tickets, state="running", kind__in=("first_reply", clock.kind))
    if not tickets:
        return
    later = running.filter(kind=clock.kind, due_at__gt=clock.due_at)
    later.update(due_at=clock.due_at, explanation=clock.explanation)
    to_come = running.filter(due_at__gte=now, due_at__lte=clock.due_at)
    promised = set(to_come.values_list("ticket_id", flat=True))
    new = [
        Clock(ticket=ticket, kind=clock.kind, state="running", due_at=clock.due_at, explanation=clock.explanation)
        for ticket in tickets if ticket.pk not in promised
    ]  # fmt: skip
    if new:
        insert(*new)
