"""One door for a ticket's state: guard, write, log, set the next limit."""

from datetime import datetime, timedelta
from typing import Any

from common.refusals import StateMoved
from common.transitions import move as write
from tickets.models import Clock, Event, Ticket
from tickets.rules.lifecycle import FINAL, LABELS, MOVES, State, waits
from tickets.services import recording


class MoveNotAllowed(StateMoved):
    code = "move_not_allowed"
    title = "现在不能这样做"


def move(*, ticket: Ticket, action: str, actor: str, now: datetime, text: str = "", name: str = "") -> None:
    """Make the move if the graph has it for this actor; compare-and-set, event, next limit."""
    found = MOVES.get(State(ticket.state), {}).get(action)
    if found is None or found.who != actor:
        raise MoveNotAllowed(f"这一单现在是「{LABELS[State(ticket.state)]}」，不能这样做。请刷新后再看。")
    before = ticket.state
    limit = waits(found.to, severity=ticket.severity)
    changes: dict[str, Any] = {"due_at": now + limit if limit else None}
    if found.to in FINAL:
        changes["resolved_at"] = now
    write(ticket, to=found.to.value, **changes)
    log(
        ticket=ticket,
        kind=action,
        actor=actor,
        name=name,
        text=text,
        now=now,
        data={"from": before, "to": found.to.value},
    )
    if found.to in FINAL:
        Clock.objects.filter(ticket=ticket, state="running").update(state="void", stopped_at=now)


def log(
    *, ticket: Ticket, kind: str, actor: str, now: datetime, name: str = "", text: str = "",
    data: dict[str, Any] | None = None, internal: bool = False,
) -> Event:  # fmt: skip
    row = Event.objects.create(
        ticket=ticket,
        at=now,
        kind=kind,
        actor=actor,
        name=name,
        text=text,
        data=data or {},
        internal=internal,
    )
    recording.event(row, now=now)
    return row


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
