"""What a visitor of the demo meets is possible: no order is older than the rules it was sold under."""

import pytest
from django.db.models import Max, Min

from common import clock
from compensation.models import PolicyVersion
from orders.models import Order
from shop_aftersales import demo

pytestmark = pytest.mark.django_db


def test_the_rules_were_there_before_the_first_order():
    assert demo.seed(now=clock.now())
    published = PolicyVersion.objects.aggregate(last=Max("published_at"))["last"]
    assert published < Order.objects.aggregate(first=Min("paid_at"))["first"]
