"""催一下: the buyer asks for haste, and something happens: a clock, an alert, a question to the supplier."""

import logging
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from common.figures import time_of_day
from common.phrases import mark, phrase
from common.refusals import Refusal
from compensation.services import hurrying
from tickets.models import Ticket
from tickets.rules import clocks, nudging
from tickets.services import history
from tickets.services.history import MoveNotAllowed

log = logging.getLogger(__name__)


class NudgedBefore(Refusal):
    status = 429
    code = "nudged_before"
    title = mark("刚才催过了")
    detail = mark("刚才催过了，请过一会儿再催。")


@transaction.atomic
def nudge(*, ticket: Ticket, name: str, now: datetime) -> Ticket:
    """Once in half an hour. Refuses: NudgedBefore (with when again), MoveNotAllowed where nobody else has to move."""
    ticket.refresh_from_db(fields=["state", "version", "nudged_at"])
    if ticket.turn not in nudging.HURRIED:
        raise MoveNotAllowed(phrase("这一单现在不等别人，不用催。请刷新后再看。"))
    again = Q(nudged_at=None) | Q(nudged_at__lte=now - nudging.EVERY)
    if not Ticket.objects.filter(again, pk=ticket.pk).update(nudged_at=now):
        raise _too_soon(ticket, now)
    ticket.nudged_at = now
    asked = hurrying.hurry(record=ticket.decision, now=now) if ticket.turn == "system" else 0
    if ticket.turn != "system":
        words = mark("再次答复：您催了以后 30 分钟内")
        history.start_clock(
            ticket=ticket, kind="next_reply", within=clocks.NEXT_REPLY, explanation=words, now=now
        )
    data = {"turn": ticket.turn, "asked": asked}
    history.log(ticket=ticket, kind="nudged", actor="buyer", name=name, now=now, data=data)
    log.error("买家催办：售后单 %s，现在轮到 %s", ticket.no, ticket.turn)
    return ticket


def _too_soon(ticket: Ticket, now: datetime) -> NudgedBefore:
    ticket.refresh_from_db(fields=["nudged_at"])
    again_at = nudging.again_at(ticket.nudged_at, now=now) or now
    seconds = max(1, int((again_at - now).total_seconds()) + 1)
    detail = phrase("刚才催过了，已经在办。{time} 以后可以再催。", time=time_of_day(again_at))
    return NudgedBefore(detail, extra={"retry_after": seconds})
