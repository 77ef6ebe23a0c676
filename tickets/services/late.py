"""没按时送到: the buyer waits another delivery time, or takes back the money for what never came."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction

from common.phrases import mark
from common.refusals import StateMoved
from common.transitions import again_on_deadlock
from compensation import queries as compensation
from compensation.queries import Quote
from compensation.services import deciding
from tickets.models import Ticket
from tickets.rules.late import waits_until
from tickets.rules.lifecycle import FINAL, State
from tickets.services import claims, conversation, history

if TYPE_CHECKING:
    from orders.models import Order

WAIT, REFUND = "wait", "refund"
CHOICE = "delay.choice"


class NotLate(StateMoved):
    code = "not_late"
    title = mark("现在没有要选的")
    detail = mark("已经送齐，或送达时限还没到。请刷新后再看。")


class NothingToRefund(StateMoved):
    code = "nothing_to_refund"
    title = mark("算不出能退多少")
    detail = mark("按规则算不出没送到的能退多少。请从「还有别的问题」说明，由专人办。")


def choose(*, order: Order, choice: str, channel: str, actor: str, side: str, now: datetime) -> Ticket:
    """The ticket that the choice leads to: the case of the delay, or the refund's.

    Refuses: NotLate, NothingToRefund, MoveNotAllowed, BudgetSpent, AlreadyOpen (a refund that is under way).
    """
    by = {"channel": channel, "actor": actor, "side": side}
    step = _wait if choice == WAIT else _refund
    return again_on_deadlock(lambda: step(order, by, now))


@transaction.atomic
def _wait(order: Order, by: dict[str, Any], now: datetime) -> Ticket:
    """Until another delivery time, as long as the first one was, has passed from now on."""
    ticket = _case(order, by, now)
    if ticket.state == State.FULFILLING:
        return ticket  # pressed twice
    until = waits_until(paid_at=order.paid_at, deadline_at=order.deadline_at, now=now)
    data = {"until": until.isoformat(), "delivered": ticket.decision.facts["delivered"]}
    history.move(ticket=ticket, action="wait", actor="buyer", name=by["actor"], now=now, data=data)
    Ticket.objects.filter(pk=ticket.pk).update(due_at=until)
    ticket.due_at = until
    words = mark("送齐：您选了再等一个送达时限")
    history.start_clock(ticket=ticket, kind="fulfilment", within=until - now, explanation=words, now=now)
    return ticket


@transaction.atomic
def _refund(order: Order, by: dict[str, Any], now: datetime) -> Ticket:
    """The money for what never came; the case of the delay ends with it."""
    late = _case(order, by, now)
    if not compensation.quote(order=order, reason="refund", now=now).decision.cash_fen:
        raise NothingToRefund()
    refund = claims.open_claim(order=order, reason="refund", text="", quantity=None, now=now, **by)
    history.log(
        ticket=late, kind="took_refund", actor="buyer", name=by["actor"], now=now, data={"ticket": refund.no}
    )
    if late.state == State.CONFIRMING:
        history.move(ticket=late, action="confirm", actor="buyer", name=by["actor"], now=now)
    else:  # what a person may have ordered for it is called back
        conversation.withdraw(ticket=late, name=by["actor"], now=now)
    return refund


def _case(order: Order, by: dict[str, Any], now: datetime) -> Ticket:
    """The open case of the delay, opened where there is none."""
    deciding.lock_line(order)
    open_ones = Ticket.objects.filter(order=order, reason="delay").exclude(state__in=FINAL)
    ticket = open_ones.select_related("order", "decision").first()
    found = compensation.quote(order=order, reason="delay", now=now)
    if found.decision.clause != CHOICE or is_all_there(found):
        raise NotLate()
    if ticket is None:
        ticket = claims.open_claim(order=order, reason="delay", text="", quantity=None, now=now, **by)
    return ticket


def here(found: Quote) -> int:
    """Units that have come by now: what came after the deadline is no part of `delivered`, yet it is there."""
    seen = found.look.present if found.look else None
    return max(found.facts.delivered, seen or 0)


def is_all_there(found: Quote) -> bool:
    """Nothing is to come any more: what was given back isn't waited for."""
    return here(found) + found.facts.refunded_units >= found.facts.ordered


@transaction.atomic
def look_again(*, ticket: Ticket, now: datetime) -> None:
    """The time that the buyer gave has passed: all is there and the buyer confirms, or a person takes over."""
    found = compensation.quote(order=ticket.order, reason="delay", now=now)
    arrived = is_all_there(found)
    kinds = ("first_reply", "decision", "fulfilment")
    if arrived:
        history.stop_clocks(ticket=ticket, kinds=kinds, now=now)
    data = {"delivered": here(found), "ordered": found.facts.ordered}
    action = "fulfilled" if arrived else "hand_over"
    history.move(ticket=ticket, action=action, actor="system", now=now, data=data)
