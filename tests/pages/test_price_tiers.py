"""Goods with price tiers as a buyer sees them: each price with its sums and its rules, on a phone and a desktop."""

import pytest
from playwright.sync_api import Page, expect

from common import clock
from compensation.services import intake
from shop_aftersales import demo
from tests.orders.test_price_tiers import TIERS, VIP, write
from tests.pages.walk import AXE

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("shop")]


@pytest.fixture
def tiers(shop: None) -> None:
    write(VIP, factor_b=[3, 2])
    intake.put_product(
        sku="likes", fields=demo.DEFAULTS | demo.LIKES | {"price_tiers": TIERS}, now=clock.now()
    )


@pytest.mark.usefixtures("tiers")
def test_each_price_with_its_sums_and_rules(phone: Page, desktop: Page) -> None:
    for page in (phone, desktop):
        page.goto("/products/likes/")
        expect(page.locator("#price-1")).to_have_text("单价 ¥10.00 以上：")
        usual, dear = page.get_by_role("table").nth(0), page.get_by_role("table").nth(1)
        assert [usual.get_by_role("row").nth(4).inner_text(), dear.get_by_role("row").nth(4).inner_text()] == [
            "150 15%\t180\t225", "150 15%\t225",
        ]  # fmt: skip
        page.locator("section", has=page.locator("#text-1")).get_by_text("24 小时内掉赞").click()
        expect(page.get_by_text("不超过 20%，按 1:1.5 补。")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
        page.evaluate(AXE)
        assert page.evaluate("async () => (await axe.run(document)).violations.map(each => each.id)") == []
