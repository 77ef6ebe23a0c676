"""The published graph, walked: every state, action and actor; and how each wait ends."""

import re
from datetime import timedelta
from pathlib import Path

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
OPS = {"approve", "override", "refuse", "request_proof", "establish", "assign", "set_responsibility"}
GRAPH = {
    ("open", "decided", "system"): "fulfilling",
    ("fulfilling", "fulfilled", "system"): "confirming", ("fulfilling", "hand_over", "system"): "waiting_ops",
    ("fulfilling", "withdraw", "buyer"): "withdrawn", ("waiting_ops", "resume", "system"): "fulfilling",
    ("waiting_ops", "fulfilled", "system"): "confirming", ("waiting_ops", "escalate", "system"): "waiting_ops",
    ("waiting_ops", "recalled", "system"): "fulfilling",
    ("waiting_ops", "withdraw", "buyer"): "withdrawn", ("confirming", "confirm", "buyer"): "resolved",
    ("confirming", "not_yet", "buyer"): "waiting_ops", ("confirming", "wait", "buyer"): "fulfilling",
    ("confirming", "lapse", "system"): "resolved", ("refused", "appeal", "buyer"): "appealed",
    ("refused", "withdraw", "buyer"): "withdrawn", ("refused", "lapse", "system"): "closed",
    ("appealed", "escalate", "system"): "appealed", ("appealed", "withdraw", "buyer"): "withdrawn",
    ("waiting_buyer", "answer", "buyer"): "waiting_ops", ("waiting_buyer", "lapse", "system"): "waiting_ops",
    ("waiting_buyer", "withdraw", "buyer"): "withdrawn",
    ("waiting_developer", "answer", "developer"): "waiting_ops",
    ("waiting_developer", "lapse", "system"): "waiting_ops",
    ("waiting_developer", "withdraw", "buyer"): "withdrawn",
    **{
        (state, action, "ops"): to
        for state in ("waiting_ops", "waiting_developer", "appealed")
        for action, to in {
            "approve": "fulfilling", "override": "fulfilling", "request_proof": "waiting_buyer", "establish": "open",
            "refuse": "closed" if state == "appealed" else "refused",
        }.items()
    },
    **{
        (state, "assign", "ops"): state
        for state in (
            "fulfilling", "waiting_ops", "waiting_buyer", "waiting_developer", "confirming", "refused", "appealed",
        )
    },
    **{
        (state, "set_responsibility", "ops"): state
        for state in (
            "fulfilling", "waiting_ops", "waiting_buyer", "waiting_developer", "confirming", "refused", "appealed",
            "resolved", "closed", "withdrawn",
        )
    },
}  # fmt: skip
ELSEWHERE = {  # where else an action may lead, by what was decided or said before
    ("open", "decided"): {"waiting_ops", "confirming", "refused", "resolved", "closed"},
    **{(state, "approve"): {"confirming", state} for state in ("waiting_ops", "waiting_developer", "appealed")},
    **{(state, "override"): {"waiting_ops"} for state in ("waiting_ops", "waiting_developer", "appealed")},
    **{(state, "request_proof"): {"waiting_developer"} for state in ("waiting_ops", "waiting_developer", "appealed")},
    **{(state, "refuse"): {"closed"} for state in ("waiting_ops", "waiting_developer", "appealed")},
}  # fmt: skip
ACTIONS = sorted({action for moves in MOVES.values() for action in moves} | {"arbitrate"})
SIDES = ("system", "buyer", "developer", "ops")


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
        for actor in SIDES:
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
                    to, before[0] + 1, now if to in FINAL and to != state else None,
                )  # fmt: skip
                last = ticket.events.last()
                assert (last.kind, last.actor, last.data) == (action, actor, {"from": state.value, "to": to})


@pytest.mark.parametrize("state", list(State))
def test_the_buttons_of_each_side_are_drawn_from_the_graph(state):
    for side in SIDES:
        drawn = {action for of, action, actor in GRAPH if (of, actor) == (state.value, side)}
        assert set(lifecycle.allowed(state, side)) == drawn


def test_the_guide_of_the_desk_shows_the_graph():
    guide = (Path(__file__).parents[2] / "docs/desk.md").read_text(encoding="utf-8")
    rows = [re.findall(r"`(\w+)`", line) for line in guide.splitlines() if line.startswith("| `")]
    shown = {row[0]: tuple(row[1:]) for row in rows if row and row[0] in set(State)}
    assert shown == {state.value: moves for state in State if (moves := lifecycle.allowed(state, "ops"))}


@pytest.mark.parametrize("state", list(State))
def test_an_action_leads_nowhere_else(ticket, state):
    for action, found in MOVES.get(state, {}).items():
        elsewhere = ELSEWHERE.get((state.value, action), set())
        assert {to.value for to in State if found.leads_to(to)} == {found.to.value} | elsewhere
        for to in set(State) - {State(each) for each in {found.to.value} | elsewhere}:
            put(ticket, state)
            with pytest.raises(MoveNotAllowed):
                history.move(ticket=ticket, action=action, actor=found.who, to=to, now=clock.now())


def test_final_states_do_not_move():
    led = {(of, to) for (of, _, _), to in GRAPH.items() if of in FINAL}
    assert led == {(state.value, state.value) for state in FINAL}


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
    ("waiting_ops", "major"): (2 * H, "waiting_ops"), ("waiting_buyer", "normal"): (72 * H, "waiting_ops"),
    ("waiting_developer", "major"): (48 * H, "waiting_ops"),
}  # fmt: skip
INTO = {
    "confirming": ("fulfilling", "fulfilled", "system"), "appealed": ("refused", "appeal", "buyer"),
    "waiting_ops": ("fulfilling", "hand_over", "system"),
    "waiting_buyer": ("waiting_ops", "request_proof", "ops"),
    "waiting_developer": ("waiting_ops", "request_proof", "ops"),
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
    again = 2 * limit if to == state else limit + waits_of_ops(severity) if to == "waiting_ops" else None
    assert (ticket.state, ticket.due_at) == (to, start + again if again else None)
    assert waiting.run_due(now=start + limit) == 0
    remedy = ticket.decision.remedies.get()
    assert remedy.state == "pending"  # time alone neither pays nor refuses


def waits_of_ops(severity):
    return WAITS["waiting_ops", severity][0]


def enter(ticket, state, now):
    if state == "refused":  # only a decision leads here
        Ticket.objects.update(state=state, due_at=now + lifecycle.waits(state, severity="normal"))
        return
    before, action, actor = INTO[state]
    put(ticket, State(before))
    history.move(ticket=ticket, action=action, actor=actor, to=State(state), now=now)


@pytest.mark.parametrize("state", sorted(set(State) - {State(s) for s, _ in WAITS}))
def test_other_states_do_not_end_by_time(state):
    assert lifecycle.waits(state, severity="normal") is None
