"""What a developer's figures come to: claims by reason, cost, and the newest ten, of own goods alone."""

from datetime import timedelta

import pytest

from common import clock
from common.clock import shanghai
from compensation.models import Remedy
from developers import queries
from developers.rules import periods
from developers.rules.periods import Period, Stretch
from tests.developers.conftest import filed
from tests.developers.counted import recounted

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def earlier(monkeypatch):
    """How long ago the third day of the month before was; this month began five days ago or more, whatever the date."""
    now = clock.now()
    tomorrow = shanghai(now).replace(hour=0, minute=0, second=0, microsecond=0) + periods.DAY
    start = (tomorrow - 6 * periods.DAY).replace(day=1)
    before = (start - periods.DAY).replace(day=1)

    def period(code, *, now):
        if code == periods.LAST_MONTH:
            return Period(
                code, Stretch(before, start), Stretch((before - periods.DAY).replace(day=1), before)
            )
        return Period(
            code, Stretch(start, tomorrow), Stretch(before, min(before + (tomorrow - start), start))
        )

    monkeypatch.setattr(periods, "period", period)
    return now - (before + 2 * periods.DAY)


def board(developer, code=periods.MONTH):
    recounted()
    return queries.board(developer=developer, code=code, now=clock.now() + timedelta(seconds=1))


def settled(ticket, *, ago, delivered=0):
    """Its remedy ended so long ago."""
    ended = clock.now() - ago
    remedy = ticket.decision.remedies.get()
    Remedy.objects.filter(pk=remedy.pk).update(
        state="settled", delivered=delivered, settled_at=ended, ended_at=ended
    )


def test_claims_are_counted_by_reason_with_defects_apart(yun, bo, earlier):
    filed("A-1")
    filed("A-2")
    filed("A-3", "question")
    filed("A-4", left=1000)  # nothing fell: reported, not real
    filed("A-5", "question", ago=earlier)
    filed("B-1", sku="stamps")
    found = board(yun)
    assert {reason: (t.claims, t.real, t.questions, t.claims_before) for reason, t in found.reasons.items()} == {
        "drop": (3, 2, 0, 0), "question": (1, 0, 1, 1),
    }  # fmt: skip
    assert (found.total.claims, found.total.real, found.total.claims_before) == (4, 2, 1)
    assert [(row.sku, row.tally.claims, row.tally.real) for row in found.goods] == [("likes", 4, 2)]
    assert (found.made, found.quiet, found.total.reported) == (2, 1, 3)
    assert (found.total.orders, found.total.sold, found.total.orders_before) == (5, 5000, 0)
    assert sum(tally.claims for _, tally in found.trend) == 4
    assert [(row.sku, row.tally.claims) for row in board(bo).goods] == [("stamps", 1)]


def test_cost_is_what_was_settled_in_the_month_and_in_the_one_before(yun, bo, earlier):
    settled(filed("A-1"), ago=timedelta(days=2), delivered=180)
    settled(filed("A-2"), ago=earlier, delivered=180)
    filed("A-3")
    settled(filed("B-1", sku="stamps"), ago=timedelta(days=2), delivered=100)
    filed("B-2", sku="stamps")
    found = board(yun)
    assert (found.cost, found.still_open) == (queries.Cost(0, 180), queries.Cost(0, 180))
    assert found.months == {
        "month": queries.Cost(0, 180), "alike": queries.Cost(0, 180), "previous": queries.Cost(0, 180),
    }  # fmt: skip
    assert board(yun, periods.LAST_MONTH).cost == queries.Cost(0, 180)


def test_cash_counts_once_it_is_paid_and_is_open_until_then(yun):
    ticket = filed("A-1", left=600)
    refund = ticket.decision.remedies.get(kind="refund")
    before = board(yun)
    Remedy.objects.filter(pk=refund.pk).update(state="settled", ended_at=clock.now(), settled_at=clock.now())
    after = board(yun)
    assert (before.cost.fen, before.still_open.fen) == (0, 5000)
    assert (after.cost.fen, after.still_open.fen) == (5000, 0)


def test_the_newest_ten_the_newest_first(yun, bo):
    tickets = [filed(f"A-{n}", "question", ago=timedelta(hours=20 - n)) for n in range(12)]
    filed("B-1", "question", sku="stamps")
    assert [row.no for row in board(yun).newest] == [ticket.no for ticket in reversed(tickets[2:])]


def test_the_newest_were_filed_when_they_were(yun):
    """An instant read past the ORM is one all the same: on SQLite it comes without a zone."""
    ticket = filed("A-1")
    assert [row.opened_at for row in board(yun).newest] == [ticket.opened_at]


@pytest.mark.parametrize("count", [1, 30])
def test_queries_do_not_grow(yun, count, django_assert_num_queries):
    for number in range(count):
        filed(f"A-{number}", "question", ago=timedelta(minutes=number))
    recounted()
    with django_assert_num_queries(7):
        found = queries.board(developer=yun, code=periods.MONTH, now=clock.now())
        assert [row.settled.fen for row in found.newest] == [0] * min(count, 10)
