"""Which lines are looked at: found by the index of what changed, whatever else there is in the shop."""

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from orders import queries as orders
from orders.models import Order, Product, Rollup
from tests.tickets.case import fallen
from tests.watch.test_warnings import look, warnings

pytestmark = pytest.mark.django_db


def found(**asked):
    return [order.order_no for order in orders.lines_to_look_at(**{"most": 2} | asked)]


@pytest.fixture
def four(shop):
    """The first two are of goods that nobody counts, though somebody sent counts of them."""
    lines = [fallen(f"A-{n}", target=f"https://v.example/{n}") for n in range(4)]
    course = Product.objects.get(pk=lines[0].product_id)
    course.pk, course.sku, course.kind = None, "course-1", "course"
    course.save()
    Order.objects.filter(pk__in=[line.pk for line in lines[:2]]).update(product=course)
    return lines


def test_what_is_not_metered_hides_nothing_behind_it(four):
    assert (found(), found(after=four[2].pk), found(after=four[3].pk)) == (["A-2", "A-3"], ["A-3"], [])
    look()
    assert [no for no, *_ in warnings()] == ["A-2", "A-3"]


def test_which_they_are_is_asked_of_the_rollups_alone(four):
    """A join lets the database begin at the orders: of a million it read a million for one that had changed."""
    with CaptureQueriesContext(connection) as seen:
        found()
    first = seen.captured_queries[0]["sql"]
    assert ("JOIN" in first, '"orders_order"' in first) == (False, False)


def test_nothing_changed_is_one_question(four):
    Rollup.objects.update(looked=F("changes"))
    with CaptureQueriesContext(connection) as seen:
        assert found() == []
    assert len(seen) == 1
