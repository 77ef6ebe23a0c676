"""Ops take a case on and ask for proof: whose move it is then, which clocks stand still, and what silence leads to."""

from datetime import timedelta

import pytest
import time_machine

from common import clock
from common.refusals import Invalid
from tests.tickets.case import claim, fallen, rows, state
from tests.tickets.desk_case import act, appealed, clocks, large, person, refused, story, unmeasured
from tickets.models import Ticket
from tickets.services import conversation, waiting

pytestmark = pytest.mark.django_db
H = timedelta(hours=1)


def ask(ticket, whom="buyer", text="请发一张后台截图"):
    act(ticket, "request_proof", whom=whom, text=text)


def say(ticket, text="在这里", now=None):
    ticket.refresh_from_db()
    conversation.say(
        ticket=ticket, text=text, actor="buyer", name="lin", internal=False, now=now or clock.now()
    )


def test_the_buyer_has_three_days_and_our_clocks_stand_still(shop):
    with time_machine.travel(clock.now(), tick=False) as time:
        ticket = unmeasured()
        due = ticket.clocks.get(kind="decision").due_at
        time.shift(H)
        ask(ticket)
        ticket.refresh_from_db()
        assert (ticket.state, ticket.due_at) == ("waiting_buyer", clock.now() + 72 * H)
        assert clocks(ticket) == {
            "first_reply": "breached",
            "decision": "paused",
        }  # late, but a person's words
        time.shift(20 * H)
        waiting.run_due(now=clock.now())
        assert clocks(ticket)["decision"] == "paused"
        say(ticket)
        back = ticket.clocks.get(kind="decision")
        assert (state(ticket), back.state, back.due_at, back.stopped_at) == (
            "waiting_ops", "running", due + 20 * H, None,
        )  # fmt: skip
        assert story(ticket)[-2:] == [("message", "buyer", "在这里"), ("answer", "buyer", "")]


def test_without_an_answer_ops_decide_on_what_is_there(shop):
    ticket = large()
    ask(ticket)
    assert waiting.run_due(now=clock.now() + 73 * H) == 1
    assert (state(ticket), [row[1] for row in rows(ticket)]) == ("waiting_ops", ["awaiting_approval"] * 2)
    assert (story(ticket)[-1][:2], clocks(ticket)["decision"]) == (("lapse", "system"), "running")
    act(ticket, "approve")
    assert state(ticket) == "fulfilling"


def test_while_the_buyer_is_asked_nobody_refuses(shop):
    ticket = large()
    ask(ticket)
    for move in ("approve", "refuse"):
        with pytest.raises(Exception, match="等您补充"):
            act(ticket, move)


def test_a_withdrawal_while_asked_takes_it_back(shop):
    ticket = large()
    ask(ticket)
    ticket.refresh_from_db()
    conversation.withdraw(ticket=ticket, name="lin", now=clock.now())
    assert (state(ticket), [row[1] for row in rows(ticket)]) == ("withdrawn", ["voided"] * 2)
    assert set(clocks(ticket).values()) == {"met", "void"}


def test_an_appeal_may_need_proof_too_and_is_still_the_only_one(shop):
    ticket = appealed(refused())
    ask(ticket)
    say(ticket)
    assert state(ticket) == "waiting_ops"
    act(ticket, "refuse")
    assert state(ticket) == "closed"


def test_a_case_is_handed_on_and_its_promise_stays(shop):
    ticket = unmeasured()
    due = ticket.due_at
    for name in ("an", "qiao"):
        act(ticket, "assign", to=person(name))
        ticket.refresh_from_db()
        assert (ticket.assignee.username, ticket.state, ticket.due_at) == (name, "waiting_ops", due)
    assert clocks(ticket) == {
        "first_reply": "running",
        "decision": "running",
    }  # no acknowledgement stops a clock
    with pytest.raises(Invalid):
        act(ticket, "assign", to=person("lin", "buyer"))
    act(ticket, "assign", to=None)
    assert Ticket.objects.get().assignee is None
    assert story(ticket, internal=False) == story(ticket)[:2]


def test_handing_on_is_possible_until_the_end(shop):
    fallen()
    ticket = claim()
    act(ticket, "assign", to=person("an"))
    Ticket.objects.update(state="resolved")
    with pytest.raises(Exception, match="已办结"):
        act(ticket, "assign", to=person("qiao"))
