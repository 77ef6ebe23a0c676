"""A developer's way through their page: their own figures, nobody else's, on a phone and on a desktop."""

import csv
import io
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from orders.models import Product
from shop_aftersales import demo
from tests.pages.conftest import open_order
from tests.pages.test_layout import wider_by
from tests.pages.walk import AXE
from tickets.models import Ticket

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("shop")]
LONG = "手机摄影从入门到放弃再到重新爱上的完整四十讲与全部作业点评" * 3


def log_in(page: Page, name: str) -> None:
    page.goto("/login/")
    page.locator("#username").fill(name)
    page.locator("[name=password]").fill(demo.PASSWORD)
    page.locator(".bar .btn").click()


def numbers_of(name: str) -> set[str]:
    return set(Ticket.objects.filter(order__product__developer__username=name).values_list("no", flat=True))


def shown(page: Page) -> str:
    return page.locator("main").inner_text()


def test_yun_sees_her_figures_and_nobody_elses(phone: Page) -> None:
    log_in(phone, "yun")
    expect(phone).to_have_url(phone.url.split("/developers/")[0] + "/developers/")
    phone.get_by_role("link", name="近 90 天").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("货的问题：属实 3 件，另 1 件在核")
    text, hers, his = shown(phone), numbers_of("yun"), numbers_of("bo")
    assert {number for number in hers | his if number in text} == hers
    goods = dict(Product.objects.values_list("title", "developer__username"))
    assert {title for title in goods if title in text} == {t for t, name in goods.items() if name == "yun"}
    assert [name for name in ("顾客甲", "顾客丙", "顾客戊") if name in text] == []
    assert "LD2026PAST-01" not in text
    expect(phone.locator("#reasons ~ table tbody th[scope=row]")).to_have_text(
        ["掉赞 属实 3", "用不了", "咨询"]
    )


def test_bo_sees_his_own(desktop: Page) -> None:
    log_in(desktop, "bo")
    desktop.get_by_role("link", name="近 90 天").click()
    text = shown(desktop)
    assert {number for number in numbers_of("yun") | numbers_of("bo") if number in text} == numbers_of("bo")
    expect(desktop.locator("nav[aria-label=站内] [aria-current]")).to_have_text("我的商品")


def test_no_page_is_wider_than_its_screen(phone: Page, desktop: Page) -> None:
    Product.objects.filter(sku="likes").update(title=LONG)
    for page in (phone, desktop):
        log_in(page, "yun")
        for period in ("month", "last_month", "days_90"):
            page.goto(f"/developers/?period={period}")
            assert wider_by(page) <= 0, period
    phone.set_viewport_size({"width": 320, "height": 640})
    assert wider_by(phone) <= 0


def test_axe_finds_nothing(phone: Page, desktop: Page) -> None:
    found = {}
    for page in (phone, desktop):
        log_in(page, "yun")
        for period in ("last_month", "days_90"):
            page.goto(f"/developers/?period={period}")
            page.evaluate(AXE)
            all_of_it = page.evaluate("async () => (await axe.run(document)).violations")
            found[period] = [(each["id"], each["nodes"][0]["html"]) for each in all_of_it]
        assert found == {"last_month": [], "days_90": []}


def test_the_file_has_the_claims_of_the_page(desktop: Page) -> None:
    log_in(desktop, "yun")
    desktop.get_by_role("link", name="近 90 天").click()
    with desktop.expect_download() as taken:
        desktop.get_by_role("link", name="导出这段时间的全部").click()
    text = Path(taken.value.path()).read_text(encoding="utf-8-sig")
    assert {row[0] for row in csv.reader(io.StringIO(text))} == {"售后单", *numbers_of("yun")}


def test_a_buyer_who_knows_the_address_finds_nothing(phone: Page) -> None:
    open_order(phone, "LD20261120-15")
    log_in(phone, "lin")
    phone.goto("/developers/?developer=yun")
    expect(phone.get_by_role("heading", level=1)).to_have_text("这一页不在账上")
