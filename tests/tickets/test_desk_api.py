"""The desk over the API: who may, what comes back, once for each key, and 409 for whoever looked too early."""

import pytest

from accounts.models import User
from orders.models import Product
from tests.tickets.case import claim, fallen, rows
from tests.tickets.desk_case import REASON, large, unmeasured
from tickets.models import Ticket

pytestmark = pytest.mark.django_db
BODIES = {
    "assign": {"username": "the-ops"},
    "decide": {"approve": True, "reason": REASON},
    "refuse": {"reason": REASON},
    "request-proof": {"from": "buyer", "text": "请发一张后台截图"},
    "responsibility": {"party": "supplier", "reason": REASON},
    "facts": {"reason": REASON, "proof": "none"},
}
ENDS = {
    "assign": ("waiting_ops", "ops"), "decide": ("fulfilling", "system"), "refuse": ("refused", "buyer"),
    "request-proof": ("waiting_buyer", "buyer"), "responsibility": ("waiting_ops", "ops"),
    "facts": ("waiting_ops", "ops"),
}  # fmt: skip


def send(client, ticket, move, body=None, **headers):
    url = f"/api/v1/tickets/{ticket.no}/{move}/"
    return client.post(url, BODIES[move] if body is None else body, format="json", **headers)


@pytest.fixture
def ticket(shop):
    return large()


def now_at(ticket):
    return {"version": Ticket.objects.get(pk=ticket.pk).version}


@pytest.mark.parametrize("move", BODIES)
def test_ops_move_it_and_see_it_as_it_is_then(ticket, ops, move):
    answer = send(ops, ticket, move, BODIES[move] | now_at(ticket))
    told = answer.json()
    assert (answer.status_code, told["state"], told["turn"]) == (200, *ENDS[move])
    ticket.refresh_from_db()
    assert (told["no"], told["version"], told["state"]) == (ticket.no, ticket.version, ticket.state)
    assert told == ops.get(f"/api/v1/tickets/{ticket.no}/").json()


ROLES = {
    "nobody": 401, "buyer": 404, "guest:A-1": 404, "guest:B-1": 404, "developer": 404, "panel": 404, "shop": 404,
}  # fmt: skip


@pytest.mark.parametrize("move", [*BODIES, "contest/answer"])
@pytest.mark.parametrize("role", ROLES)
def test_for_every_other_reader_the_moves_are_not_there(ticket, client_as, role, move):
    answer = send(client_as(role), ticket, move, BODIES.get(move, BODIES["responsibility"]) | now_at(ticket))
    code = "unauthenticated" if role == "nobody" else "not_found"
    assert (answer.status_code, answer.json()["code"]) == (ROLES[role], code)
    ticket.refresh_from_db()
    assert (ticket.version, ticket.state, ticket.events.count()) == (0, "waiting_ops", 2)


@pytest.mark.parametrize("move", BODIES)
@pytest.mark.parametrize("no", ["T-none", "%00"])
def test_a_case_that_is_not_there(shop, ops, move, no):
    answer = ops.post(f"/api/v1/tickets/{no}/{move}/", BODIES[move] | {"version": 0}, format="json")
    assert (answer.status_code, answer.json()["code"]) == (404, "ticket_not_found")


@pytest.mark.parametrize("move", BODIES)
def test_whoever_looked_before_a_colleague_moved_it_gets_409(ticket, ops, move):
    before = now_at(ticket)
    assert send(ops, ticket, "assign", BODIES["assign"] | before).status_code == 200
    answer = send(ops, ticket, move, BODIES[move] | before)
    assert (answer.status_code, answer.json()["code"]) == (409, "colleague_first")
    assert "同事" in answer.json()["detail"]
    english = send(ops, ticket, move, BODIES[move] | before, HTTP_ACCEPT_LANGUAGE="en").json()["detail"]
    assert english.isascii()
    ticket.refresh_from_db()
    assert (ticket.version, ticket.state) == (1, "waiting_ops")


@pytest.mark.parametrize("move", BODIES)
def test_the_same_key_acts_once(ticket, ops, move):
    body = BODIES[move] | now_at(ticket)
    first = send(ops, ticket, move, body, HTTP_IDEMPOTENCY_KEY="k-1")
    again = send(ops, ticket, move, body, HTTP_IDEMPOTENCY_KEY="k-1")
    assert (first.status_code, again.status_code, again.content) == (200, 200, first.content)
    assert Ticket.objects.get().version == first.json()["version"]


@pytest.mark.parametrize(
    ("move", "body", "fields"),
    [
        *((move, {}, ["version"]) for move in ("assign", "refuse")),
        ("assign", {"version": 0, "username": "nobody-here"}, ["username"]),
        ("assign", {"version": 0, "username": "the-buyer"}, ["username"]),
        ("decide", {"version": 0, "reason": "好"}, ["approve"]),
        ("decide", {"version": 0, "reason": "好", "approve": True, "override": True}, ["approve"]),
        ("decide", {"version": 0, "reason": "好", "override": True}, ["remedies"]),
        ("decide", {"version": 0, "reason": "好", "override": True, "remedies": [{"kind": "gift"}]},
         ["remedies.0.quantity"]),
        ("decide", {"version": 0, "reason": " ", "approve": True}, ["reason"]),
        ("decide", {"version": -1, "reason": "好", "approve": True}, ["version"]),
        ("refuse", {"version": 0, "reason": "\x00"}, ["reason"]),
        ("refuse", {"version": 0, "reason": "字" * 4001}, ["reason"]),
        ("request-proof", {"version": 0, "from": "supplier", "text": "好"}, ["from"]),
        ("request-proof", {"version": 0, "from": "developer", "text": "好"}, ["from"]),  # it has none
        ("request-proof", {"version": 0, "from": "buyer", "text": ""}, ["text"]),
        ("responsibility", {"version": 0, "party": "nobody", "reason": "好"}, ["party"]),
        ("facts", {"version": 0, "reason": "好", "proof": "maybe"}, ["proof"]),
        ("facts", {"version": 0, "reason": "好", "facts": {"proof": "verified"}}, ["facts"]),
        ("facts", {"version": 0, "reason": "好", "proof": "verified", "\0": 1}, ["?"]),
        ("facts", {"version": 0, "reason": "好", "fake_units": -1}, ["fake_units"]),
        ("facts", {"version": 0, "reason": "好", "fake_units": 10**13}, ["fake_units"]),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_body_is_named(ticket, ops, client_as, move, body, fields):
    client_as("buyer")  # known, and no colleague
    answer = send(ops, ticket, move, body)
    named = [error["field"] for error in answer.json()["errors"]]
    assert (answer.status_code, named[: len(fields)]) == (422, fields)
    ticket.refresh_from_db()
    assert (ticket.version, ticket.state) == (0, "waiting_ops")


def test_an_override_over_the_api(ticket, ops):
    wanted = [{"kind": "refund", "amount_fen": 3000}, {"kind": "gift", "quantity": 20, "amount_fen": None}]
    body = {"override": True, "remedies": wanted, "reason": REASON, "version": 0}
    told = send(ops, ticket, "decide", body).json()
    assert (told["state"], rows(ticket)[2:]) == (
        "fulfilling", [("gift", "pending", 20, 0), ("refund", "pending", 3000, 0)],
    )  # fmt: skip
    too_much = {"kind": "refund", "amount_fen": 60_000}
    again = send(ops, ticket, "decide", body | {"remedies": [too_much], "version": told["version"]})
    assert (again.status_code, again.json()["code"]) == (409, "move_not_allowed")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("assignee=the-ops", ["A-1"]), ("assignee=nobody", []), ("overdue=true", ["A-1"]), ("overdue=false", ["B-1"]),
        ("overdue=true&assignee=the-ops&state=waiting_ops", ["A-1"]),
    ],
)  # fmt: skip
def test_the_desk_lists_its_own_and_what_is_late(shop, ops, query, found):
    mine = large()
    fallen("B-1")
    claim("B-1")
    send(ops, mine, "assign", BODIES["assign"] | now_at(mine))
    Ticket.objects.filter(pk=mine.pk).update(due_at=mine.opened_at)
    listed = ops.get(f"/api/v1/tickets/?{query}").json()["results"]
    assert [row["order_no"] for row in listed] == found


def test_handed_back_it_is_nobodys(ticket, ops):
    send(ops, ticket, "assign", BODIES["assign"] | now_at(ticket))
    told = send(ops, ticket, "assign", {"username": None} | now_at(ticket)).json()
    assert told["assignee"] is None


def test_what_colleagues_do_among_themselves_the_buyer_does_not_read(ticket, ops, buyer):
    for move in ("assign", "responsibility"):
        send(ops, ticket, move, BODIES[move] | now_at(ticket))
    url = f"/api/v1/tickets/{ticket.no}/events/"
    assert [e["kind"] for e in buyer.get(url).json()["results"]] == ["opened", "decided"]
    assert [e["kind"] for e in ops.get(url).json()["results"]] == [
        "opened", "decided", "assign", "set_responsibility",
    ]  # fmt: skip
    seen = [
        (told["assignee"], told["responsibility"])
        for told in (reader.get(f"/api/v1/tickets/{ticket.no}/").json() for reader in (buyer, ops))
    ]
    assert seen == [(None, None), ("the-ops", "supplier")]


def test_the_buyer_answers_what_was_asked_and_the_clocks_stood_still(shop, ops, buyer):
    ticket = unmeasured()
    send(ops, ticket, "request-proof", BODIES["request-proof"] | now_at(ticket))
    asked = buyer.get(f"/api/v1/tickets/{ticket.no}/").json()
    assert (asked["state"], {c["kind"]: c["state"] for c in asked["clocks"]}) == (
        "waiting_buyer", {"first_reply": "met", "decision": "paused"},
    )  # fmt: skip
    assert send(buyer, ticket, "messages", {"text": "截图在这里"}).status_code == 201
    back = buyer.get(f"/api/v1/tickets/{ticket.no}/").json()
    assert (back["state"], {c["kind"]: c["state"] for c in back["clocks"]}) == (
        "waiting_ops", {"first_reply": "met", "decision": "running", "next_reply": "running"},
    )  # fmt: skip


def test_the_developer_is_heard_where_they_were_asked_and_nowhere_else(shop, ops, client_as):
    developer = client_as("developer")
    Product.objects.update(developer=User.objects.get(username="the-developer"))
    ticket = unmeasured()
    words = {"text": "那天后台维护过"}
    assert send(developer, ticket, "messages", words).json()["code"] == "move_not_allowed"
    told = send(ops, ticket, "request-proof", {"from": "developer", "text": "请说明"} | now_at(ticket)).json()
    assert (told["state"], told["turn"], {c["kind"]: c["state"] for c in told["clocks"]}) == (
        "waiting_developer", "developer",
        {"first_reply": "running", "decision": "running", "developer_answer": "running"},
    )  # fmt: skip
    assert send(developer, ticket, "messages", words).status_code == 201
    back = ops.get(f"/api/v1/tickets/{ticket.no}/").json()
    assert (back["state"], {c["kind"]: c["state"] for c in back["clocks"]}) == (
        "waiting_ops", {"first_reply": "running", "decision": "running", "developer_answer": "met"},
    )  # fmt: skip
    said = [
        (e["kind"], e["actor"])
        for e in developer.get(f"/api/v1/tickets/{ticket.no}/events/").json()["results"]
    ]
    assert said[-2:] == [("message", "developer"), ("answer", "developer")]
