"""Late goods: the buyer waits another delivery time, or takes the money for what never came; a person comes after."""

from datetime import timedelta

import pytest

from accounts.services import guest_access
from common import clock
from compensation.services import intake
from evidence.models import Entry
from tests.orders.conftest import new_order
from tests.tickets.case import assert_balanced, claim, count, order_of, rows, work
from tests.tickets.desk_case import act
from tickets.models import Ticket
from tickets.services import late, waiting

HOUR = timedelta(hours=1)
DAYS = timedelta(days=3)  # the delivery time of these goods
pytestmark = pytest.mark.django_db


@pytest.fixture
def short(shop):
    """800 of 1000 likes came, and the deadline was two hours ago."""
    paid = clock.now() - DAYS - 2 * HOUR
    new = new_order(
        "A-1", paid_at=paid, gateway="shop", payment_reference="PAY", target="https://v.example/1"
    )
    intake.take_order(new=new, now=clock.now())
    count("A-1", 800, clock.now() - 5 * HOUR)


def choose(choice, *, at=None):
    by = {"channel": "web", "actor": "lin", "side": "buyer"}
    return late.choose(order=order_of(), choice=choice, now=at or clock.now(), **by)


def told(ticket):
    ticket.refresh_from_db()
    return ticket.state, [event.kind for event in ticket.events.all()]


def test_waiting_is_kept_with_its_clock_and_in_the_record(short):
    now = clock.now()
    ticket = choose(late.WAIT, at=now)
    assert told(ticket) == ("fulfilling", ["opened", "decided", "wait"])
    (waits,) = ticket.clocks.filter(kind="fulfilment")
    assert (ticket.due_at, waits.due_at, waits.state) == (now + DAYS, now + DAYS, "running")
    assert Entry.objects.filter(order_no="A-1", kind="ticket", body__contains='"wait"').count() == 1
    assert choose(late.WAIT) == ticket  # pressed twice
    assert told(ticket)[1].count("wait") == 1


def test_when_all_has_come_by_then_the_buyer_is_asked_to_look(short):
    ticket = choose(late.WAIT)
    count("A-1", 1000, clock.now())
    waiting.run_due(now=ticket.due_at - timedelta(seconds=1))
    assert told(ticket)[0] == "fulfilling"
    waiting.run_due(now=ticket.due_at)
    assert told(ticket) == ("confirming", ["opened", "decided", "wait", "fulfilled"])
    assert ticket.clocks.get(kind="fulfilment").state == "met"


def test_when_it_has_not_a_person_takes_over_and_nothing_is_paid_by_time(short):
    ticket = choose(late.WAIT)
    count("A-1", 900, clock.now())
    waiting.run_due(now=ticket.due_at + timedelta(seconds=1))
    assert told(ticket) == ("waiting_ops", ["opened", "decided", "wait", "hand_over"])
    assert ticket.events.get(kind="hand_over").data["delivered"] == 900
    assert (ticket.clocks.get(kind="fulfilment").state, rows(ticket)) == ("breached", [])


def test_the_money_for_what_never_came(short):
    refund = choose(late.REFUND)
    delay = Ticket.objects.get(reason="delay")
    assert (refund.reason, rows(refund)) == ("refund", [("refund", "pending", 1000, 0)])
    assert told(delay) == ("resolved", ["opened", "decided", "took_refund", "confirm"])
    assert delay.events.get(kind="took_refund").data == {"ticket": refund.no}
    assert_balanced()


def test_who_waits_may_still_take_the_money(short):
    delay = choose(late.WAIT)
    refund = choose(late.REFUND)
    assert (refund.reason, told(delay)[0]) == ("refund", "withdrawn")


def test_who_waited_in_vain_may_take_the_money_and_what_a_person_ordered_is_called_back(short):
    delay = choose(late.WAIT)
    waiting.run_due(now=delay.due_at + timedelta(seconds=1))
    delay.refresh_from_db()
    act(delay, "override", remedies=[{"kind": "top_up", "quantity": 200, "grade": "standard"}], reason="补发")
    assert rows(delay) == [("top_up", "pending", 200, 0)]
    choose(late.REFUND)
    work(10)
    assert (told(delay)[0], rows(delay)) == ("withdrawn", [("top_up", "voided", 200, 0)])


def test_who_waited_in_vain_and_takes_the_money_leaves_nothing_for_a_person_to_do(short):
    delay = choose(late.WAIT)
    waiting.run_due(now=delay.due_at + timedelta(seconds=1))
    choose(late.REFUND)
    assert told(delay) == (
        "withdrawn", ["opened", "decided", "wait", "hand_over", "took_refund", "withdraw"],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("units", "offered"),
    [(None, []), (200, []), (150, ["还差 50。", "再等等"]), (0, ["还差 200。", "再等等"])],
)
def test_what_was_given_back_is_not_waited_for(short, client, units, offered):
    if units is None:
        choose(late.REFUND)
    elif units:
        claim(reason="refund", quantity=units)
    guest_access.set_many(passwords={"A-1": "cha"})
    client.post("/", {"order_no": "A-1", "query_password": "cha"})
    page = client.get("/orders/A-1/").content.decode()
    assert [words for words in ("还差 50。", "还差 200。", "再等等") if words in page] == offered
    if offered:
        assert told(choose(late.WAIT))[0] == "fulfilling"
        return
    for choice in (late.WAIT, late.REFUND):
        with pytest.raises(late.NotLate):
            choose(choice)
    assert list(Ticket.objects.exclude(reason="refund").values_list("state", flat=True)) in ([], ["resolved"])


@pytest.mark.parametrize("choice", [late.WAIT, late.REFUND])
def test_before_the_deadline_and_when_all_is_there_nothing_is_chosen(short, choice):
    with pytest.raises(late.NotLate):
        choose(choice, at=clock.now() - 3 * HOUR)
    count("A-1", 1000, clock.now())
    with pytest.raises(late.NotLate):
        choose(choice)
    assert Ticket.objects.count() == 0


@pytest.mark.parametrize(("choice", "reason"), [("wait", "delay"), ("refund", "refund")])
def test_over_the_api(short, client_as, choice, reason):
    answer = client_as("guest:A-1").post("/api/v1/orders/A-1/late-choice/", {"choice": choice}, format="json")
    body = answer.json()
    assert (answer.status_code, body["reason"], body["state"]) == (201, reason, "fulfilling")


def test_another_word_is_no_choice(short, client_as):
    answer = client_as("guest:A-1").post("/api/v1/orders/A-1/late-choice/", {"choice": "both"}, format="json")
    assert (answer.status_code, [error["field"] for error in answer.json()["errors"]]) == (422, ["choice"])
