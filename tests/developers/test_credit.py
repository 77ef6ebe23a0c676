"""The credit of a developer as it is written: what it counts, once a month, frozen, and gone on with after a kill."""

import json
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from common import clock
from compensation.services import intake
from developers.models import AnswerOwed, Credit, CreditRow, Defect
from developers.queries import credit as queries
from developers.rules import credit_rows, months
from developers.rules.credit import Counts
from developers.services import credit as crediting
from evidence.models import Entry
from orders.models import MakerStanding, Product
from tests.developers.conftest import filed
from tests.orders.conftest import new_order
from tests.tickets.case import claim, fallen, order_of
from tests.tickets.desk_case import act, person
from tickets.models import Clock, Ticket
from tickets.services import contesting, conversation

pytestmark = pytest.mark.django_db
MONTH = months.name_of(clock.now())
ENDED = months.month_named(months.after(MONTH), now=clock.now() + timedelta(days=40)).start + timedelta(
    hours=3
)


def sold(count, sku="likes", *, ago=timedelta(hours=1), name="S"):
    paid = clock.now() - ago
    rows = [
        new_order(f"{name}-{sku}-{n}", sku=sku, paid_at=paid, target=f"https://v.example/{sku}{n}")
        for n in range(count)
    ]
    intake.take_orders(new=rows, now=clock.now())


def fresh(ticket):
    return Ticket.objects.select_related("order__product", "decision").get(pk=ticket.pk)


def defect(number):
    """A code that doesn't work, found to be so."""
    fallen(number, sku="licence")
    ticket = claim(number, "defect")
    act(ticket, "establish", facts={"proof": "verified"})
    return ticket


def made(developer, month=MONTH, now=ENDED):
    return crediting.make(developer=developer, month=month, now=now)


def counted(row):
    return [(each.part, each.source, each.bad, each.ticket.no) for each in queries.all_rows(credit=row)]


def test_what_is_counted(yun):
    sold(50)
    broken, dropped, others, plain = (
        defect("D-1"),
        filed("D-2", left=600),
        filed("D-3", left=600),
        filed("D-4"),
    )
    act(dropped, "set_responsibility", party="developer")
    act(others, "set_responsibility", party="supplier")
    filed("D-5", "question")
    filed("B-1", sku="stamps")  # bo's
    row = made(yun)
    assert row.counts == Counts(sales=55, defects=2).as_data()
    assert counted(row) == [
        ("defects", "defect", True, broken.no), ("defects", "defect", True, dropped.no),
    ]  # fmt: skip
    assert plain.decision.outcome == "compensate"  # certain, and nobody has said that it is the developer's


def test_what_is_not_certain_is_not_counted(yun):
    sold(50)
    waiting, gone = filed("D-1", "defect", sku="licence"), filed("D-2")
    act(gone, "set_responsibility", party="developer")
    conversation.withdraw(ticket=fresh(gone), name="lin", now=clock.now())
    assert (waiting.state, fresh(gone).state) == ("waiting_ops", "withdrawn")
    assert made(yun).counts == Counts(sales=52).as_data()


def test_an_order_is_counted_once_and_by_the_month_of_its_payment(yun):
    sold(50)
    ticket = defect("D-1")
    Ticket.objects.create(
        no="T-TWICE", order=ticket.order, channel="web", reason="compatibility", severity="normal", state="resolved",
        decision=fresh(ticket).decision, opened_at=ticket.opened_at,
    )  # fmt: skip
    early = filed("D-2", paid_at=clock.now() - timedelta(days=250))
    act(early, "set_responsibility", party="developer")
    row = made(yun)
    assert (row.counts["sales"], [no for *_, no in counted(row)]) == (51, [ticket.no])


def asked(number, *, answered):
    ticket = filed(number, "defect", sku="licence")
    act(ticket, "request_proof", whom="developer", text="请看一下")
    if answered:
        conversation.say(
            ticket=fresh(ticket),
            text="没有问题",
            actor="developer",
            name="yun",
            internal=False,
            now=clock.now(),
        )
    clocks = Clock.objects.filter(ticket=ticket, kind="developer_answer")
    clocks.update(due_at=clock.now() - timedelta(minutes=1), state="met" if answered else "breached")
    return ticket


def test_answers_and_refusals(yun):
    sold(50)
    kept, late = asked("Q-1", answered=True), asked("Q-2", answered=False)
    act(kept, "refuse")
    conversation.appeal(ticket=fresh(kept), text="真的用不了", name="lin", now=clock.now())
    act(kept, "override", remedies=[{"kind": "refund", "amount_fen": 100}])
    contested = filed("C-1", left=600)
    act(contested, "set_responsibility", party="developer")
    contesting.contest(ticket=fresh(contested), by=yun, text="不是我", now=clock.now())
    lan, at = person("lan"), fresh(contested)
    contesting.answer(ticket=at, by=lan, party="platform", reason="停机", version=at.version, now=clock.now())
    row = made(yun)
    assert row.counts == Counts(sales=53, missed=1, asked=2, overturned=1, refusals=2).as_data()
    assert counted(row) == [
        ("answers", "asked", False, kept.no), ("answers", "asked", True, late.no),
        ("refusals", "contest", False, contested.no), ("refusals", "appeal", True, kept.no),
    ]  # fmt: skip


def test_answers_to_defects_count_by_the_day_they_were_due(yun):
    sold(50)
    made_so = Defect.objects.create(no="D-1", product=Product.objects.get(sku="likes"), reason="drop")
    due = ENDED - timedelta(days=3)
    for came, void, owed_until in (
        (due, None, due), (due + timedelta(hours=1), None, due), (None, due, due), (None, None, due),
        (ENDED, None, ENDED + timedelta(days=1)),
    ):  # fmt: skip
        AnswerOwed.objects.create(
            defect=made_so, owed_at=due - timedelta(days=5), due_at=owed_until, answered_at=came, void_at=void
        )
    row = made(yun)
    assert row.counts == Counts(sales=50, missed=2, asked=3).as_data()
    assert [(one.source, one.bad) for one in queries.all_rows(credit=row)].count(("cluster", True)) == 2


def test_too_few_are_no_credit(yun, bo):
    sold(49)
    row = made(yun)
    assert (row.total, row.grade, row.counts["sales"]) == (None, "none", 49)
    assert queries.shown_to_buyers(sku="likes") is None
    assert (made(bo).grade, MakerStanding.objects.count()) == ("none", 0)


def test_it_is_written_once_and_in_the_record(yun):
    sold(50)
    row = made(yun)
    assert made(yun) is None
    (entry,) = Entry.objects.filter(kind="developer_credit")
    said = json.loads(entry.body)["data"]
    assert (entry.row_id, entry.internal) == (row.pk, True)
    assert said == {
        "developer": "yun", "month": MONTH, "scale": 1, "counts": Counts(sales=50).as_data(), "total": 1000,
        "grade": "good", "raised": False, "changed": False,
    }  # fmt: skip


def test_what_happens_afterwards_changes_no_credit(yun):
    sold(50)
    ticket = defect("D-1")
    before = Credit.objects.values().get(pk=made(yun).pk)
    act(ticket, "set_responsibility", party="platform")
    assert Credit.objects.values().get() == before
    later = made(yun, months.after(MONTH), ENDED + timedelta(days=31))
    assert (later.counts["defects"], CreditRow.objects.count()) == (0, 1)


class Killed(BaseException):
    """No exception handler sees a kill."""


def failing(monkeypatch, error, *, at):
    """The developers whose turn it was; that one's row is not written to its end."""
    stand, turns = crediting.makers.stand, []

    def fails(**given):
        turns.append(given["developer"])
        if len(turns) == at:
            raise error
        return stand(**given)

    monkeypatch.setattr(crediting.makers, "stand", fails)
    return turns


def test_what_was_killed_is_gone_on_with(yun, bo, monkeypatch):
    sold(50)
    month, turns = credit_rows.month_due(ENDED), failing(monkeypatch, Killed(), at=2)
    with pytest.raises(Killed):
        crediting.run(month=month, clock=lambda: ENDED)
    assert [row.developer for row in Credit.objects.all()] == turns[:1]
    assert crediting.run_due(now=ENDED) == 1
    assert crediting.run_due(now=ENDED) == 0
    assert sorted(Credit.objects.values_list("developer__username", "month")) == [
        ("bo", month),
        ("yun", month),
    ]


def test_who_cant_be_counted_holds_up_nobody(yun, bo, monkeypatch):
    turns = failing(monkeypatch, RuntimeError("unreadable"), at=1)
    assert crediting.run_due(now=ENDED) == 1
    assert [row.developer for row in Credit.objects.all()] == turns[1:]
    assert crediting.run_due(now=ENDED) == 1  # tried again


def test_somebody_elses_row_is_as_good(yun):
    """Read before the other wrote: the constraint refuses, and nothing of ours stays."""
    sold(50)
    made(yun)
    assert crediting.make(developer=yun, month=MONTH, now=ENDED) is None
    assert (Credit.objects.count(), Entry.objects.filter(kind="developer_credit").count()) == (1, 1)


def test_a_low_credit_is_said_below_once(yun, monkeypatch):
    figures = [Counts(100, 60), Counts(100, 60), Counts(100, 0)]
    monkeypatch.setattr(queries, "counted", lambda **_: (figures.pop(0), []))
    at = clock.now()
    for back, month in ((60, "2026-01"), (30, "2026-02"), (0, "2026-03")):
        made(yun, month, at - timedelta(days=back))
    rows = MakerStanding.objects.order_by("since").values_list("raised", "since")
    assert list(rows) == [(True, at - timedelta(days=60)), (False, at)]


def test_the_database_refuses_a_grade_without_a_total(yun):
    with pytest.raises(IntegrityError):
        Credit.objects.create(
            developer=yun,
            month=MONTH,
            since=ENDED,
            until=ENDED,
            scale=1,
            counts={},
            grade="low",
            made_at=ENDED,
        )


def test_three_ask_what_one_asks(yun):
    def asks(*numbers):
        for number in numbers:
            act(filed(number), "set_responsibility", party="developer")
        stretch = credit_rows.stretch_of(MONTH, length=6, now=ENDED)
        with CaptureQueriesContext(connection) as seen:
            _, rows = queries.counted(developer=yun, stretch=stretch)
        return len(rows), len(seen)

    (one, first), (four, then) = asks("A-1"), asks("A-2", "A-3", "A-4")
    assert (one, four, first) == (1, 4, then)


def test_gifts_are_no_sales(yun):
    sold(2)
    order = order_of("S-likes-0")
    type(order).objects.filter(pk=order.pk).update(
        origin_no="S-likes-1", gift_key="5b1d6a54-5a0e-4b5a-9d4f-2f3c0a1b2c3d", paid_fen=0
    )
    assert made(yun).counts["sales"] == 1
