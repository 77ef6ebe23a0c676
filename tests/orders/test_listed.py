"""What goods were said to be when an order was paid: what is listed later changes nothing of the order."""

from datetime import timedelta

import pytest

from accounts.models import User
from compensation.services import intake
from orders import queries
from orders.models import ListedSpecification, Order
from tests.orders.conftest import PAID, PRODUCT

DAY = timedelta(days=1)
FIFTY, HUNDRED = {"容量": "50 GB"}, {"容量": "100 GB"}
pytestmark = pytest.mark.django_db


@pytest.fixture
def listed(shop):
    """{} from the day of the first payment, 50 GB from the tenth day, 100 GB from the twentieth."""
    for days, content in ((10, FIFTY), (11, FIFTY), (20, HUNDRED)):
        fields = PRODUCT | {"specification": content}
        intake.put_product(sku="likes", fields=fields, now=PAID + days * DAY)


def test_the_same_again_is_not_listed_twice(listed):
    rows = ListedSpecification.objects.filter(product__sku="likes").values_list("content", "listed_at")
    assert list(rows) == [({}, PAID), (FIFTY, PAID + 10 * DAY), (HUNDRED, PAID + 20 * DAY)]


@pytest.mark.parametrize(
    ("days", "content"),
    [(-1, {}), (0, {}), (9.9, {}), (10, FIFTY), (19.9, FIFTY), (20, HUNDRED), (30, HUNDRED)],
)
def test_an_order_goes_by_what_was_listed_when_it_was_paid(listed, sell, days, content):
    sell(paid_at=PAID + days * DAY)
    found = queries.find_order(reader=User(role="ops"), order_no="A-1")
    plain = Order.objects.select_related("product").get()
    assert [queries.specification_of(order=each) for each in (found, plain)] == [content, content]
