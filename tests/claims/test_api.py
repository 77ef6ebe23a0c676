"""Tickets over HTTP: fields, states, refusals, and who sees what."""

import pytest

from accounts.models import User
from compensation.models import DecisionRecord, Remedy
from orders.models import Product
from tests.claims.conftest import claim, count
from tickets.models import Event, Ticket
from tickets.rules.lifecycle import MOVES, State

pytestmark = pytest.mark.django_db


def file(client, order_no="A-1", **body):
    return client.post("/api/v1/tickets/", {"order_no": order_no, "reason": "drop"} | body, format="json")


def test_the_decision_is_in_the_201(fell, client_as):
    fell("A-1", 850)
    guest = client_as("guest:A-1")
    quoted = guest.post("/api/v1/orders/A-1/quote/", {"reason": "drop"}, format="json").json()
    assert not DecisionRecord.objects.exists()
    answer = file(guest)
    assert answer.status_code == 201
    body = answer.json()
    assert list(body) == [
        "no", "order_no", "channel", "reason", "severity", "state", "turn", "opened_at", "resolved_at", "assignee",
        "clocks", "decision", "remedies", "responsibility", "version",
    ]  # fmt: skip
    given = dict(body["decision"])
    sources = given.pop("sources")  # a quote is kept nowhere, and names no rows
    assert [count["own"] for count in sources["counts"]] == [True, True]
    assert (given, body["state"], body["turn"]) == (quoted, "fulfilling", "system")
    assert quoted["clause"] == "drop.tier_b"
    assert body["remedies"] == [
        {
            "key": str(Remedy.objects.get().key), "kind": "top_up", "amount_fen": None, "quantity": 180,
            "grade": "standard", "state": "pending", "settled_at": None,
        }
    ]  # fmt: skip
    assert [(c["kind"], c["state"]) for c in body["clocks"]] == [
        ("first_reply", "met"), ("decision", "met"), ("fulfilment", "running"),
    ]  # fmt: skip
    assert body["opened_at"].endswith("Z")
    assert guest.get(f"/api/v1/tickets/{body['no']}/").json() == body
    assert guest.get("/api/v1/tickets/").json()["results"] == [body]


def test_the_second_press_is_409_with_the_firsts_number(fell, client_as):
    fell("A-1", 850)
    guest = client_as("guest:A-1")
    no = file(guest).json()["no"]
    again = file(guest)
    assert (again.status_code, again["Content-Type"]) == (409, "application/problem+json")
    body = again.json()
    assert (body["code"], body["ticket_no"], body["errors"]) == ("ticket_open", no, [])


def test_the_same_key_gives_the_first_answer_again(fell, client_as):
    fell("A-1", 850)
    guest = client_as("guest:A-1")
    first, again = (
        guest.post(
            "/api/v1/tickets/",
            {"order_no": "A-1", "reason": "drop"},
            format="json",
            HTTP_IDEMPOTENCY_KEY="press-1",
        )
        for _ in range(2)
    )
    assert (first.status_code, again.status_code, again.content) == (201, 201, first.content)
    assert Ticket.objects.count() == 1


def test_another_order_looks_absent(fell, client_as):
    fell("A-1", 850)
    fell("B-1", 850, buyer_external_id="b-2")
    no = claim("B-1").no
    guest, buyer = client_as("guest:A-1"), client_as("buyer")
    for client in (guest, buyer):
        for theirs, nobodys in (
            ("/api/v1/orders/B-1/", "/api/v1/orders/X-1/"),
            ("/api/v1/orders/B-1/remedies/", "/api/v1/orders/X-1/remedies/"),
            ("/api/v1/orders/B-1/observations/", "/api/v1/orders/X-1/observations/"),
            (f"/api/v1/tickets/{no}/", "/api/v1/tickets/T-0000000000/"),
            (f"/api/v1/tickets/{no}/events/", "/api/v1/tickets/T-0000000000/events/"),
        ):
            answer, absent = client.get(theirs), client.get(nobodys)
            assert (answer.status_code, answer.content) == (404, absent.content)
        for theirs in (
            "/api/v1/orders/B-1/quote/", f"/api/v1/tickets/{no}/confirm/", f"/api/v1/tickets/{no}/withdraw/",
            f"/api/v1/tickets/{no}/appeal/", f"/api/v1/tickets/{no}/messages/",
        ):  # fmt: skip
            assert client.post(theirs, {"reason": "drop", "text": "给我"}, format="json").status_code == 404
        assert file(client, "B-1").status_code == 404
        assert client.get("/api/v1/tickets/").json()["results"] == []
    assert Ticket.objects.get().state == "fulfilling"
    assert not Event.objects.filter(kind="message").exists()


def test_a_developer_sees_tickets_of_their_goods_and_writes_only_where_asked(fell, client_as):
    fell("A-1", 850)
    no = claim("A-1").no
    developer = client_as("developer")
    assert developer.get("/api/v1/tickets/").json()["results"] == []
    Product.objects.update(developer=User.objects.get(username="the-developer"))
    assert [row["no"] for row in developer.get("/api/v1/tickets/").json()["results"]] == [no]
    assert [developer.post(f"/api/v1/tickets/{no}/{action}/", {"text": "好"}, format="json").status_code
            for action in ("confirm", "withdraw", "appeal", "messages")] == [403, 403, 403, 409]  # fmt: skip


def test_only_ops_learn_that_a_score_asked_for_a_person(fell, client_as):
    fell("A-1", 850)
    ticket = claim("A-1")
    other = DecisionRecord.objects.get()
    other.pk, other.body = None, other.body | {"review_reasons": ["amount", "risk"]}
    other.save()
    Ticket.objects.update(decision=other)
    reasons = {
        role: client_as(role).get(f"/api/v1/tickets/{ticket.no}/").json()["decision"]["review_reasons"]
        for role in ("guest:A-1", "buyer", "ops")
    }
    assert reasons == {
        "guest:A-1": ["amount", "manual"], "buyer": ["amount", "manual"], "ops": ["amount", "risk"],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({"reason": "", "text": ""}, "reason", "required"),
        ({"reason": "dropped"}, "reason", "unknown_reason"),
        ({"quantity": 0}, "quantity", "out_of_range"),
        ({"quantity": 1001}, "quantity", "out_of_range"),
        ({"quantity": "many"}, "quantity", "invalid"),
        ({"text": "长" * 4001}, "text", "max_length"),
    ],
)
def test_bad_claims_name_the_field_and_store_nothing(fell, client_as, body, field, code):
    fell("A-1", 850)
    answer = file(client_as("guest:A-1"), **body)
    assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")
    assert [(error["field"], error["code"]) for error in answer.json()["errors"]] == [(field, code)]
    assert not Ticket.objects.exists()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("一夜掉了好多赞", "drop"), ("都是假号", "fake_units"), ("我想退款", "refund"), ("怎么看进度", "question"),
        ("希望能加地域", "suggestion"), ("嗯", "other"),
    ],
)  # fmt: skip
def test_the_reason_is_read_from_the_words(fell, client_as, text, reason):
    fell("A-1", 1000)
    body = (
        client_as("guest:A-1")
        .post("/api/v1/tickets/", {"order_no": "A-1", "text": text}, format="json")
        .json()
    )
    assert body["reason"] == reason


def test_confirm_events_and_a_second_confirm(fell, client_as, work):
    fell("A-1", 850)
    guest = client_as("guest:A-1")
    no = file(guest).json()["no"]
    assert guest.post(f"/api/v1/tickets/{no}/confirm/").status_code == 409
    work()
    done = guest.post(f"/api/v1/tickets/{no}/confirm/")
    assert (done.status_code, done.json()["state"], done.json()["turn"]) == (200, "resolved", "nobody")
    assert guest.post(f"/api/v1/tickets/{no}/confirm/").json()["code"] == "move_not_allowed"
    kinds = [event["kind"] for event in guest.get(f"/api/v1/tickets/{no}/events/").json()["results"]]
    assert [kind for kind in kinds if kind != "units"] == [
        "opened", "decided", "remedy", "remedy", "fulfilled", "confirm",
    ]  # fmt: skip
    (record,) = guest.get("/api/v1/orders/A-1/remedies/").json()["results"]
    assert (record["delivered"], sum(unit["quantity"] for unit in record["units"])) == (180, 180)


def test_notes_between_colleagues_stay_between_colleagues(fell, client_as):
    fell("A-1", None)
    guest, ops = client_as("guest:A-1"), client_as("ops")
    no = file(guest).json()["no"]
    for client, text, internal in ((ops, "先别回", True), (guest, "在吗", True), (ops, "在看了", False)):
        client.post(f"/api/v1/tickets/{no}/messages/", {"text": text, "internal": internal}, format="json")
    said = {
        name: [
            e["text"]
            for e in c.get(f"/api/v1/tickets/{no}/events/").json()["results"]
            if e["kind"] == "message"
        ]
        for name, c in (("guest", guest), ("ops", ops))
    }
    assert said == {"guest": ["在吗", "在看了"], "ops": ["先别回", "在吗", "在看了"]}
    # A person's words answer the reply clock; an internal note doesn't.
    (first_reply,) = [
        c for c in guest.get(f"/api/v1/tickets/{no}/").json()["clocks"] if c["kind"] == "first_reply"
    ]
    assert first_reply["state"] == "met"


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("action", ["confirm", "withdraw", "appeal"])
def test_moves_off_the_graph_are_409(fell, client_as, state, action):
    fell("A-1", 850)
    no = claim("A-1").no
    Ticket.objects.update(state=state.value)
    answer = client_as("guest:A-1").post(f"/api/v1/tickets/{no}/{action}/", {"text": "不同意"}, format="json")
    move = MOVES.get(state, {}).get(action)
    expected = (200, move.to.value) if move else (409, state.value)
    assert (answer.status_code, Ticket.objects.get().state) == expected


@pytest.mark.parametrize("count_of", [1, 3])
def test_the_list_costs_the_same_for_one_and_three(fell, client_as, django_assert_num_queries, count_of):
    for number in range(count_of):
        fell(f"A-{number}", 700)
        claim(f"A-{number}")
    ops = client_as("ops")
    with django_assert_num_queries(4):
        assert len(ops.get("/api/v1/tickets/?state=fulfilling,confirming").json()["results"]) == count_of


def test_books_and_remedies_are_for_ops(fell, client_as):
    fell("A-1", 700)
    claim("A-1")
    urls = ("/api/v1/ledger/trial-balance/", "/api/v1/remedies/", "/api/v1/breaks/")
    for role, expected in (
        ("nobody", 401),
        ("guest:A-1", 403),
        ("buyer", 403),
        ("shop", 403),
        ("developer", 403),
    ):
        assert [client_as(role).get(url).status_code for url in urls] == [expected] * 3
    ops = client_as("ops")
    assert [row["kind"] for row in ops.get("/api/v1/remedies/?state=pending,held").json()["results"]] == [
        "refund",
        "gift",
    ]
    assert ops.get("/api/v1/remedies/?state=settled").json()["results"] == []
    assert ops.get(urls[0]).json()["totals"] == [
        {"unit": "fen", "debit": 5000, "credit": 5000}, {"unit": "unit", "debit": 1000, "credit": 1000},
    ]  # fmt: skip


def test_preview_stores_nothing_and_is_everybodys(shop, client_as):
    facts = {"reason": "drop", "ordered": 1000, "paid_fen": 5000, "delivered": 1000, "present": 899}
    url = "/api/v1/policies/metered-standard/preview/"
    answer = client_as("nobody").post(url, {"facts": facts}, format="json")
    assert (answer.status_code, answer.json()["clause"]) == (200, "drop.tier_b")
    assert answer.json()["measures"] == {
        "base": 1000,
        "loss": 101,
        "rate": {"numerator": 101, "denominator": 1000},
    }
    refused = client_as("nobody").post(
        url, {"facts": facts | {"risk": 1, "present": -1, "colour": 2}}, format="json"
    )
    assert (refused.status_code, refused["Content-Type"]) == (422, "application/problem+json")
    assert [(e["field"], e["code"]) for e in refused.json()["errors"]] == [
        ("present", "negative"), ("risk", "not_public"), ("colour", "unknown_field"),
    ]  # fmt: skip
    assert client_as("ops").post(url, {"facts": facts | {"risk": 66}}, format="json").json()[
        "review_reasons"
    ] == ["risk"]
    assert not DecisionRecord.objects.exists()


def test_a_recovery_by_the_time_of_the_claim_counts(fell, client_as):
    fell("A-1", 850)
    count("A-1", 1000)
    body = file(client_as("guest:A-1")).json()
    assert (body["decision"]["clause"], body["state"]) == ("drop.none", "resolved")
    assert body["resolved_at"] is not None


def test_a_claim_that_ops_file_says_so(fell, client_as):
    for role, number in (("ops", "A-1"), ("buyer", "A-2")):
        fell(number, 850)
        no = file(client_as(role), number).json()["no"]
        opened = Event.objects.get(ticket__no=no, kind="opened")
        assert (opened.actor, opened.name) == (role, f"the-{role}")
