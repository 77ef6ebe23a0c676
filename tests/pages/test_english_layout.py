"""English is longer: no page in English is wider than its phone, and what is owed stands beside its stamp."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.pages.conftest import PHONE
from tests.pages.test_developer_pages import log_in
from tests.pages.test_layout import OWN, PUBLIC, wider_by

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("shop")]


@pytest.fixture
def english(chrome: Browser, live_server: Any) -> Iterator[Page]:
    context = chrome.new_context(base_url=live_server.url, locale="en-US", viewport=PHONE)
    page = context.new_page()
    page.set_default_timeout(5000)
    yield page
    context.close()


def look_up(page: Page, order_no: str) -> None:
    page.goto("/")
    page.locator("#order_no").fill(order_no)
    page.locator("#query_password").fill("cha-2026")
    page.locator(".bar .btn").click()
    expect(page.locator(".title")).to_contain_text("Order")


def open_all(page: Page) -> None:
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")


def test_no_page_is_wider_than_the_phone(english: Page, supplier: Callable[[], None]) -> None:
    for path in PUBLIC:
        english.goto(path)
        open_all(english)
        assert wider_by(english) <= 0, path
    for order_no in OWN:
        look_up(english, order_no)
        open_all(english)
        assert wider_by(english) <= 0, order_no
        if english.locator("form.bar").count():
            english.locator("form.bar .btn").click()
            supplier()
            english.reload()
            open_all(english)
            assert wider_by(english) <= 0, english.url


def test_a_developers_page_fits_too(english: Page) -> None:
    log_in(english, "yun")
    for period in ("month", "last_month", "months_3"):
        english.goto(f"/developers/?period={period}")
        assert wider_by(english) <= 0, period
    english.goto("/developers/credit/")
    assert wider_by(english) <= 0


def test_the_stamp_stands_beside_what_is_owed(english: Page) -> None:
    look_up(english, OWN[0])
    english.locator("form.bar .btn").click()
    owed, stamp = english.locator("#owed"), english.locator(".stamp")
    assert top(stamp) < top(owed) + owed.evaluate("one => one.offsetHeight") / 2


def top(one: Locator) -> float:
    found: float = one.evaluate("one => one.offsetTop")
    return found


def test_a_ledger_in_english_has_no_heads(english: Page) -> None:
    look_up(english, OWN[0])
    expect(english.locator(".ledger thead")).to_have_count(0)
    expect(english.locator(".ledger .sum th")).to_have_text("Missing (15%)")
