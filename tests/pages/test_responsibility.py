"""Ops move who bears a case: contested by its developer, answered by a second person; the statement follows."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from common import clock
from compensation.models import Remedy
from shop_aftersales import demo
from shop_aftersales.demo_recalls import SECOND
from tests.pages.conftest import open_order
from tests.pages.test_desk_pages import find, log_in, press
from tests.pages.test_developer_pages import log_in as sign_in
from tests.tickets.case import assert_balanced

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("shop")]
ORDER = "LD20261120-25"
SUMS = ("月初应付", "本月记到您名下", "本月更正", "到现在应付")
AGAINST = "那晚平台停服，号没有掉。"


def as_person(page: Page, name: str, *, desk: bool = False) -> None:
    page.context.clear_cookies()
    (log_in if desk else sign_in)(page, name)
    page.wait_for_load_state("load")


def sums(page: Page) -> list[int]:
    """In fen, as the statement's slip says them."""
    page.goto("/developers/statement/")
    told = page.locator("#sums ~ dl").first
    pairs = dict(zip(told.locator("dt").all_inner_texts(), told.locator("dd").all_inner_texts(), strict=True))
    return [round(float(pairs[name].replace("¥", "").replace("−", "-")) * 100) for name in SUMS]


def given() -> list[tuple[object, ...]]:
    rows = Remedy.objects.filter(order__order_no=ORDER).order_by("kind")
    return list(rows.values_list("kind", "state", "amount_fen", "quantity", "delivered"))


def test_the_statement_follows_and_the_buyer_keeps_what_they_got(
    phone: Page, desktop: Page, supplier: Callable[[], None]
) -> None:
    demo.fallen_order(order_no=ORDER, buyer="lin", left=750, now=clock.now())
    open_order(phone, ORDER)
    phone.get_by_role("button", name="申请退款（一步完成）").click()
    supplier()
    phone.reload()
    expect(phone.locator("#slip")).to_contain_text("¥50.00")
    slip, got = phone.locator("#slip").inner_text(), given()
    as_person(desktop, "yun")
    before = sums(desktop)

    as_person(desktop, "qiao", desk=True)
    find(desktop, ORDER)
    move = desktop.locator("details.desk-move", has=desktop.locator("summary", has_text="定责任方"))
    move.locator("select").evaluate("one => { one.value = 'developer'; }")
    press(desktop, "定责任方", reason="计数的记录显示是货掉了")
    desktop.get_by_text("责任方记下了").wait_for()
    as_person(desktop, "yun")
    borne = sums(desktop)
    assert [b - a for a, b in zip(before, borne, strict=True)] == [0, 5000, 0, 5000]

    desktop.locator("#contestable ~ ul a", has_text="T-").first.click()
    desktop.get_by_label("为什么不该由您承担").fill(AGAINST)
    desktop.get_by_role("button", name="提异议").click()
    expect(desktop.locator(".flash")).to_have_text("异议收到了，24 小时内书面答复，写在这一页。")
    as_person(desktop, SECOND, desk=True)
    find(desktop, ORDER)
    expect(desktop.locator("#content")).to_contain_text(AGAINST)
    move = desktop.locator("details.desk-move", has=desktop.locator("summary", has_text="答复异议"))
    move.locator("select").evaluate("one => { one.value = 'platform'; }")
    press(desktop, "答复异议", reason="停服记录对得上，由平台承担")
    desktop.get_by_text("异议答复了").wait_for()

    as_person(desktop, "yun")
    assert [b - a for a, b in zip(borne, sums(desktop), strict=True)] == [0, 0, -5000, -5000]
    lines = desktop.locator("section:has(#lines) tbody tr")
    lines.filter(has_text="更正：改由平台承担").get_by_role("link").click()  # one, or the click fails
    expect(desktop.locator("main")).to_contain_text("答复：由平台承担。停服记录对得上，由平台承担")
    phone.reload()
    assert (phone.locator("#slip").inner_text(), given()) == (slip, got)
    assert_balanced()
