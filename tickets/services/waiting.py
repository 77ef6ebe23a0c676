"""Waiting states end by themselves or escalate; clocks past their time are marked. Run by the sweep."""

import logging
from datetime import datetime

from django.db import transaction

from common.refusals import StateMoved
from tickets.models import Clock, Ticket
from tickets.rules.lifecycle import State, on_time_out
from tickets.services import history, late

log = logging.getLogger(__name__)


def run_due(*, now: datetime, limit: int = 100) -> int:
    """Every ticket whose state has waited long enough; how many moved."""
    moved = 0
    due = Ticket.objects.select_related("order__product", "order__rollup").filter(due_at__lte=now)
    for ticket in due.order_by("due_at")[:limit]:
        waited = ticket.state == State.FULFILLING  # for late goods: nothing else of that state has a limit
        action = on_time_out(ticket.state)
        if action is None and not waited:
            continue
        try:
            with transaction.atomic():
                if action is None:
                    late.look_again(ticket=ticket, now=now)
                else:
                    history.move(ticket=ticket, action=action, actor="system", now=now)
        except StateMoved:  # somebody was first
            continue
        moved += 1
        if action == "escalate":
            log.error("售后单 %s 到时仍没有人处理，已上报", ticket.no)
    _mark_breaches(now)
    return moved


def _mark_breaches(now: datetime) -> None:
    late = list(
        Clock.objects.filter(state="running", due_at__lt=now).values_list("pk", "ticket__no", "kind")[:500]
    )
    if late:
        Clock.objects.filter(pk__in=[pk for pk, _, _ in late], state="running").update(state="breached")
        log.error("时限已过：%s", "、".join(f"{no} {kind}" for _, no, kind in late))
