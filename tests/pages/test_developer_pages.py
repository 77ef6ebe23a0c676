"""A developer's way through their page: their own figures, nobody else's, on a phone and on a desktop."""

import csv
import io
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from accounts.models import InboxMessage
from common import clock
from developers.models import FundClaim
from developers.services.defects import telling
from orders.models import Product
from shop_aftersales import demo
from tests.developers.counted import recounted
from tests.pages.conftest import open_order
from tests.pages.test_layout import wider_by
from tests.pages.walk import AXE
from tickets.models import Ticket

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("shop")]
LONG = "手机摄影从入门到放弃再到重新爱上的完整四十讲与全部作业点评" * 3


@pytest.fixture(autouse=True)
def figures(shop: None) -> None:
    """As the workers leave them a moment after the start."""
    recounted()


def log_in(page: Page, name: str) -> None:
    page.goto("/login/")
    page.locator("#username").fill(name)
    page.locator("[name=password]").fill(demo.PASSWORD)
    page.locator(".bar .btn").click()


def numbers_of(name: str) -> set[str]:
    """Of the last three months; those behind a credit are older."""
    rows = Ticket.objects.filter(order__product__developer__username=name)
    return set(rows.exclude(order__order_no__startswith="CREDIT-").values_list("no", flat=True))


def shown(page: Page) -> str:
    return page.locator("main").inner_text()


def test_yun_sees_her_figures_and_nobody_elses(phone: Page) -> None:
    log_in(phone, "yun")
    expect(phone).to_have_url(phone.url.split("/developers/")[0] + "/developers/")
    phone.get_by_role("link", name="近三个月").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("货的问题：属实 6 件，另 1 件核实中")
    text, hers, his = shown(phone), numbers_of("yun"), numbers_of("bo")
    found = {number for number in hers | his if number in text}
    assert (len(found), found - hers) == (10, set())
    goods = dict(Product.objects.values_list("title", "developer__username"))
    assert {title for title in goods if title in text} == {t for t, name in goods.items() if name == "yun"}
    assert [name for name in ("顾客甲", "顾客丙", "顾客戊") if name in text] == []
    assert "LD2026PAST-01" not in text
    expect(phone.locator("#reasons ~ table tbody th[scope=row]")).to_have_text(
        ["用不了", "掉赞", "咨询", "退款"]
    )


def test_yun_finds_answers_and_fixes_a_defect_and_its_buyers_are_told(phone: Page) -> None:
    log_in(phone, "yun")
    phone.get_by_role("link", name="看缺陷").click()
    expect(phone.locator("tbody th")).to_have_text(["导出照片时软件闪退", "掉赞", "激活码提示已被使用"])
    assert wider_by(phone) <= 0
    phone.get_by_role("link", name="掉赞").click()
    expect(phone.locator("main .notice")).to_contain_text("请在")
    assert violations(phone) == []
    phone.get_by_label("查到了什么").fill("这一批号被平台清理过。")
    phone.get_by_role("button", name="先这样答复").click()
    expect(phone.locator(".flash")).to_have_text("答复记下了。")
    expect(phone.locator(".title .state")).to_have_text("已答复")
    phone.get_by_label("查到了什么").fill("这一批号被平台清理过，已经换了供货商。")
    phone.get_by_label("在哪一版修好").fill("2.0")
    phone.get_by_role("button", name="宣布修复，告诉买家").click()  # two fields are still empty
    expect(phone.locator(".error")).to_have_text(["请写一年以内的日期，像 2026-11-30。", "请写几个字。"])
    expect(phone.get_by_label("查到了什么")).to_have_value("这一批号被平台清理过，已经换了供货商。")
    phone.get_by_label("哪一天发布").fill(f"{clock.shanghai(clock.now()):%Y-%m-%d}")
    phone.get_by_label("买家现在可以怎么做").fill("再掉了照样补，在订单页申请")
    phone.get_by_role("button", name="宣布修复，告诉买家").click()
    expect(phone.locator(".title .state")).to_have_text("已宣布修复")
    noon = clock.now().replace(hour=4)
    telling.run_due(now=noon)
    phone.reload()
    expect(phone.locator(".slip")).to_contain_text("已经告诉了 3 位买家。")
    said = InboxMessage.objects.filter(kind="notice", text__contains="说说点赞")
    assert {row.buyer.name for row in said} == {"顾客丙", "顾客甲", "顾客庚"}
    assert (wider_by(phone), violations(phone)) == (0, [])


def violations(page: Page) -> list[tuple[str, str]]:
    page.evaluate(AXE)
    found = page.evaluate("async () => (await axe.run(document)).violations")
    return [(each["id"], each["nodes"][0]["html"]) for each in found]


def test_bo_sees_his_own(desktop: Page) -> None:
    log_in(desktop, "bo")
    desktop.get_by_role("link", name="近三个月").click()
    text = shown(desktop)
    assert {number for number in numbers_of("yun") | numbers_of("bo") if number in text} == numbers_of("bo")
    expect(desktop.locator("nav[aria-label=站内] [aria-current]")).to_have_text("我的商品")
    expect(desktop.locator("[data-chart] canvas")).to_have_count(2)


def test_no_page_is_wider_than_its_screen(phone: Page, desktop: Page) -> None:
    Product.objects.filter(sku="likes").update(title=LONG)
    for page in (phone, desktop):
        log_in(page, "yun")
        for period in ("month", "last_month", "months_3"):
            page.goto(f"/developers/?period={period}")
            assert wider_by(page) <= 0, period
        for path in ("credit", "defects", "fund", "statement", "tutorials", "feedback", "recalls"):
            page.goto(f"/developers/{path}/")
            assert wider_by(page) <= 0, path
    phone.set_viewport_size({"width": 320, "height": 640})
    assert wider_by(phone) <= 0
    phone.set_viewport_size({"width": 360, "height": 800})
    phone.context.clear_cookies()
    log_in(phone, "qiao")
    phone.goto(f"/admin/developers/fundclaim/{FundClaim.objects.get(state='in_review').pk}/change/")
    assert wider_by(phone) <= 0


def test_axe_finds_nothing(phone: Page, desktop: Page) -> None:
    found = {}
    for page in (phone, desktop):
        log_in(page, "yun")
        for path in ("?period=last_month", "?period=months_3", "credit/", "feedback/"):
            page.goto(f"/developers/{path}")
            found[path] = violations(page)
        assert [each for each in found.values() if each] == []


def test_a_credit_opens_down_to_the_case_and_back(phone: Page) -> None:
    log_in(phone, "yun")
    phone.get_by_role("link", name="信用").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text(re.compile(r"^信用 \d+，好$"))
    expect(phone.locator("canvas")).to_be_visible()
    phone.locator("#parts").locator("xpath=../..").get_by_role("row").nth(1).get_by_role("link").first.click()
    expect(phone.locator("tbody tr")).to_have_count(2)
    case = phone.locator("tbody tr a").first.inner_text()
    assert Ticket.objects.get(no=case).order.order_no.startswith("CREDIT-")
    phone.locator("tbody tr a").first.click()
    expect(phone.locator("main")).to_contain_text(case)


def test_the_file_has_the_claims_of_the_page(desktop: Page) -> None:
    log_in(desktop, "yun")
    desktop.get_by_role("link", name="近三个月").click()
    with desktop.expect_download() as taken:
        desktop.get_by_role("link", name="导出这段时间的全部").click()
    text = Path(taken.value.path()).read_text(encoding="utf-8-sig")
    assert {row[0] for row in csv.reader(io.StringIO(text))} == {"售后单", *numbers_of("yun")}


def test_a_buyer_who_knows_the_address_finds_nothing(phone: Page) -> None:
    open_order(phone, "LD20261120-15")
    log_in(phone, "lin")
    phone.goto("/developers/?developer=yun")
    expect(phone.get_by_role("heading", level=1)).to_have_text("这一页不在账上")
