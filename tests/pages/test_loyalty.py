"""A long-term buyer reads on the order and on the case why they are one: both languages, a phone and a desktop."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from accounts.models import Buyer
from accounts.services import people
from common import clock
from compensation.services import intake
from shop_aftersales import demo
from tests.orders.conftest import new_order
from tests.pages.conftest import open_order
from tests.pages.walk import AXE

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("shop")]


@pytest.fixture
def loyal(shop: None) -> str:
    """The third month in a row, fallen by 15 per cent, and somebody who looks after this buyer."""
    now = clock.now()
    paid_at = now.replace(minute=0, second=0, microsecond=0) - timedelta(hours=39)  # as `fallen_order` has it
    first = clock.shanghai(paid_at).replace(day=1, hour=12)
    for number, days in (("LT-1", 40), ("LT-2", 10)):
        bought = new_order(number, paid_at=first - timedelta(days=days), buyer_external_id="lin")
        intake.take_order(new=bought, now=now)
    demo.fallen_order(order_no="LT-3", buyer="lin", left=850, now=now)
    Buyer.objects.filter(external_id="lin").update(agent=people.ensure_user(username="qiao", role="ops"))
    return "LT-3"


def sound(page: Page) -> bool:
    page.evaluate(AXE)
    found = page.evaluate("async () => (await axe.run(document)).violations.map(each => each.id)")
    return found == [] and page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0


def test_why_on_the_order_and_on_the_case(phone: Page, desktop: Page, loyal: str) -> None:
    for page in (phone, desktop):
        open_order(page, loyal)
        expect(page.locator("section", has=page.locator("#loyalty"))).to_contain_text("您是长期用户：")
        assert sound(page)
        page.get_by_role("button", name="English").or_(page.get_by_role("link", name="English")).first.click()
        expect(page.locator("section", has=page.locator("#loyalty"))).to_contain_text(
            "You are a long-term buyer"
        )
        page.get_by_role("button", name="中文").or_(page.get_by_role("link", name="中文")).first.click()
    phone.get_by_role("button", name="申请补赞（一步完成）").click()
    expect(phone.get_by_text("您的专属客服：qiao")).to_be_visible()
    expect(phone.locator("#slip")).to_contain_text("225")
    assert sound(phone)


def test_how_far_it_is(phone: Page) -> None:
    open_order(phone, "LD20261120-15")
    expect(phone.locator("section", has=phone.locator("#loyalty"))).to_contain_text("就是长期用户")
    assert sound(phone)
