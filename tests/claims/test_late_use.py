"""Goods of use that are late: the two ways stand on the order page by themselves, unless something says they came."""

from datetime import timedelta

import pytest

from common import clock
from compensation.services import intake
from orders.services.deliveries import take_deliveries
from orders.services.usage import take_usage
from tests.claims.conftest import find
from tests.claims.test_usage import GOODS
from tests.orders.conftest import PRODUCT, new_order, shop, z
from tests.tickets.desk_case import person
from tickets.web import read_order
from tickets.web.order_late import late_of

__all__ = ["shop"]
pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def bought(sku, *, quantity=20, over=HOUR):
    """Paid eight hours ago, promised until `over` ago."""
    intake.put_product(sku=sku, fields=PRODUCT | {"title": sku} | GOODS[sku], now=clock.now())
    now = clock.now()
    new = new_order(
        "A-1", sku=sku, quantity=quantity, paid_fen=4000, list_fen=4000, paid_at=now - 8 * HOUR,
        deadline_at=now - over,
    )  # fmt: skip
    intake.take_order(new=new, now=now)


def hand_over(quantity, **more):
    row = {"order_no": "A-1", "delivered_at": z(clock.now() - 5 * HOUR), "quantity": quantity, **more}
    assert take_deliveries(raw_rows=[row], now=clock.now()).accepted == 1


def use(**figures):
    row = {"order_no": "A-1", "observed_at": z(clock.now() - 2 * HOUR), **figures}
    assert take_usage(raw_rows=[row], now=clock.now()).accepted == 1


def late():
    now = clock.now()
    return late_of(read_order.read(reader=person("qiao"), order_no=find("A-1").order_no, now=now), now)


def test_what_never_came_offers_waiting_and_the_money(shop):
    bought("course")
    found = late()
    assert "送到 0，还差 20。" in found.text
    assert (found.wait, found.refund, found.ticket_no) == ("再等等", "¥40.00", "")
    assert "退款的路也还在" in found.wait_note
    assert found.until.removeprefix("到 ") in found.wait_note


def test_what_came_in_part_is_counted(shop):
    bought("course")
    hand_over(12)
    use(used_units=3)
    assert "送到 12，还差 8。" in late().text


def test_the_days_for_changing_ones_mind_have_not_begun_where_nothing_came(shop):
    bought("sword", quantity=2)
    found = late()
    assert (found.wait, found.refund) == ("再等等", "¥40.00")
    hand_over(1)  # five hours ago: from there they run, and where no money is left nothing is said of it
    assert (late().wait, late().refund, "退款" in late().wait_note) == ("再等等", "", False)


SAYS_IT_CAME = [
    lambda: hand_over(20),
    lambda: hand_over(12, final=True),
    lambda: use(used_units=1),
    lambda: use(revealed_units=1),
]


@pytest.mark.parametrize("said", SAYS_IT_CAME)
def test_what_has_come_or_is_used_is_not_late(shop, said):
    bought("course")
    said()
    assert late() is None


def test_before_the_deadline_and_of_time_nothing_is_said(shop):
    bought("course", over=-HOUR)
    assert late() is None


def test_time_begins_by_itself(shop):
    bought("months", quantity=1)
    assert late() is None
