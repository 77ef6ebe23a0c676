"""A long-term buyer is one at the order's payment, pinned to it: rules.md §5."""

from datetime import UTC, datetime, timedelta

import pytest

from compensation.models import LineBudget
from compensation.queries import quote
from compensation.services import deciding
from orders.models import Order
from orders.services.observations import take_observations

pytestmark = pytest.mark.django_db


def paid(month, day=15, year=2026):
    return datetime(year, month, day, tzinfo=UTC)


def pinned(order_no):
    return Order.objects.get(order_no=order_no).long_term


def test_three_months_in_a_row_and_not_two(sell):
    for number, month in (("A-1", 8), ("A-2", 9), ("A-3", 10)):
        sell(number, paid_at=paid(month))
    assert [pinned(number) for number in ("A-1", "A-2", "A-3")] == [False, False, True]


def test_a_month_without_an_order_starts_anew(sell):
    for number, month in (("A-1", 7), ("A-2", 9), ("A-3", 10)):
        sell(number, paid_at=paid(month))
    assert not pinned("A-3")


def test_the_month_is_the_shops_month(sell):
    sell("A-1", paid_at=paid(8))
    sell("A-2", paid_at=paid(9))
    # 30 September 17:00 UTC is 1 October in Shanghai.
    sell("A-3", paid_at=datetime(2026, 9, 30, 17, tzinfo=UTC))
    assert pinned("A-3")


def test_an_order_fully_refunded_does_not_count(sell):
    for number, month in (("A-1", 8), ("A-2", 9)):
        sell(number, paid_at=paid(month))
    order = Order.objects.get(order_no="A-2")
    deciding.lock_line(order)
    LineBudget.objects.filter(order=order).update(settled_fen=order.paid_fen)
    sell("A-3", paid_at=paid(10))
    assert not pinned("A-3")


def test_another_buyers_orders_do_not_count(sell):
    for number, month in (("A-1", 8), ("A-2", 9)):
        sell(number, paid_at=paid(month), buyer_external_id="somebody-else")
    sell("A-3", paid_at=paid(10))
    assert not pinned("A-3")


def test_tier_b_at_three_halves(sell):
    for number, month in (("A-1", 8), ("A-2", 9)):
        sell(number, paid_at=paid(month))
    order = sell("A-3", paid_at=paid(10), baseline=0)
    at = paid(10) + timedelta(hours=1)
    counts = ((at, 1000), (at + timedelta(hours=2), 850))
    rows = [{"order_no": "A-3", "observed_at": when.isoformat(), "count": count} for when, count in counts]
    take_observations(raw_rows=rows, now=at + timedelta(hours=3))
    order = Order.objects.select_related("product", "rollup").get(pk=order.pk)
    found = quote(order=order, reason="drop", now=at + timedelta(hours=3))
    assert (found.decision.clause, found.decision.remedies[0].quantity) == ("drop.tier_b", 225)
