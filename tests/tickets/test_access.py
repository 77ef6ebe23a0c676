"""Who claims and lists which cases, filters, and names that no database can hold."""

import pytest

from tests.tickets.case import claim, fallen

pytestmark = pytest.mark.django_db
API = "/api/v1/"
BODY = {"text": "你好", "reason": "drop"}


@pytest.fixture
def cases(shop):
    """A-1 is b-1's (the buyer), B-1 another's; each with a claim."""
    fallen("A-1")
    fallen("B-1", buyer_external_id="b-2")
    return claim("A-1"), claim("B-1")


@pytest.mark.parametrize(
    ("role", "seen"),
    [("buyer", ["A-1", "A-2"]), ("guest:A-2", ["A-2"]), ("ops", ["A-1", "A-2", "B-1"]), ("developer", [])],
)
def test_a_list_shows_what_is_the_readers(cases, client_as, role, seen):
    fallen("A-2")
    claim("A-2")
    listed = client_as(role).get(f"{API}tickets/").json()["results"]
    assert sorted(row["order_no"] for row in listed) == seen


def test_a_guest_claims_and_moves_its_own(cases, client_as):
    guest = client_as("guest:A-1")
    made = guest.post(f"{API}tickets/", {"order_no": "A-1", "reason": "question"}, format="json").json()
    assert guest.post(f"{API}tickets/{made['no']}/confirm/").json()["state"] == "resolved"


@pytest.mark.parametrize("role", ["shop", "developer", "panel"])
def test_who_may_not_claim(cases, client_as, role):
    answer = client_as(role).post(f"{API}tickets/", {"order_no": "A-1"} | BODY, format="json")
    assert answer.status_code == 403


@pytest.mark.parametrize("move", ["confirm", "withdraw", "appeal"])
def test_the_buyers_moves_are_not_ops(cases, client_as, move):
    answer = client_as("ops").post(f"{API}tickets/{cases[0].no}/{move}/", BODY, format="json")
    assert answer.status_code == 403


@pytest.mark.parametrize(
    "path", ["tickets/%00/", "tickets/%00/events/", "orders/%00/quote/", "policies/%00/"]
)
def test_a_name_no_database_can_hold_is_absent(cases, ops, path):
    ask = ops.post if path.endswith("quote/") else ops.get
    assert ask(f"{API}{path}").status_code == 404


@pytest.mark.parametrize(
    ("path", "field", "value"),
    [
        ("tickets/", "state", "%00"), ("tickets/", "state", "open,lost"), ("remedies/", "state", "%00,held"),
        ("tickets/", "order_no", "%00"), ("tickets/", "reason", "magic"),
    ],
)  # fmt: skip
def test_a_filter_that_nothing_can_match_is_named(cases, ops, path, field, value):
    answer = ops.get(f"{API}{path}?{field}={value}")
    assert (answer.status_code, [e["field"] for e in answer.json()["errors"]]) == (422, [field])


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("state=fulfilling,resolved", 2),
        ("state=resolved", 0),
        ("reason=drop", 2),
        ("severity=urgent", 0),
        ("order_no=A-1", 1),
    ],
)
def test_filters(cases, ops, query, found):
    assert len(ops.get(f"{API}tickets/?{query}").json()["results"]) == found


def test_queries_of_a_claim(shop, buyer, django_assert_num_queries):
    """Written down so that a read that grows with history does not slip in."""
    fallen("A-0")
    buyer.post(
        f"{API}tickets/", {"order_no": "A-0", "reason": "drop"}, format="json"
    )  # what a process reads once
    for number, before, queries in (("A-1", (), 44), ("A-2", ("question", "other", "defect"), 43)):
        fallen(number, target=f"https://v.example/{number}")  # alone on its target
        for reason in before:
            claim(number, reason)
        with django_assert_num_queries(queries):
            answer = buyer.post(f"{API}tickets/", {"order_no": number, "reason": "drop"}, format="json")
        assert answer.status_code == 201
