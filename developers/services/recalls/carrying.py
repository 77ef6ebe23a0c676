"""A recall gives: one line at a time, each in a transaction of its own, once and never more than was shown."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Count, Sum
from django.urls import reverse

from accounts.services import inbox
from accounts.services.inbox import Message
from common import transitions
from common.refusals import Refusal
from common.transitions import again_on_deadlock
from compensation.services import deciding
from developers.models import Recall, RecallLine, RecallWord
from developers.rules import netting
from developers.rules.netting import FAILED, SPENT, Due
from developers.rules.recall_life import GIVEN, LISTED, OPEN, SKIPPED, State
from developers.rules.recall_words import told, why
from developers.rules.recalls import REFUND
from developers.services.recalls import recording, standing
from orders import queries as orders
from tickets.services import recalling
from tickets.services.recalling import Ruled

if TYPE_CHECKING:
    from orders.models import Order
    from tickets.models import Ticket

log = logging.getLogger(__name__)
BATCH = 50


def step(*, recall: Recall, now: datetime) -> None:
    """The next lines; at the end the recall is done."""
    waiting = RecallLine.objects.filter(recall=recall, state=LISTED).order_by("id")
    batch = list(waiting.values_list("pk", "order_id")[:BATCH])
    if not batch:
        return _end(recall, now)
    found = orders.lines_reached(order_id for _, order_id in batch)
    agreed_by = _agreed_by(recall)
    for pk, order_id in batch:
        if not _one(recall, pk, found[order_id], agreed_by, now):
            break
    return None


def _one(recall: Recall, pk: int, order: Order, agreed_by: str, now: datetime) -> bool:
    """Whether to go on with the next: a line that can't be given anything keeps no other from it."""
    try:
        return again_on_deadlock(lambda: _give(recall, pk, order, agreed_by, now))
    except (OperationalError, InterfaceError):  # the database, not this line
        raise
    except Refusal as refused:
        if refused.code == "budget_spent":  # another refund was there first; nothing is wrong
            log.warning("召回 %s 的订单 %s：%s", recall.no, order.order_no, refused.detail)
            return _skip(recall, pk, order, SPENT, now)
        log.error("召回 %s 的订单 %s 没有办成：%s", recall.no, order.order_no, refused.detail)
        return _skip(recall, pk, order, FAILED, now)
    except Exception:
        log.exception("召回 %s 的订单 %s 没有办成", recall.no, order.order_no)
        return _skip(recall, pk, order, FAILED, now)


@transaction.atomic
def _give(recall: Recall, pk: int, order: Order, agreed_by: str, now: datetime) -> bool:
    """Under the line's lock: of two workers one finds it waiting. False: the recall has been stopped."""
    deciding.lock_line(order)
    row = _waiting(recall, pk)
    if row is None:
        return Recall.objects.filter(pk=recall.pk, state=State.RUNNING).exists()
    now_due = standing.dues(recall=recall, lines={order.pk: order})[order.pk]
    due = netting.capped(now_due, shown_fen=row.shown_fen, shown_units=row.shown_units)
    if not due.gives:
        return _keep(row, order, now, state=SKIPPED, skip=due.skip)
    ticket = recalling.give(order=order, ruled=_ruled(recall, due, agreed_by), now=now)
    _tell(recall, order, ticket, due, now)
    return _keep(
        row, order, now, state=GIVEN, fen=due.fen, units=due.units, ticket=ticket, decision_id=ticket.decision_id
    )  # fmt: skip


@transaction.atomic
def _skip(recall: Recall, pk: int, order: Order, reason: str, now: datetime) -> bool:
    deciding.lock_line(order)
    row = _waiting(recall, pk)
    return row is None or _keep(row, order, now, state=SKIPPED, skip=reason)


def _waiting(recall: Recall, pk: int) -> RecallLine | None:
    rows = RecallLine.objects.filter(pk=pk, state=LISTED, recall__state=State.RUNNING)
    return rows.select_related("recall").first()


def _keep(row: RecallLine, order: Order, now: datetime, **became: Any) -> bool:
    for name, value in became.items():
        setattr(row, name, value)
    row.at, row.order = now, order
    row.save(update_fields=["at", *became])
    recording.lines([row], now=now)
    return True


def _ruled(recall: Recall, due: Due, agreed_by: str) -> Ruled:
    cash = recall.remedy == REFUND
    return Ruled(
        remedy={"kind": recall.remedy, "amount_fen" if cash else "quantity": due.fen if cash else due.units},
        units_back=_units_back(recall, due), why=why(recall.cause, recall.text), recall_no=recall.no,
        asked_by=recall.asked_by.get_username(), agreed_by=agreed_by, party=recall.party,
    )  # fmt: skip


def _units_back(recall: Recall, due: Due) -> int | None:
    """Time has no units that a refund could take; unless all of the line is refunded."""
    if recall.remedy != REFUND or (recall.product.kind == "subscription" and recall.quantity is not None):
        return None
    return due.units_back


def _tell(recall: Recall, order: Order, ticket: Ticket, due: Due, now: datetime) -> None:
    words = told(title=order.product.title, remedy=recall.remedy, fen=due.fen, units=due.units)
    message = Message(
        buyer_id=order.buyer_id, order_no=order.order_no, kind="recall", about=f"{recall.no}:{order.order_no}",
        text=words, link=reverse("ticket", args=[ticket.no]),
    )  # fmt: skip
    inbox.write(messages=[message], now=now)


def _agreed_by(recall: Recall) -> str:
    said = RecallWord.objects.filter(recall=recall, action="approve").order_by("-id")
    return said.values_list("by", flat=True).first() or ""


def keep_progress(*, recall: Recall) -> None:
    """For its readers, once a pass and not with each batch: every line is counted. A pass that was killed
    leaves it to the next one."""
    Recall.objects.filter(pk=recall.pk, state__in=OPEN).update(progress=progress_of(recall))


def progress_of(recall: Recall) -> dict[str, Any]:
    """By what its rows say now, so that a batch whose worker was killed is counted all the same."""
    rows = RecallLine.objects.filter(recall=recall).order_by()
    states = dict(rows.values_list("state").annotate(n=Count("id")).order_by())
    skipped = rows.filter(state=SKIPPED).values_list("skip").annotate(n=Count("id"))
    sums = rows.filter(state=GIVEN).aggregate(fen=Sum("fen", default=0), units=Sum("units", default=0))
    return sums | {
        "given": states.get(GIVEN, 0), "waiting": states.get(LISTED, 0), "skipped": dict(skipped.order_by("skip"))
    }  # fmt: skip


@transaction.atomic
def _end(recall: Recall, now: datetime) -> None:
    transitions.move(recall, to=State.DONE, ended_at=now, progress=progress_of(recall))
    recording.recall(recall, what="done", now=now)
