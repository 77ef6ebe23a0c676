"""Tutorials before filing and in answers: never in the way, and whether they helped is counted."""

import pytest

from common import clock
from common.refusals import StateMoved
from evidence.models import Entry
from orders.queries.tutorials import TutorialAbsent
from tests.orders.tutorial_case import newest, tally, write
from tests.tickets import desk_pages
from tests.tickets.case import claim, fallen, order_of, state
from tests.tickets.desk_case import person
from tickets.models import Clock, Event, Ticket
from tickets.services import desk, filing, teaching

pytestmark = pytest.mark.django_db
API = "/api/v1/orders/A-1/tutorial-answers/"


@pytest.fixture
def made(shop):
    fallen()
    return write()


def hear(tutorial, helped, ticket=None, version=None):
    return teaching.hear(
        order=order_of(), ticket=ticket, no=tutorial.no, version=version or tutorial.newest, helped=helped,
        name="lin", now=clock.now(),
    )  # fmt: skip


def kinds(ticket):
    return list(ticket.events.order_by("id").values_list("kind", flat=True))


def test_a_question_is_answered_with_what_fits_it(made):
    write(title="别的症状", symptom="defect")
    ticket = claim(reason="question")
    given = ticket.events.get(kind="guided")
    assert (state(ticket), kinds(ticket)) == ("confirming", ["opened", "decided", "guided"])
    assert (given.actor, given.data) == (
        "system",
        {"tutorial": made.no, "version": 1, "title": "怎么看补了没有", "text": "1. 打开订单\n2. 看曲线"},
    )
    assert Entry.objects.filter(order_no="A-1", body__contains=made.no).exists()
    assert tally(made) == (0, 0, 0)  # nobody said or filed anything yet


def test_where_nothing_fits_nothing_is_given(shop):
    fallen()
    write("licence")
    write(state="withdrawn")
    assert kinds(claim(reason="question")) == ["opened", "decided"]


def test_a_fault_shown_by_proof_is_answered_with_the_tutorial(shop):
    fallen(sku="licence")
    write("licence", symptom="defect")
    ticket = claim(reason="defect")
    assert "guided" not in kinds(ticket)  # by what was said alone, nobody is sent away with a tutorial
    desk.establish(
        ticket=ticket, by=person(), facts={"fault": "buyer"}, reason="装错了系统", version=ticket.version,
        now=clock.now(),
    )  # fmt: skip
    assert (state(ticket), kinds(ticket)[-1]) == ("confirming", "guided")


def test_an_answer_shows_what_was_given_then(made):
    ticket = claim(reason="question")
    write(tutorial=made, title="改过的", text="别的办法")
    hear(made, True, ticket, version=1)
    first = made.versions.get(number=1).tally
    assert (ticket.events.get(kind="guided").data["text"], tuple(first.of)) == (
        "1. 打开订单\n2. 看曲线",
        (1, 1, 0),
    )


@pytest.mark.parametrize(
    ("helped", "ends", "said", "counted"),
    [
        (True, "resolved", ["guide_solved", "confirm"], (1, 1, 0)),
        (False, "waiting_ops", ["guide_unsolved", "not_yet"], (1, 0, 1)),
    ],
)
def test_a_word_moves_an_answered_case_through_its_door(made, helped, ends, said, counted):
    ticket = claim(reason="question")
    hear(made, helped, ticket)
    assert (state(ticket), kinds(ticket)[3:], tally(made)) == (ends, said, counted)
    assert Clock.objects.filter(ticket=ticket, kind="next_reply", state="running").exists() is not helped
    hear(made, helped, ticket)  # pressed twice
    assert (state(ticket), kinds(ticket)[3:], tally(made)) == (ends, said, counted)


def test_a_case_that_ended_hears_no_other_word(made):
    ticket = claim(reason="question")
    hear(made, True, ticket)
    with pytest.raises(StateMoved):
        hear(made, False, ticket)
    assert (state(ticket), tally(made)) == ("resolved", (1, 1, 0))


def test_with_a_person_a_word_is_said_and_the_case_stays(made):
    ticket = claim(reason="suggestion", text="希望能选时段")
    teaching.reply(ticket=ticket, text="请看这篇。", no=made.no, name="qiao", now=clock.now())
    hear(made, True, ticket)
    assert (state(ticket), kinds(ticket)[-3:]) == ("waiting_ops", ["message", "guided", "guide_solved"])


def test_a_tutorial_that_was_not_given_in_the_case(made):
    other = write(title="别的")
    ticket = claim(reason="question")
    Event.objects.filter(ticket=ticket, kind="guided").exclude(data__tutorial=made.no).delete()
    with pytest.raises(TutorialAbsent):
        hear(other, True, ticket)
    assert (state(ticket), tally(other)) == ("confirming", (0, 0, 0))


def file(*offered, reason="question"):
    return filing.file_claim(
        order=order_of(), reason=reason, text="", files=(), given={}, listed={}, offered=offered, quantity=None,
        channel="web", actor="lin", side="buyer", now=clock.now(),
    )  # fmt: skip


def test_who_files_all_the_same_had_what_fits_the_reason_before_them(made):
    other = write(title="别的症状", symptom="delay")
    elsewhere = write("licence")
    file(f"{made.no}/1", f"{other.no}/1", f"{elsewhere.no}/1", "J-0000000000/1", "\0/x", "")
    assert (tally(made), tally(other), tally(elsewhere)) == ((1, 0, 0), (0, 0, 0), (0, 0, 0))


def test_who_said_no_and_files_is_counted_once(made):
    hear(made, False)
    file(f"{made.no}/1")
    assert tally(made) == (1, 0, 1)


# on A-1 (own); on B-1, another's: each role's answer
ROLES = ("buyer", "guest:A-1", "ops", "developer", "shop", "panel", "nobody")
EXPECTED = {"A-1": (201, 201, 403, 403, 403, 403, 401), "B-1": (404, 404, 403, 403, 403, 403, 401)}


@pytest.mark.parametrize("order_no", EXPECTED)
def test_who_may_answer(made, client_as, order_no):
    fallen("B-1", buyer_external_id="b-2")
    body = {"tutorial": made.no, "version": 1, "helped": True}
    address = API.replace("A-1", order_no)
    found = tuple(client_as(role).post(address, body, format="json").status_code for role in ROLES)
    assert (found, tally(made)) == (EXPECTED[order_no], (1, 1, 0) if order_no == "A-1" else (0, 0, 0))


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"version": 0}, 422), ({"version": 2}, 404), ({"tutorial": "J-X"}, 404), ({"tutorial": "J" * 17}, 422),
        ({"helped": "perhaps"}, 422), ({"ticket": "T-0000000000"}, 404),
    ],
)  # fmt: skip
def test_what_the_api_refuses(made, client_as, body, status):
    whole = {"tutorial": made.no, "version": 1, "helped": True} | body
    assert client_as("buyer").post(API, whole, format="json").status_code == status
    assert tally(made) == (0, 0, 0)


def test_the_api_answers_in_a_case_but_not_in_another_orders(made, client_as):
    fallen("A-2")
    ticket, body = claim(reason="question"), {"tutorial": made.no, "version": 1, "helped": True}
    other = client_as("buyer").post(API.replace("A-1", "A-2"), body | {"ticket": ticket.no}, format="json")
    answer = client_as("buyer").post(API, body | {"ticket": ticket.no}, format="json")
    assert (other.status_code, answer.status_code, answer.json()) == (
        404, 201, body | {"state": "resolved"},
    )  # fmt: skip


def test_a_product_lists_its_tutorials(made, client_as):
    rows = client_as("nobody").get("/api/v1/products/likes/").json()["tutorials"]
    assert rows == [
        {"tutorial": made.no, "version": 1, "symptom": "question", "symptom_title": "", "title": "怎么看补了没有",
         "text": "1. 打开订单\n2. 看曲线"}
    ]  # fmt: skip


def test_the_desk_answers_with_one(made):
    ops, ticket = desk_pages.person(), desk_pages.waiting("A-2")
    assert made.no in ops.get(desk_pages.at(ticket)).content.decode()
    desk_pages.do(ops, ticket, "say", text="", tutorial=made.no, do="note")
    assert "guided" not in kinds(ticket)
    desk_pages.do(ops, ticket, "say", text="", tutorial=made.no, do="reply")
    given = ticket.events.get(kind="guided")
    assert (given.actor, given.name, given.internal) == ("ops", "qiao", False)
    assert Clock.objects.get(ticket=ticket, kind="first_reply").stopped_at is not None
    page = desk_pages.words(ops.get(desk_pages.at(ticket)))
    assert {"给了教程", newest(made).title} <= {*page}
    answer = desk_pages.do(ops, ticket, "say", text="看这篇", tutorial="J-0000000000", do="reply")
    assert (answer.status_code, Ticket.objects.get(pk=ticket.pk).events.filter(kind="message").count()) == (
        404,
        0,
    )
