"""The published graph, walked: every state, action and actor; and how each wait ends."""

from datetime import timedelta

import pytest

from common import clock
from common.refusals import Invalid, StateMoved
from tests.tickets.case import claim, fallen
from tickets.models import Ticket
from tickets.rules import lifecycle
from tickets.rules.lifecycle import FINAL, MOVES, State
from tickets.services import conversation, history, waiting
from tickets.services.history import MoveNotAllowed

pytestmark = pytest.mark.django_db
GRAPH = {
    ("fulfilling", "fulfilled", "system"): "confirming", ("fulfilling", "hand_over", "system"): "waiting_ops",
    ("fulfilling", "withdraw", "buyer"): "withdrawn", ("waiting_ops", "resume", "system"): "fulfilling",
    ("waiting_ops", "fulfilled", "system"): "confirming", ("waiting_ops", "escalate", "system"): "waiting_ops",
    ("waiting_ops", "withdraw", "buyer"): "withdrawn", ("confirming", "confirm", "buyer"): "resolved",
    ("confirming", "not_yet", "buyer"): "waiting_ops",
    ("confirming", "lapse", "system"): "resolved", ("refused", "appeal", "buyer"): "appealed",
    ("refused", "withdraw", "buyer"): "withdrawn", ("refused", "lapse", "system"): "closed",
    ("appealed", "escalate", "system"): "appealed", ("appealed", "withdraw", "buyer"): "withdrawn",
}  # fmt: skip
ACTIONS = sorted({action for moves in MOVES.values() for action in moves} | {"approve"})


@pytest.fixture
def ticket(shop):
    fallen()
    return claim()


def put(ticket, state):
    """The ticket in that state, whatever led there."""
    Ticket.objects.filter(pk=ticket.pk).update(state=state.value, resolved_at=None)
    ticket.refresh_from_db()


@pytest.mark.parametrize("state", list(State))
def test_the_moves_are_those_of_the_graph(ticket, state):
    now = clock.now()
    for action in ACTIONS:
        for actor in ("system", "buyer", "ops"):
            put(ticket, state)
            before = (ticket.version, ticket.events.count())
            to = GRAPH.get((state.value, action, actor))
            if to is None:
                with pytest.raises(MoveNotAllowed) as refused:
                    history.move(ticket=ticket, action=action, actor=actor, now=now)
                ticket.refresh_from_db()
                assert (refused.value.status, ticket.state) == (409, state)
                assert (ticket.version, ticket.events.count()) == before
            else:
                history.move(ticket=ticket, action=action, actor=actor, now=now)
                ticket.refresh_from_db()
                assert (ticket.state, ticket.version, ticket.resolved_at) == (
                    to, before[0] + 1, now if to in FINAL else None,
                )  # fmt: skip
                last = ticket.events.last()
                assert (last.kind, last.actor, last.data) == (action, actor, {"from": state.value, "to": to})


def test_whoever_read_an_older_state_comes_too_late(ticket):
    stale = Ticket.objects.get(pk=ticket.pk)
    history.move(ticket=ticket, action="hand_over", actor="system", now=clock.now())
    with pytest.raises(StateMoved):
        history.move(ticket=stale, action="fulfilled", actor="system", now=clock.now())
    stale.refresh_from_db()
    assert (stale.state, stale.events.filter(kind="fulfilled").count()) == ("waiting_ops", 0)


@pytest.mark.parametrize("text", ["", " \n", "字" * 4001])
def test_an_appeal_needs_words(ticket, text):
    put(ticket, State.REFUSED)
    with pytest.raises(Invalid):
        conversation.appeal(ticket=ticket, text=text, name="lin", now=clock.now())
    ticket.refresh_from_db()
    assert ticket.state == "refused"


def test_an_end_stops_what_still_ran(ticket):
    history.move(ticket=ticket, action="withdraw", actor="buyer", now=clock.now())
    assert dict(ticket.clocks.values_list("kind", "state"))["fulfilment"] == "void"
    assert ticket.due_at is None


H = timedelta(hours=1)
WAITS = {
    ("confirming", "normal"): (48 * H, "resolved"), ("confirming", "urgent"): (48 * H, "resolved"),
    ("refused", "normal"): (168 * H, "closed"), ("appealed", "normal"): (24 * H, "appealed"),
    ("waiting_ops", "normal"): (4 * H, "waiting_ops"), ("waiting_ops", "urgent"): (2 * H, "waiting_ops"),
    ("waiting_ops", "major"): (2 * H, "waiting_ops"),
}  # fmt: skip
INTO = {
    "confirming": ("fulfilling", "fulfilled", "system"), "appealed": ("refused", "appeal", "buyer"),
    "waiting_ops": ("fulfilling", "hand_over", "system"),
}  # fmt: skip


@pytest.mark.parametrize(("state", "severity"), WAITS)
def test_a_wait_ends_at_its_limit_and_not_before(ticket, state, severity):
    limit, to = WAITS[state, severity]
    start = clock.now()
    Ticket.objects.update(severity=severity)
    enter(ticket, state, start)
    assert waiting.run_due(now=start + limit - timedelta(seconds=1)) == 0
    assert waiting.run_due(now=start + limit) == 1
    ticket.refresh_from_db()
    assert (ticket.state, ticket.due_at) == (to, start + 2 * limit if to == state else None)
    assert waiting.run_due(now=start + limit) == 0
    remedy = ticket.decision.remedies.get()
    assert remedy.state == "pending"  # time alone neither pays nor refuses


def enter(ticket, state, now):
    if state == "refused":  # only a decision leads here
        Ticket.objects.update(state=state, due_at=now + lifecycle.waits(state, severity="normal"))
        return
    before, action, actor = INTO[state]
    put(ticket, State(before))
    history.move(ticket=ticket, action=action, actor=actor, now=now)


@pytest.mark.parametrize("state", sorted(set(State) - {State(s) for s, _ in WAITS}))
def test_other_states_do_not_end_by_time(state):
    assert lifecycle.waits(state, severity="normal") is None
