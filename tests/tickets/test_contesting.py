"""A developer contests bearing a cost: in time, once, their own; ops answer once, another than who set it."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from common import clock
from common.refusals import Invalid
from compensation import queries as compensation
from compensation.models import Bearer, Contest, ContestAnswer
from compensation.services import contesting as ruled
from developers.queries import cases
from orders.models import Product
from tests.tickets.case import claim, fallen, rows, work
from tests.tickets.desk_case import act, person, sound, story
from tests.tickets.test_desk_bearing import bears, costs
from tickets.models import Ticket
from tickets.queries import TicketAbsent
from tickets.services import contesting
from tickets.services.desk_cases import ColleagueFirst

pytestmark = pytest.mark.django_db
WORDS = "掉的是供货商的号，和程序无关"


@pytest.fixture
def maker(shop):
    return person("yun", "developer")


@pytest.fixture
def borne(outside, maker):
    """5000 fen of yun's goods, refunded, and put on yun by qiao."""
    Product.objects.update(developer=maker)
    fallen(left=700)
    ticket = claim()
    work()
    bears(ticket, "developer")
    assert costs() == {f"developer_payable.{maker.pk}": 5000}
    return ticket


def fresh(ticket):
    return Ticket.objects.select_related("order__product", "decision").get(pk=ticket.pk)


def contest(ticket, by="yun", *, text=WORDS, at=None, role="developer"):
    return contesting.contest(ticket=fresh(ticket), by=person(by, role), text=text, now=at or clock.now())


def answer(ticket, party, by="lan", *, version=None, reason="查过了"):
    case = fresh(ticket)
    return contesting.answer(
        ticket=case, by=person(by), party=party, reason=reason, now=clock.now(),
        version=case.version if version is None else version,
    )  # fmt: skip


def test_what_was_set_keeps_the_rows_it_rested_on(borne):
    kept = Bearer.objects.get().rests_on
    counted = [row["id"] for row in borne.decision.sources["counts"]]
    assert kept == {"proposed": "supplier", "rows": {"counts": counted}}


@pytest.mark.parametrize(
    ("party", "account"),
    [("supplier", "supplier_payable"), ("platform", "platform_expense"), ("unknown", "dispute_fund"),
     ("buyer", "platform_expense"), ("developer", None)],
)  # fmt: skip
def test_ops_uphold_or_move_it_and_the_cost_follows(borne, maker, party, account):
    contest(borne)
    gives = rows(borne)
    answer(borne, party)
    assert costs() == {account or f"developer_payable.{maker.pk}": 5000}
    said = ContestAnswer.objects.get()
    assert (said.party, said.reason, said.by, fresh(borne).responsibility) == (party, "查过了", "lan", party)
    assert rows(borne) == gives
    assert story(borne)[-2:] == [("contest", "developer", WORDS), ("set_responsibility", "ops", "查过了")]
    assert "contest" not in [kind for kind, _, _ in story(borne, internal=False)]
    sound()


def test_within_48_hours_of_the_ruling(borne):
    until = Bearer.objects.get().at + timedelta(hours=48)
    with pytest.raises(ruled.TooLate) as refused:
        contest(borne, at=until + timedelta(microseconds=1))
    assert f"{clock.shanghai(until):%Y-%m-%d %H:%M}" in str(refused.value.detail)
    assert not Contest.objects.exists()
    contest(borne, at=until)
    assert Contest.objects.get().answer_by - until == timedelta(hours=24)


def test_once_per_ruling_and_again_when_it_is_put_on_them_again(borne):
    contest(borne)
    with pytest.raises(ruled.ContestedBefore):
        contest(borne)
    answer(borne, "developer")
    with pytest.raises(ruled.ContestedBefore):
        contest(borne)
    bears(borne, "platform")
    with pytest.raises(ruled.NothingToContest):
        contest(borne)
    bears(borne, "developer")
    contest(borne)
    assert Contest.objects.count() == 2
    first = Contest.objects.last()
    again = Contest(bearer=first.bearer, order=first.order, ticket_no="-", at=first.at, answer_by=first.at)
    with pytest.raises(IntegrityError), transaction.atomic():
        again.save()


@pytest.mark.parametrize(("by", "role"), [("bo", "developer"), ("qiao", "ops")])
def test_another_developers_case_is_absent(borne, by, role):
    with pytest.raises(TicketAbsent):
        contest(borne, by, role=role)


@pytest.mark.parametrize("text", ["", "  ", "a\x00b", "长" * 4001])
def test_words_are_needed(borne, text):
    with pytest.raises(Invalid):
        contest(borne, text=text)


def test_four_eyes_where_there_are_four(borne):
    contest(borne)
    lan = person("lan")
    with pytest.raises(ruled.OwnRuling):
        answer(borne, "developer", by="qiao")
    type(lan).objects.filter(role="ops").exclude(username="qiao").update(is_active=False)
    answer(borne, "developer", by="qiao")
    assert ContestAnswer.objects.get().by == "qiao"


def test_while_it_is_open_the_answer_is_the_only_way(borne):
    contest(borne)
    with pytest.raises(ruled.ContestOpen):
        act(borne, "set_responsibility", party="platform")
    with pytest.raises(ColleagueFirst):
        answer(borne, "platform", version=fresh(borne).version - 1)
    answer(borne, "platform")
    with pytest.raises(ruled.NoContest):
        answer(borne, "supplier")
    with pytest.raises(Invalid):
        answer(borne, "nobody")


def test_contested_before_it_was_paid_the_answer_holds_for_what_is_paid_later(outside, maker):
    Product.objects.update(developer=maker)
    fallen(left=700)
    ticket = claim()
    bears(ticket, "developer")
    contest(ticket)
    answer(ticket, "supplier")
    assert costs() == {"dispute_fund": 5000}
    work()
    assert costs() == {"supplier_payable": 5000}
    sound()


def test_decided_again_the_contest_still_waits_for_its_answer(outside, maker):
    Product.objects.update(developer=maker)
    fallen(left=1000)
    ticket = claim(reason="defect")
    bears(ticket, "developer")
    contest(ticket)
    act(ticket, "establish", facts={"proof": "verified"})
    with pytest.raises(ruled.ContestedBefore):
        contest(ticket)
    answer(ticket, "platform")
    work()
    assert costs() == {"platform_expense": 5000}
    sound()


def test_decided_again_what_was_contested_once_is_not_contested_again(outside, maker):
    Product.objects.update(developer=maker)
    fallen(left=1000)
    ticket = claim(reason="defect")
    bears(ticket, "developer")
    act(ticket, "establish", facts={"proof": "claimed"})
    contest(ticket)
    answer(ticket, "developer")
    act(ticket, "establish", facts={"proof": "verified"})
    first, *carried = Bearer.objects.order_by("pk")
    assert [row.carries for row in carried] == [first, first]
    with pytest.raises(ruled.ContestedBefore):
        contest(ticket)
    case = cases.case_of(developer=maker, no=ticket.no, now=clock.now())
    offered = compensation.contestable(developer=maker, now=clock.now())
    assert (Contest.objects.get().bearer, case.may_contest, list(offered)) == (first, False, [])
    bears(ticket, "platform")
    bears(ticket, "developer")
    contest(ticket)
    assert Contest.objects.count() == 2
