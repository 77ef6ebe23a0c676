"""Claims of lines that fell together are major: filed while it goes on, and found out just afterwards."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common import clock
from evidence.models import Entry
from orders.services.deliveries import take_deliveries
from tests import killing
from tests.tickets.case import claim, fallen
from tests.watch.test_let_go import rule
from tests.watch.test_races import at_once
from tests.watch.test_supplier_incidents import fell, goods, over
from tests.watch.test_warnings import later, links, look, press
from tickets.models import Clock, Event, Ticket
from tickets.services import grading
from watch.models import Incident
from watch.services import majors, mass

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def two(monkeypatch):
    """The limit in these tests."""
    monkeypatch.setattr(mass, "MOST", 2)


def severities():
    return dict(Ticket.objects.order_by("pk").values_list("order__order_no", "severity"))


def graded(order_no):
    """What the history of its case says for ops alone."""
    return list(
        Event.objects.filter(ticket__order__order_no=order_no, kind="graded").values_list("data", "internal")
    )


def why(of):
    pk = Incident.objects.order_by("id").last().pk
    return {"of": of, "incident": pk, "page": f"/admin/watch/incident/{pk}/change/"}


def waits_for_ops(ticket, *, minutes, severity="normal", long_term=False):
    """As a case that a person has since then, whose clocks the decision stopped."""
    opened = clock.now() - minutes * MINUTE
    Ticket.objects.filter(pk=ticket.pk).update(
        state="waiting_ops", severity=severity, opened_at=opened, due_at=opened + timedelta(hours=4)
    )
    ticket.order.__class__.objects.filter(pk=ticket.order_id).update(long_term=long_term)


# ---- filed while it goes on

# What happened to the incident, minutes later, whether it still goes on.
GOES_ON = [
    ("", 0, True), ("", 180, True), ("released", 0, True), ("released", 60, True), ("released", 61, False),
    ("dismissed", 59, True), ("dismissed", 61, False),
]  # fmt: skip


@pytest.mark.parametrize(("how", "minutes", "major"), GOES_ON)
@pytest.mark.parametrize("of", ["product", "supplier"])
def test_a_claim_is_major_while_it_goes_on_and_an_hour_longer(shop, by_day, of, how, minutes, major):
    lines = [(f"A-{n}", "g") for n in range(3)] if of == "product" else over("A", 3)
    fell(*lines)
    if how:
        later(by_day, hours=3)
        rule(how)
    later(by_day, minutes=minutes)
    ticket = claim("A-0")
    assert ticket.severity == ("major" if major else "normal")
    assert graded("A-0") == ([(why(of), True)] if major else [])


def test_others_are_as_they_were(shop):
    fell(*over("A", 3))  # nan's
    fell(("B-0", "b0"), by="bei")
    fell(("C-0", "c0"), by="")
    fell(("D-0", "A0"), by="bei")  # goods of which nan's fell
    for no in ("B-0", "C-0", "D-0", "A-1"):
        claim(no)
    claim("A-0", "refund", quantity=1)
    claim("A-2", "question", text="怎么看")
    assert severities() == {
        "B-0": "normal", "C-0": "normal", "D-0": "normal", "A-1": "major", "A-0": "normal", "A-2": "normal",
    }  # fmt: skip


def test_interactions_that_many_lack_make_no_drop_major(shop):
    fallen()
    Incident.objects.create(product=claim(reason="question", text="怎么看").order.product, about="effect",
                            opened_at=clock.now())  # fmt: skip
    assert claim().severity == "normal"


def test_by_the_link_of_a_warning_and_with_the_clocks_of_a_major_one(shop, client):
    fell(*((f"A-{n}", "g") for n in range(3)))
    fallen("A-9", sku="g", left=None, target="https://v.example/9")
    assert press(client, links()[0]).status_code == 200
    ticket = claim("A-9")  # can't be counted: a person's
    assert severities() == {"A-0": "major", "A-9": "major"}
    due = dict(Clock.objects.filter(ticket=ticket).values_list("kind", "due_at"))
    assert (due["first_reply"], ticket.due_at) == (
        clock.now() + 30 * MINUTE,
        clock.now() + timedelta(hours=2),
    )


def test_filing_asks_the_same_whatever_goes_on(shop):
    def asked(no):
        with CaptureQueriesContext(connection) as seen:
            claim(no)
        return sum("watch_incident" in one["sql"] for one in seen)

    fell(*over("A", 2))
    before = asked("A-0")
    fell(*over("B", 3))
    fell(*((f"C-{n}", "g") for n in range(3)), by="")
    assert (before, asked("A-1"), asked("C-0")) == (1, 1, 1)


# ---- filed before


def test_open_claims_of_the_hour_before_are_graded_once_and_say_why(shop, by_day):
    fell(*over("A", 2))
    old = claim("A-0")
    Ticket.objects.filter(pk=old.pk).update(opened_at=clock.now() - 61 * MINUTE)
    for no, sku in (("B-0", "b0"), ("C-0", "c0"), ("D-0", "d0")):
        goods(sku)
        fallen(no, sku=sku, target=f"https://v.example/{no}")
        if no != "D-0":  # nobody's
            at = (clock.now() - timedelta(hours=20)).isoformat()
            row = {"order_no": no, "delivered_at": at, "quantity": 1000, "supplier": "nan"}
            take_deliveries(raw_rows=[row], now=clock.now())
        claim(no)
    Ticket.objects.filter(order__order_no="C-0").update(state="resolved")
    claim("A-1")
    for prefix in "EFG":
        fell(*over(prefix, 3))
        later(by_day, seconds=30)
    assert severities() == {"A-0": "normal", "B-0": "major", "C-0": "normal", "D-0": "normal", "A-1": "major"}
    assert graded("A-1") == [({"was": "normal", **why("supplier")}, True)]
    entries = Entry.objects.filter(kind="ticket", order_no="A-1", body__contains='"graded"')
    assert [entry.internal for entry in entries] == [True]
    later(by_day, minutes=1)
    look()
    assert Incident.objects.get().grade_until is None


# severity before, long-term, clocks that run (kind, minutes from now): what runs afterwards, in minutes from now.
TEAM = {
    "nothing runs": ("normal", False, [], {"intervention": 30}),
    "long-term": ("normal", True, [], {"intervention": 15}),
    "a reply was promised sooner": ("normal", False, [("first_reply", 5)], {"first_reply": 5}),
    "a reply is overdue": ("normal", False, [("first_reply", -5)], {"first_reply": -5, "intervention": 30}),
    "a later reply": ("normal", False, [("first_reply", 40)], {"first_reply": 40, "intervention": 30}),
    "urgent": ("urgent", False, [("intervention", 100)], {"intervention": 30}),
    "urgent and nearly over": ("urgent", False, [("intervention", 10)], {"intervention": 10}),
}


@pytest.mark.parametrize("name", TEAM)
def test_the_team_is_called(shop, name):
    severity, long_term, running, then = TEAM[name]
    fell(("A-0", "g"))
    ticket = claim("A-0")
    waits_for_ops(ticket, minutes=20, severity=severity, long_term=long_term)
    Clock.objects.filter(ticket=ticket).delete()
    for kind, minutes in running:
        Clock.objects.create(ticket=ticket, kind=kind, state="running", due_at=clock.now() + minutes * MINUTE)
    limit = Ticket.objects.get().due_at
    fell(*((f"B-{n}", "g") for n in range(3)))
    rows = Clock.objects.filter(ticket=ticket, state="running").values_list("kind", "due_at")
    assert {kind: (at - clock.now()) / MINUTE for kind, at in rows} == then
    sooner = timedelta(hours=2 if severity == "normal" else 0)
    assert (Ticket.objects.get().severity, limit - Ticket.objects.get().due_at) == ("major", sooner)


def test_one_and_three_take_as_many_questions(shop, by_day):
    def asked(prefix, n):
        for each in range(n):
            fallen(f"{prefix}-{each}", sku="g", target=f"https://v.example/{prefix}{each}")
            waits_for_ops(claim(f"{prefix}-{each}"), minutes=5)
        Ticket.objects.filter(order__order_no__startswith=prefix).update(severity="normal")
        with CaptureQueriesContext(connection) as seen:
            assert majors.run_due(now=clock.now()) == n
        return len(seen)

    fell(*((f"A-{n}", "g") for n in range(3)))
    assert asked("B", 1) == asked("C", 3)


def test_killed_before_and_after_every_commit_it_comes_to_the_same(shop, by_day, monkeypatch):
    monkeypatch.setattr(majors, "BATCH", 1)
    fell(("A-0", "g"), ("A-1", "g"))
    for no in ("A-0", "A-1"):
        waits_for_ops(claim(no), minutes=5)
    Clock.objects.all().delete()
    fallen("A-2", sku="g", target="https://v.example/2")
    begin = clock.now()

    def run(axe):
        by_day.move_to(begin)
        killing.struck(axe, look)
        for _ in range(3):
            later(by_day, seconds=50)
            look()
        rows = Ticket.objects.order_by("pk")
        ends = list(Incident.objects.values_list("lines", "grade_until"))
        clocks = sorted(Clock.objects.values_list("ticket_id", "kind"))
        return (
            list(rows.values_list("severity", "due_at")),
            [len(graded(f"A-{n}")) for n in (0, 1)],
            clocks,
            ends,
        )

    whole = killing.Axe()
    expected = killing.undone(lambda: run(whole))
    assert ([row[0] for row in expected[0]], expected[1], len(expected[2]), expected[3]) == (
        ["major"] * 2, [1, 1], 2, [(1, None)],
    )  # fmt: skip
    for axe in killing.each(whole):
        assert killing.undone(lambda axe=axe: run(axe)) == expected, axe


@pytest.mark.django_db(transaction=True)
def test_eight_workers_grade_it_once(shop):
    fell(("A-0", "g"), ("A-1", "g"))
    for no in ("A-0", "A-1"):
        waits_for_ops(claim(no), minutes=5)
    fell(("A-2", "g"))
    Ticket.objects.update(severity="normal")
    Event.objects.filter(kind="graded").delete()
    made = at_once(lambda n: majors.run_due(now=clock.now()))
    assert (sum(made), [len(graded(no)) for no in ("A-0", "A-1")]) == (2, [1, 1])


def test_where_it_breaks_the_others_are_graded_what_is_due_is_said_and_it_is_tried_again(
    shop, by_day, monkeypatch
):
    for sku in "gh":
        fell((f"{sku}-0", sku), (f"{sku}-1", sku), by="")
        claim(f"{sku}-0")
    make_major = grading.make_major

    def broken(*, why, **given):
        if why["incident"] == Incident.objects.get(product__sku="g").pk:
            raise RuntimeError
        return make_major(why=why, **given)

    monkeypatch.setattr(grading, "make_major", broken)
    fell(("g-2", "g"), ("h-2", "h"), ("i-0", "i"), by="")
    assert (severities(), len(links())) == ({"g-0": "normal", "h-0": "major"}, 5)
    monkeypatch.undo()
    later(by_day, minutes=1)
    look()
    assert severities() == {"g-0": "major", "h-0": "major"}


# ---- read


def test_ops_read_why_and_get_to_what_fell_together_and_the_buyer_does_not(shop, admin_client, client_as):
    fell(*over("A", 3))
    ticket = claim("A-0")
    html = admin_client.get(f"/admin/tickets/ticket/{ticket.pk}/change/").content.decode()
    link = f'<a href="{why("supplier")["page"]}">这家供货商的货很多单一起掉</a>'
    assert (link in html, "定为重大" in html) == (True, True)
    assert admin_client.get(why("supplier")["page"]).status_code == 200
    seen = client_as("buyer").get(f"/api/v1/tickets/{ticket.no}/").json()
    assert seen["severity"] == "major"
    assert "graded" not in client_as("buyer").get(f"/api/v1/tickets/{ticket.no}/events/").content.decode()


@pytest.mark.parametrize(
    ("reason", "why"), [("drop", "现在有多少数不出来"), ("low_interaction", "互动数不出来")]
)
def test_what_cannot_be_counted_is_called_so(shop, admin_client, by_day, reason, why):
    ago = timedelta(days=8) if reason == "low_interaction" else timedelta()
    by_day.shift(-ago)
    fallen(left=None)
    by_day.shift(ago)
    ticket = claim(reason=reason)
    html = admin_client.get(f"/admin/tickets/ticket/{ticket.pk}/change/").content.decode()
    assert (ticket.severity, "为什么重大" in html, f"<dd>{why}</dd>" in html) == ("major", True, True)
