"""From a figure on the case to the very count it rests on, in a browser: the row is there under its number."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.pages.conftest import open_order
from tests.pages.walk import AXE

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("shop")]


def test_why_this_number_leads_to_the_count(phone: Page) -> None:
    open_order(phone, "LD20261120-15")
    phone.get_by_role("button", name="申请补赞（一步完成）").click()
    expect(phone).to_have_url(re.compile("/tickets/"))
    phone.locator("#slip details.why summary").click()
    rests = phone.locator("#slip .rests a")
    expect(rests).to_have_count(2)
    said = rests.last.inner_text()
    number = re.search(r"第 (\d+) 号记录", said)
    assert number, said
    rests.last.click()
    row = phone.locator(f"#count-{number[1]}")
    expect(row).to_be_in_viewport()
    expect(row).to_contain_text("873 − 开始前 23 = 850 个")
    assert phone.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
    phone.evaluate(AXE)
    assert phone.evaluate("async () => (await axe.run(document)).violations.map(each => each.id)") == []
