"""A buyer without a mouse: every step from the look-up to the filed claim by Tab, Enter and the letters."""

import re

import pytest
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("shop")]
_HERE = """() => {
  const here = document.activeElement, style = getComputedStyle(here)
  return [(here.innerText || here.labels?.[0]?.innerText || '').trim().split('\\n')[0], parseFloat(style.outlineWidth),
          here.matches(':focus-visible')]
}"""


def walk(page: Page, *, until: str) -> list[str]:
    """Press Tab up to that stop; the names of all stops, each of which shows where the focus is."""
    names: list[str] = []
    for _ in range(30):
        page.keyboard.press("Tab")
        name, outline, visible = page.evaluate(_HERE)
        assert (visible, outline >= 2) == (True, True), name
        names.append(name)
        if name == until:
            return names
    raise AssertionError(f"{until} can't be reached: {names}")


def test_from_the_look_up_to_the_claim_by_keyboard(desktop: Page) -> None:
    desktop.goto("/")
    assert walk(desktop, until="跳到正文") == ["跳到正文"]
    desktop.keyboard.press("Enter")
    assert walk(desktop, until="订单号")[-2:] == ["看全部规则和算例", "订单号"]
    desktop.keyboard.type("LD20261120-15")
    assert walk(desktop, until="查询密码") == ["查询密码"]
    desktop.keyboard.type("cha-2026")
    desktop.keyboard.press("Enter")
    expect(desktop).to_have_url(re.compile("/orders/"))
    walk(desktop, until="跳到正文")
    desktop.keyboard.press("Enter")
    stops = ["这一单的规则", "看每次数到的个数", "算账所凭的记录", "为什么是 180"]
    assert walk(desktop, until="为什么是 180") == stops
    expect(desktop.locator(".why .calc").first).to_be_hidden()
    desktop.keyboard.press("Enter")
    expect(desktop.locator(".why .calc").first).to_be_visible()
    desktop.keyboard.press("Space")
    expect(desktop.locator(".why .calc").first).to_be_hidden()
    assert walk(desktop, until="申请补赞（一步完成）") == ["申请补赞（一步完成）"]
    desktop.keyboard.press("Enter")
    expect(desktop).to_have_url(re.compile("/tickets/"))
    expect(desktop.get_by_role("heading", level=1)).to_have_text("正在补发 180 个")


def test_a_mistake_puts_the_cursor_where_it_is_mended(desktop: Page) -> None:
    desktop.goto("/")
    desktop.get_by_label("订单号").fill("LD20261120-15")
    desktop.get_by_label("查询密码").fill("wrong")
    desktop.keyboard.press("Enter")
    expect(desktop.get_by_label("查询密码")).to_be_focused()
    desktop.keyboard.type("cha-2026")
    desktop.keyboard.press("Enter")
    expect(desktop).to_have_url(re.compile("/orders/"))
