"""A claim is opened and decided in one transaction, and answered with its decision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from django.db import transaction

from accounts import permissions as who
from common.ids import public_id
from common.inserting import insert
from common.phrases import mark, phrase
from common.refusals import Invalid, StateMoved
from common.transitions import again_on_deadlock
from compensation.queries import Quote
from compensation.rules.drops import is_urgent
from compensation.rules.facts import DEFECTS, METERED_ONLY, REASONS
from compensation.services import deciding
from orders.rules.rows import storable
from orders.services import card_keys
from tickets.models import Clock, Ticket
from tickets.rules import clocks, lifecycle, triage
from tickets.rules.lifecycle import FINAL, State
from tickets.services import following, grading, guiding, history

if TYPE_CHECKING:
    from orders.models import Order
    from orders.services.fresh_counts import Missed

LONGEST_TEXT = 4000
RECALL = "recall"  # the channel of what nobody filed
NOT_OF_GIFTS = frozenset(
    {"low_interaction"}
)  # a gift is covered one for one for what is lost of it, and no more


class AlreadyOpen(StateMoved):
    code = "ticket_open"
    title = mark("这件事已经有一张售后单")


def open_claim(
    *,
    order: Order,
    reason: str | None,
    text: str,
    quantity: int | None,
    channel: str,
    actor: str,
    now: datetime,
    side: str = "buyer",
    wants: str = "refund",
    units: Sequence[int] = (),
    missed: Missed | None = None,
) -> Ticket:
    """Open, decide and grant. Refuses: Invalid, AlreadyOpen (with the first's ticket_no), BudgetSpent.

    `actor` is the name of whoever files it, `side` whether that is the buyer or ops on the buyer's behalf. `wants`:
    what it shall be where goods prove faulty; `units` are those that don't work, and then the quantity is theirs.
    `missed`: a fresh count was asked for and not had (`anew.look`).
    """
    units = sorted(set(units))
    reason = _clean(order, reason, text, quantity, units)
    asked = Asked(len(units) or quantity, wants, units, missed)
    said = {"reason": reason, "text": text, "channel": channel}
    return again_on_deadlock(lambda: _open(order, said, asked, (side, actor), now))


class Asked(NamedTuple):
    """How much of the line a claim is about, and what its buyer would rather have."""

    quantity: int | None
    wants: str
    units: list[int]
    missed: Missed | None


@transaction.atomic
def _open(order: Order, said: dict[str, str], asked: Asked, by: tuple[str, str], now: datetime) -> Ticket:
    reason = said["reason"]
    deciding.lock_line(order)
    if said["channel"] != RECALL:
        _refuse_second(order, reason)
    if asked.units:
        card_keys.report(order=order, units=asked.units, now=now)
    record, found = deciding.decide_claim(
        order=order, reason=reason, quantity=asked.quantity, wants=asked.wants, now=now
    )
    decision = found.decision
    state = lifecycle.after_decision(outcome=decision.outcome, requires_review=decision.requires_review)
    held = list(record.remedies.filter(state="held"))
    if held:
        state = State.WAITING_OPS
    why = None if said["channel"] == RECALL else grading.why_together(order=order, reason=reason, now=now)
    severity = clocks.severity_of(clause=decision.clause, urgent=_urgent(found), together=why is not None)
    limit = lifecycle.waits(state, severity=severity)
    ticket = insert(
        Ticket(
            no=public_id("T"), order=order, **said, severity=severity, state=state.value, decision=record,
            opened_at=now, due_at=now + limit if limit else None, resolved_at=now if state in FINAL else None,
            # A long-term buyer's own agent has it from the start; whoever is free may take it over.
            assignee=who.agent_of(order.buyer) if order.long_term else None,
        )
    )  # fmt: skip
    _start_clocks(ticket, found, now)
    _write_history(ticket, by, now)
    if why:
        grading.say_why(ticket=ticket, why=why, now=now)
    if asked.missed:
        history.log(ticket=ticket, kind="count_missed", actor="system", data=asdict(asked.missed), now=now)
    guiding.guide(ticket=ticket, now=now)
    for remedy in held:  # it was announced before the ticket was there to hear of it
        following.tell(ticket=ticket, remedy=remedy, now=now)
    return following.catch_up(ticket=ticket, now=now)


def faults_of(text: str) -> list[dict[str, str]]:
    """Why these words can't be stored, if they can't."""
    if not storable(text):
        return [{"field": "text", "code": "malformed", "detail": mark("里面有存不下的字符，请去掉后再试。")}]
    if len(text) > LONGEST_TEXT:
        detail = phrase("请不要超过 {n} 个字，长的分几次写。", n=LONGEST_TEXT)
        return [{"field": "text", "code": "too_long", "detail": detail}]
    return []


def _clean(order: Order, reason: str | None, text: str, quantity: int | None, units: Sequence[int]) -> str:
    errors = []
    metered = order.product.kind == "metered"
    if not reason and not text.strip():
        errors.append(
            {"field": "reason", "code": "required", "detail": mark("请选一个事由，或写几个字说明情况。")}
        )
    refused = METERED_ONLY if not metered else NOT_OF_GIFTS if order.is_gift else frozenset()
    if reason and (reason not in REASONS or reason in refused):
        errors.append(
            {
                "field": "reason",
                "code": "unknown_reason",
                "detail": mark("这件商品没有这种事由，请另选一个。"),
            }
        )
    errors += faults_of(text)
    if quantity is not None and not 1 <= quantity <= order.quantity:
        detail = phrase("数量要在 1 到 {n} 之间。", n=order.quantity)
        errors.append({"field": "quantity", "code": "out_of_range", "detail": detail})
    if units and not 1 <= units[0] <= units[-1] <= order.quantity:
        detail = phrase("第几份要在 1 到 {n} 之间。", n=order.quantity)
        errors.append({"field": "units", "code": "out_of_range", "detail": detail})
    found = reason or triage.reason_of(text, metered=metered)
    if units and found not in DEFECTS:
        only = mark("只有用不了的才写第几份，别的请写数量。")
        errors.append({"field": "units", "code": "not_for_reason", "detail": only})
    if errors:
        raise Invalid(errors=errors)
    return "other" if found in NOT_OF_GIFTS and order.is_gift else found


def _refuse_second(order: Order, reason: str) -> None:
    first = (
        Ticket.objects.filter(order=order, reason=reason)
        .exclude(state__in=FINAL)
        .exclude(channel=RECALL)
        .values_list("no", flat=True)
        .first()
    )
    if first:
        raise AlreadyOpen(
            phrase("您已为这件事提交过售后单 {no}，进展都在那里。", no=first), extra={"ticket_no": first}
        )


def _urgent(found: Quote) -> bool:
    measures = found.decision.measures
    if measures is None or found.facts.window != "inside":
        return False
    return is_urgent(base=measures.base, loss=measures.loss, policy=found.decision.terms)


def _start_clocks(ticket: Ticket, found: Quote, now: datetime) -> None:
    decision = found.decision
    # A refund that a person pays by hand is decided all the same, and the buyer has read why.
    decided = not decision.requires_review and decision.outcome != "review"
    rows = clocks.start(
        severity=ticket.severity, reason=ticket.reason, decided=decided, fulfilling=bool(decision.remedies),
        long_term=found.facts.long_term, now=now,
    )  # fmt: skip
    started = [
        Clock(
            ticket=ticket, kind=row.kind, due_at=row.due_at, explanation=row.explanation,
            state="met" if row.met else "running", stopped_at=now if row.met else None,
        )
        for row in rows
    ]  # fmt: skip
    if started:
        insert(*started)


def _write_history(ticket: Ticket, by: tuple[str, str], now: datetime) -> None:
    record, (side, name) = ticket.decision, by
    recall = {"recall": True} if ticket.channel == RECALL else {}
    history.log(ticket=ticket, kind="opened", actor=side, name=name, text=ticket.text, now=now, data=recall)
    if recall:  # nobody asked for what the rules say: the recall's own word follows
        return
    data = {"clause": record.clause, "outcome": record.outcome, "state": ticket.state}
    history.log(ticket=ticket, kind="decided", actor="system", now=now, data=data)
