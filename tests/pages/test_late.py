"""Late goods, in a browser: the page offers two ways, and shows which one its buyer took."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from common import clock
from common.clock import rfc3339
from compensation.services import intake
from orders.services.intake import NewOrder
from orders.services.observations import take_observations
from shop_aftersales import demo
from tests.pages.conftest import open_order
from tickets.models import Ticket
from tickets.services import waiting

NO = "LD-LATE"
pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("short")]


@pytest.fixture
def short(shop: None) -> None:
    """800 of 1000 likes came in the three days that were promised; they ended two hours ago."""
    now = clock.now()
    new = NewOrder(
        order_no=NO, sku="likes", buyer_external_id="lin", buyer_name="lin", buyer_contact="", quantity=1000,
        paid_fen=5000, list_fen=5000, paid_at=now - timedelta(hours=74), target="https://example.com/late", baseline=23,
        query_password=demo.QUERY_PASSWORD, gateway="shop", payment_reference="PAY-LATE",
    )  # fmt: skip
    intake.take_order(new=new, now=now)
    rows = [
        {
            "order_no": NO,
            "observed_at": rfc3339(now - timedelta(hours=ago)),
            "count": 23 + n,
            "measurable": True,
        }
        for ago, n in ((60, 300), (5, 800))
    ]
    assert take_observations(raw_rows=rows, now=now).accepted == 2


def test_waiting_and_then_a_person(plain_phone: Page) -> None:
    open_order(plain_phone, NO)
    expect(plain_phone.get_by_role("heading", name="没按时送到，您来选")).to_be_visible()
    plain_phone.get_by_role("button", name="再等等").click()
    expect(plain_phone.get_by_role("heading", level=1)).to_have_text("等送齐，到时没送齐由专人接手")
    expect(plain_phone.locator(".flow")).to_contain_text("您选了再等一个送达时限")
    open_order(plain_phone, NO)
    expect(plain_phone.locator("[aria-labelledby=late]")).to_contain_text("您选了再等，到")
    expect(plain_phone.get_by_role("button", name="再等等")).to_have_count(0)
    ticket = Ticket.objects.get(order__order_no=NO)
    waiting.run_due(now=ticket.due_at)
    plain_phone.goto(f"/tickets/{ticket.no}/")
    expect(plain_phone.get_by_role("heading", level=1)).to_have_text("专人在看，看过就答复您")


def test_a_case_of_the_delay_leads_to_the_choice(phone: Page) -> None:
    open_order(phone, NO)
    phone.get_by_text("还有别的问题", exact=True).click()
    phone.get_by_label("是什么问题").select_option("delay")
    phone.get_by_label("说说情况").fill("三天了")
    phone.get_by_role("button", name="提交").click()
    phone.get_by_role("link", name="选再等，还是退没送到的").click()
    phone.get_by_role("button", name="再等等").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("等送齐，到时没送齐由专人接手")
    phone.get_by_role("button", name="催一下").click()
    expect(phone.locator("body")).to_contain_text("记下了。到时没送齐，由专人接手。")


def test_the_money_for_what_never_came(phone: Page, supplier: Callable[[], None]) -> None:
    open_order(phone, NO)
    expect(phone.get_by_role("button", name="再等等")).to_be_visible()
    expect(phone.get_by_role("button", name="退没送到的")).to_have_count(0)  # the main button is that
    phone.get_by_text("还有别的问题", exact=True).click()
    phone.get_by_label("是什么问题").select_option("delay")
    phone.get_by_label("说说情况").fill("三天了")
    phone.get_by_role("button", name="提交").click()
    phone.get_by_role("link", name="选再等，还是退没送到的").click()
    phone.get_by_role("button", name="退没送到的").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("正在退款 ¥10.00")
    supplier()
    reasons = Ticket.objects.filter(order__order_no=NO).order_by("pk").values_list("reason", "state")
    assert list(reasons) == [("delay", "resolved"), ("refund", "confirming")]
