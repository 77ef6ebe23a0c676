"""催一下: once in half an hour, and something happens each time; and the opinion at the end, once."""

from datetime import timedelta

import pytest

from common import clock
from common.figures import time_of_day
from integrations.models import Intent
from tests.tickets.case import RUNNING, claim, confirm, fallen, work
from tests.tickets.desk_case import person
from tickets.models import Clock, Event, Rating, Ticket
from tickets.services import conversation, nudging, rating
from tickets.services.history import MoveNotAllowed
from tickets.web import read_ticket
from tickets.web.present_ticket import present_ticket

pytestmark = pytest.mark.django_db
API = "/api/v1/tickets/"


def nudge(ticket, at=None):
    return nudging.nudge(ticket=Ticket.objects.get(pk=ticket.pk), name="lin", now=at or clock.now())


def nudged():
    return list(Event.objects.filter(kind="nudged").values_list("data", flat=True))


@pytest.fixture
def waiting(shop):
    """A case that a person has to look at."""
    fallen(left=None)
    return claim()


def test_a_person_is_given_half_an_hour_and_the_promise_stands(waiting, caplog):
    now = clock.now()
    nudge(waiting, now)
    nudge(waiting, now + timedelta(minutes=30))
    clocks = Clock.objects.filter(ticket=waiting, kind="next_reply").values_list("state", "due_at")
    assert list(clocks) == [("running", now + timedelta(minutes=30))]
    assert nudged() == [{"turn": "ops", "asked": 0}] * 2
    assert [
        r.getMessage() for r in caplog.records if r.levelname == "ERROR" and "催办" in r.getMessage()
    ] == [f"买家催办：售后单 {waiting.no}，现在轮到 ops"] * 2
    assert Ticket.objects.get().nudged_at == now + timedelta(minutes=30)


def test_the_page_tells_the_answer_from_the_result_until_it_is_given(waiting):
    began = clock.now()
    nudge(waiting, began)

    def note(minutes):
        now = began + timedelta(minutes=minutes)
        sheet = read_ticket.read(reader=person(), no=waiting.no, acts=True, now=now)
        return present_ticket(sheet=sheet, now=now).due.note

    told = f"您催过了，专人 {time_of_day(began + timedelta(minutes=30))} 前先答复您"
    assert (note(1), note(31)) == (told, "")
    ticket = Ticket.objects.get()
    conversation.say(
        ticket=ticket,
        text="在看了",
        actor="ops",
        name="qiao",
        internal=False,
        now=began + timedelta(minutes=2),
    )
    assert note(3) == ""


def test_the_page_promises_what_the_clock_does_where_the_buyer_wrote_before(waiting):
    began = clock.now()
    ticket = Ticket.objects.get(pk=waiting.pk)
    conversation.say(ticket=ticket, text="在吗", actor="buyer", name="lin", internal=False, now=began)
    nudge(waiting, began + timedelta(minutes=20))
    due = Clock.objects.get(ticket=waiting, kind="next_reply").due_at
    now = began + timedelta(minutes=21)
    sheet = read_ticket.read(reader=person(), no=waiting.no, acts=True, now=now)
    assert (due, sheet.reply_due) == (began + timedelta(minutes=30), due)
    assert present_ticket(sheet=sheet, now=now).due.note == f"您催过了，专人 {time_of_day(due)} 前先答复您"


@pytest.mark.parametrize(
    ("minutes", "again"), [(0, False), (29, False), (29.99, False), (30, True), (31, True)]
)
def test_once_in_half_an_hour(waiting, minutes, again):
    now = clock.now()
    nudge(waiting, now)
    if again:
        nudge(waiting, now + timedelta(minutes=minutes))
    else:
        with pytest.raises(nudging.NudgedBefore) as refused:
            nudge(waiting, now + timedelta(minutes=minutes))
        left = (30 - minutes) * 60
        assert left <= refused.value.extra["retry_after"] <= left + 2
    assert len(nudged()) == 1 + again


def test_where_the_system_is_at_work_the_supplier_is_asked_now(outside):
    outside.supplies = [RUNNING]
    fallen()
    ticket = claim()
    work(3)
    far = clock.now() + timedelta(minutes=20)
    Intent.objects.update(next_at=far)
    now = clock.now()
    nudge(ticket, now)
    assert (Intent.objects.get().next_at, nudged()) == (now, [{"turn": "system", "asked": 1}])
    assert not Clock.objects.filter(kind="next_reply").exists()


@pytest.mark.parametrize(
    "state", ["confirming", "refused", "waiting_buyer", "resolved", "closed", "withdrawn"]
)
def test_nobody_hurries_a_buyer_or_what_is_over(waiting, state):
    Ticket.objects.update(state=state)
    with pytest.raises(MoveNotAllowed):
        nudge(waiting)
    assert (nudged(), Ticket.objects.get().nudged_at) == ([], None)


def test_over_the_api(waiting, buyer, client_as):
    first, second = (buyer.post(f"{API}{waiting.no}/nudge/") for _ in range(2))
    assert (first.status_code, first.json()["no"], second.status_code, second.json()["code"]) == (
        200, waiting.no, 429, "nudged_before",
    )  # fmt: skip
    assert 1790 <= int(second["Retry-After"]) <= 1801
    roles = ("ops", "developer", "shop", "panel", "nobody")
    codes = {role: client_as(role).post(f"{API}{waiting.no}/nudge/").status_code for role in roles}
    assert codes == {"ops": 403, "developer": 403, "shop": 403, "panel": 403, "nobody": 401}


# ---- the opinion ----


@pytest.fixture
def over(outside):
    fallen()
    ticket = claim()
    work()
    confirm(ticket)
    return Ticket.objects.get()


def test_said_once_and_kept(over, buyer):
    body = {"stars": 4, "text": " 很快 "}
    first = buyer.post(f"{API}{over.no}/rating/", body, format="json")
    second = buyer.post(f"{API}{over.no}/rating/", body | {"stars": 1}, format="json")
    assert (first.status_code, first.json()["stars"], first.json()["text"]) == (201, 4, "很快")
    assert (second.status_code, second.json()["code"]) == (409, "already_rated")
    assert list(Rating.objects.values_list("stars", "text")) == [(4, "很快")]
    (event,) = Event.objects.filter(kind="rated")
    assert (event.actor, event.text, event.data, event.internal) == ("buyer", "很快", {"stars": 4}, False)


@pytest.mark.parametrize("stars", [0, 6, -1, None, "", "five", 2.5, "1" * 400, True])
def test_one_to_five(over, buyer, stars):
    answer = buyer.post(f"{API}{over.no}/rating/", {"stars": stars}, format="json")
    assert (answer.status_code, [e["field"] for e in answer.json()["errors"]]) == (422, ["stars"])
    assert Rating.objects.count() == 0


def test_not_before_the_end(shop, buyer):
    fallen()
    ticket = claim()
    answer = buyer.post(f"{API}{ticket.no}/rating/", {"stars": 5}, format="json")
    assert (answer.status_code, answer.json()["detail"]) == (409, "办完了再评价。这一单还在办。")


def test_not_of_what_the_buyer_took_back(over):
    Ticket.objects.update(state="withdrawn")
    with pytest.raises(MoveNotAllowed):
        rating.rate(ticket=Ticket.objects.get(), stars=5, text="", name="lin", now=clock.now())


@pytest.mark.parametrize(("text", "status"), [("好" * 1000, 201), ("好" * 1001, 422), ("\0", 422)])
def test_so_many_words(over, buyer, text, status):
    answer = buyer.post(f"{API}{over.no}/rating/", {"stars": 5, "text": text}, format="json")
    assert answer.status_code == status


@pytest.mark.parametrize("role", ["ops", "developer", "shop", "panel"])
def test_the_opinion_is_the_buyers(over, client_as, role):
    answer = client_as(role).post(f"{API}{over.no}/rating/", {"stars": 5}, format="json")
    assert (answer.status_code, Rating.objects.count()) == (403, 0)
