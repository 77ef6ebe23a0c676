"""One door for a ticket's state: guard, write, log, set the next limit."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from common.inserting import insert
from common.phrases import mark, phrase
from common.refusals import StateMoved
from common.transitions import move as write
from tickets.models import Clock, Event, Ticket
from tickets.rules.lifecycle import FINAL, LABELS, MOVES, State, waits
from tickets.services import recording


class MoveNotAllowed(StateMoved):
    code = "move_not_allowed"
    title = mark("现在不能这样做")


def off_the_graph(ticket: Ticket) -> MoveNotAllowed:
    state = phrase(LABELS[State(ticket.state)])
    return MoveNotAllowed(phrase("这一单现在是「{state}」，不能这样做。请刷新后再看。", state=state))


def move(
    *, ticket: Ticket, action: str, actor: str, now: datetime, text: str = "", name: str = "",
    to: State | None = None, data: dict[str, Any] | None = None, internal: bool = False, **changes: Any,
) -> Event:  # fmt: skip
    """Make the move if the graph has it for this actor; compare-and-set, event, next limit.

    `to` where the action leads to one of several states; `changes` are written with it.
    """
    found = MOVES.get(State(ticket.state), {}).get(action)
    to = to or (found.to if found else None)
    if found is None or to is None or found.who != actor or not found.leads_to(to):
        raise off_the_graph(ticket)
    before = State(ticket.state)
    write(ticket, to=to.value, **_limits(ticket, action, to, now), **changes)
    _turn_clocks(ticket, before, to, now)
    return log(
        ticket=ticket, kind=action, actor=actor, name=name, text=text, now=now, internal=internal,
        data={"from": before.value, "to": to.value} | (data or {}),
    )  # fmt: skip


def _limits(ticket: Ticket, action: str, to: State, now: datetime) -> dict[str, Any]:
    """Whoever stays keeps the limit that was promised; only who escalates gets a new one."""
    if to == ticket.state and action != "escalate":
        return {}
    limit = waits(to, severity=ticket.severity)
    changes: dict[str, Any] = {"due_at": now + limit if limit else None}
    if to in FINAL:
        changes["resolved_at"] = now
    return changes


def _turn_clocks(ticket: Ticket, before: State, to: State, now: datetime) -> None:
    """While the buyer is asked our clocks stand still; at the end whatever still runs is void."""
    if before == to:
        return
    if before == State.WAITING_BUYER:
        for clock in Clock.objects.filter(ticket=ticket, state="paused"):
            clock.due_at += now - (clock.stopped_at or now)
            clock.state, clock.stopped_at = "running", None
            clock.save(update_fields=["state", "due_at", "stopped_at"])
    if before == State.WAITING_DEVELOPER:
        stop_clocks(ticket=ticket, kinds=("developer_answer",), now=now)
    running = Clock.objects.filter(ticket=ticket, state="running")
    if to == State.WAITING_BUYER:
        running.filter(due_at__gte=now).update(state="paused", stopped_at=now)
    if to in FINAL:
        running.update(state="void", stopped_at=now)


def log(
    *, ticket: Ticket, kind: str, actor: str, now: datetime, name: str = "", text: str = "",
    data: dict[str, Any] | None = None, internal: bool = False,
) -> Event:  # fmt: skip
    row = insert(
        Event(
            ticket=ticket, at=now, kind=kind, actor=actor, name=name, text=text, data=data or {}, internal=internal
        )
    )  # fmt: skip
    recording.happened([row], now=now)
    return row


def log_all(*, rows: Sequence[Event], now: datetime) -> None:
    """As many statements for many as for one."""
    insert(*rows)
    recording.happened(rows, now=now)


def start_clock(*, ticket: Ticket, kind: str, within: timedelta, explanation: str, now: datetime) -> None:
    """One running clock of a kind is enough: the first promise stands."""
    if not Clock.objects.filter(ticket=ticket, kind=kind, state="running").exists():
        Clock.objects.create(
            ticket=ticket, kind=kind, state="running", due_at=now + within, explanation=explanation
        )


def stop_clocks(*, ticket: Ticket, kinds: tuple[str, ...], now: datetime) -> None:
    """In time: met; late: breached, and the time it was stopped is kept, also where the sweep was there before."""
    clocks = Clock.objects.filter(ticket=ticket, kind__in=kinds, stopped_at=None)
    clocks.filter(state="running", due_at__gte=now).update(state="met", stopped_at=now)
    late = clocks.filter(state="running", due_at__lt=now) | clocks.filter(state="breached")
    late.update(state="breached", stopped_at=now)
