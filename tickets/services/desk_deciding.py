"""Ops decide a case: approve what was computed, give something else, refuse, or find a fact and decide again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction

from common.phrases import mark
from common.transitions import again_on_deadlock
from compensation.services import approving, finding, overriding, taking_back
from tickets.models import Ticket
from tickets.rules import clocks, lifecycle
from tickets.rules.lifecycle import State
from tickets.services import following, guiding, history
from tickets.services.desk_cases import DECIDED, because, may, take_up
from tickets.services.history import MoveNotAllowed

if TYPE_CHECKING:
    from accounts.models import User
    from compensation.models import DecisionRecord

GIVE, AGAIN, ANSWER = "give", "again", "answer"


def approve(*, ticket: Ticket, by: User, reason: str, version: int, now: datetime) -> Ticket:
    """Give what was computed; the first of two only leaves a yes. Nothing to give: the reason is the answer."""
    said = because(reason)
    return again_on_deadlock(lambda: _approve(ticket, by, said, version, now))


@transaction.atomic
def _approve(ticket: Ticket, by: User, reason: str, version: int, now: datetime) -> Ticket:
    take_up(ticket=ticket, by=by, version=version)
    may(ticket, "approve")
    record, name = ticket.decision, by.get_username()
    if what_is_to_give(ticket, record) == ANSWER:
        _move(ticket, "approve", by, now, text=reason, to=State.CONFIRMING, data={"answer": True})
        return _decided(ticket, now)
    if not approving.agree(record=record, by=name, reason=reason, asked_by=_filed_by(ticket), now=now):
        here = State(ticket.state)
        _move(ticket, "approve", by, now, text=reason, to=here, data={"first": True}, internal=True)
        return ticket
    _move(ticket, "approve", by, now, text=reason)
    _decided(ticket, now, giving=True)
    approving.carry_out(record=record, now=now)
    return _as_it_is(ticket)


def override(
    *,
    ticket: Ticket,
    by: User,
    remedies: Sequence[Mapping[str, Any]],
    reason: str,
    version: int,
    now: datetime,
) -> Ticket:
    """Give these instead of what never went out; above the limit a colleague has to approve them."""
    said = because(reason)
    return again_on_deadlock(lambda: _override(ticket, by, remedies, said, version, now))


@transaction.atomic
def _override(
    ticket: Ticket, by: User, wanted: Sequence[Mapping[str, Any]], reason: str, version: int, now: datetime
) -> Ticket:
    take_up(ticket=ticket, by=by, version=version)
    may(ticket, "override")
    row = overriding.rule(record=ticket.decision, wanted=wanted, by=by.get_username(), reason=reason, now=now)
    to = State.WAITING_OPS if row.needs_second else State.FULFILLING
    data = {"remedies": row.remedies, "needs_second": row.needs_second}
    _move(ticket, "override", by, now, text=reason, to=to, data=data)
    if not row.needs_second:
        _decided(ticket, now, giving=True)
    overriding.carry_out(row=row, now=now)
    return _as_it_is(ticket)


def refuse(*, ticket: Ticket, by: User, reason: str, version: int, now: datetime) -> Ticket:
    """Give nothing, with the reason for the buyer to read; one appeal, whose refusal is the end."""
    said = because(reason)
    return again_on_deadlock(lambda: _refuse(ticket, by, said, version, now))


@transaction.atomic
def _refuse(ticket: Ticket, by: User, reason: str, version: int, now: datetime) -> Ticket:
    take_up(ticket=ticket, by=by, version=version)
    may(ticket, "refuse")
    if taking_back.gave_something(record=ticket.decision):
        raise MoveNotAllowed(
            mark("这一单已经给出了补偿，收不回来，不能再拒绝。请用「批准」写一句答复，或改判。")
        )
    _move(ticket, "refuse", by, now, text=reason, to=_refused(ticket))
    _decided(ticket, now)
    # After the move: a ticket that is over follows its remedies no more.
    taking_back.take_back(record=ticket.decision, by=by.get_username(), reason=reason, now=now)
    return _as_it_is(ticket)


def establish(
    *, ticket: Ticket, by: User, facts: Mapping[str, Any], reason: str, version: int, now: datetime
) -> Ticket:
    """Keep what ops found and decide the claim again on it, net of what it was given before."""
    said = because(reason)
    return again_on_deadlock(lambda: _establish(ticket, by, facts, said, version, now))


@transaction.atomic
def _establish(
    ticket: Ticket, by: User, facts: Mapping[str, Any], reason: str, version: int, now: datetime
) -> Ticket:
    take_up(ticket=ticket, by=by, version=version)
    may(ticket, "establish")
    _move(ticket, "establish", by, now, text=reason, data={"facts": dict(facts)})
    record, found = finding.establish(
        record=ticket.decision, facts=facts, as_of=ticket.opened_at, by=by.get_username(), why=reason, now=now
    )
    Ticket.objects.filter(pk=ticket.pk).update(decision=record)
    ticket.decision = record
    decision = found.decision
    state = lifecycle.after_decision(outcome=decision.outcome, requires_review=decision.requires_review)
    held = list(record.remedies.filter(state="held"))
    state = State.WAITING_OPS if held else _refused(ticket) if state == State.REFUSED else state
    data = {"clause": decision.clause, "outcome": decision.outcome, "state": state.value}
    history.move(ticket=ticket, action="decided", actor="system", now=now, to=state, data=data)
    guiding.guide(ticket=ticket, now=now)
    if not decision.requires_review and decision.outcome != "review":
        _decided(ticket, now, giving=bool(decision.remedies))
    for remedy in held:  # it was announced before the ticket had this decision
        following.tell(ticket=ticket, remedy=remedy, now=now)
    return following.catch_up(ticket=ticket, now=now)


def what_is_to_give(ticket: Ticket, record: DecisionRecord) -> str:
    """What an approval would do now; refuses where something else has to be done first."""
    if approving.waiting(record=record):
        return GIVE
    if record.body["remedies"] and not taking_back.gave_something(record=record):
        if overriding.newest(record=record) is None and not taking_back.unsent(record=record):
            return AGAIN  # a refusal had voided it, and the appeal is granted
        raise MoveNotAllowed(mark("没有等着批准的补偿。要给什么请用「改判」写明；不给请用「拒绝」写明理由。"))
    if approving.stuck(record=record):
        raise MoveNotAllowed(mark("有一笔补偿还没有办完。请先到「补偿」里处理它，或用「改判」另给。"))
    return ANSWER


def _refused(ticket: Ticket) -> State:
    """One appeal only: what is refused after it is over."""
    appealed = ticket.state == State.APPEALED or ticket.events.filter(kind="appeal").exists()
    return State.CLOSED if appealed else State.REFUSED


def _filed_by(ticket: Ticket) -> list[str]:
    """Whoever of ops filed it on the buyer's behalf."""
    return list(ticket.events.filter(kind="opened", actor="ops").values_list("name", flat=True))


def _decided(ticket: Ticket, now: datetime, *, giving: bool = False) -> Ticket:
    """A decision with its reason stops the clocks of reply and decision; what it gives has one of its own."""
    history.stop_clocks(ticket=ticket, kinds=DECIDED, now=now)
    if giving:
        words = mark("办理完成：决定后 24 小时内")
        history.start_clock(
            ticket=ticket, kind="fulfilment", within=clocks.FULFILMENT, explanation=words, now=now
        )
    return ticket


def _move(ticket: Ticket, action: str, by: User, now: datetime, **said: Any) -> None:
    history.move(ticket=ticket, action=action, actor="ops", name=by.get_username(), now=now, **said)


def _as_it_is(ticket: Ticket) -> Ticket:
    """Its remedies may have moved it on."""
    ticket.refresh_from_db()
    return ticket
