"""No page is wider than the screen, the main button is a thumb wide, nothing asks another host for anything."""

import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import time_machine
from playwright.sync_api import Page, Route, expect

from common import clock
from orders.models import Product
from tests.pages.conftest import open_order

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("shop")]
PUBLIC = ["/", "/products/", "/products/likes/", "/products/licence-key/", "/products/course-photo/",
          "/products/cloud-month/", "/products/sword/", "/login/", "/no-such-page/"]  # fmt: skip
OWN = ["LD20261120-15", "LD20261120-30"]
NOTHING_TO_PRESS = "LD20261120-00"


def wider_by(page: Page) -> int:
    page.wait_for_load_state("load")  # before its styles are there, every page is too wide
    return page.evaluate("document.documentElement.scrollWidth - window.innerWidth")


def main_button(page: Page) -> dict[str, float]:
    box = page.locator(".bar .btn").first.bounding_box()
    assert box is not None
    return {"height": box["height"], "bottom": box["y"] + box["height"]}


def check(page: Page, where: str, height: int) -> None:
    assert wider_by(page) <= 0, where
    button = main_button(page)
    assert button["height"] >= 48, where
    if height == 800:  # the phone's button stands at the bottom without scrolling
        assert button["bottom"] <= height, where


def test_phone(phone: Page) -> None:
    hosts = set()
    phone.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
    for path in PUBLIC:
        phone.goto(path)
        check(phone, path, 800)
    for order_no in OWN:
        open_order(phone, order_no)
        check(phone, order_no, 800)
        if phone.locator("form.bar").count():
            phone.locator("form.bar .btn").click()
            check(phone, phone.url, 800)
    open_order(phone, NOTHING_TO_PRESS)
    assert (wider_by(phone) <= 0, phone.locator(".bar").count()) == (True, 0)
    assert len(hosts) == 1


def test_at_every_time_of_day(phone: Page) -> None:
    """What is said of times changes with the hour: 今天, 昨天, the window's end, an offer that is past."""
    begin = clock.now()
    for step in range(13):
        with time_machine.travel(begin + step * timedelta(hours=2, minutes=7), tick=True):
            if step % 6 == 0:  # the pass of a guest lasts half a day
                open_order(phone, OWN[0])
            for language in ("zh-CN", "en-US"):
                phone.set_extra_http_headers({"Accept-Language": language})
                phone.goto(f"/orders/{OWN[0]}/")
                assert (phone.locator("#slip").count(), wider_by(phone) <= 0) == (1, True), (step, language)
            phone.set_extra_http_headers({"Accept-Language": "zh-CN"})


def tops(page: Page, *selectors: str) -> list[float]:
    return [box["y"] for box in (page.locator(each).bounding_box() for each in selectors) if box]


def test_on_a_desktop_the_action_stands_under_the_receipt_and_is_reached_there(desktop: Page) -> None:
    open_order(desktop, OWN[0])
    desktop.locator("form.bar .btn").click()
    slip, act, say = tops(desktop, "#slip", "#act", "#say")
    assert slip < act < say
    desktop.locator("#slip summary").focus()
    desktop.keyboard.press("Tab")
    assert desktop.evaluate("document.activeElement.closest('#act') !== null")


def test_one_long_word_wraps_and_lines_stay_as_typed(phone: Page) -> None:
    Product.objects.filter(sku="likes").update(title="Likes" * 12, description="https://" + "x" * 200)
    for path in ("/products/", "/products/likes/"):
        phone.goto(path)
        assert wider_by(phone) <= 0, path
    open_order(phone, OWN[0])
    assert wider_by(phone) <= 0
    phone.locator("form.bar .btn").click()
    phone.locator("#text").fill("第一行\nhttps://" + "y" * 200)
    phone.locator("#say .btn").click()
    expect(phone.locator(".flow small", has_text="第一行")).to_have_css("white-space", "pre-line")
    assert wider_by(phone) <= 0


def test_desktop(desktop: Page) -> None:
    for path in PUBLIC:
        desktop.goto(path)
        check(desktop, path, 900)
    open_order(desktop, OWN[0])
    check(desktop, OWN[0], 900)


def test_narrowest_phone(phone: Page) -> None:
    phone.set_viewport_size({"width": 320, "height": 640})
    for path in PUBLIC:
        phone.goto(path)
        assert wider_by(phone) <= 0, path
    open_order(phone, OWN[0])
    assert wider_by(phone) <= 0


LINES = """heading => {
  const lines = [], range = document.createRange(), text = heading.firstChild
  for (let at = 0, top = null; at < text.length; at++) {
    range.setStart(text, at); range.setEnd(text, at + 1)
    const box = range.getBoundingClientRect()
    if (!box.width) continue
    if (top === null || box.top > top + 8) { lines.push(''); top = box.top }
    lines[lines.length - 1] += text.data[at]
  }
  return lines
}"""


@pytest.mark.parametrize("width", [320, 360])
def test_a_heading_breaks_between_words(phone: Page, width: int) -> None:
    phone.set_viewport_size({"width": width, "height": 800})
    phone.goto("/")
    assert phone.locator("h1").evaluate(LINES) == ["掉量、失效、", "没送到，都在这里查"]
    assert wider_by(phone) <= 0
    phone.locator("#lookup [name=csrfmiddlewaretoken]").evaluate("field => field.remove()")
    phone.get_by_label("订单号").fill("LD-1")
    phone.get_by_label("查询密码").fill("x")
    phone.locator(".bar .btn").click()
    assert phone.locator("h1").evaluate(LINES) == ["页面放太久了，", "刷新再试"]
    assert wider_by(phone) <= 0


def test_a_heading_without_a_break_still_fits(phone: Page) -> None:
    phone.set_viewport_size({"width": 320, "height": 800})
    phone.goto("/")
    phone.locator("h1").evaluate("heading => { heading.textContent = '很'.repeat(40) }")
    assert wider_by(phone) <= 0


@pytest.mark.parametrize(("whole", "seen"), [(True, "visible"), (False, "hidden")])
def test_what_stands_late_on_a_phone_waits_until_the_page_is_there(
    phone: Page, whole: bool, seen: str
) -> None:
    def as_far_as_it_came(route: Route) -> None:
        answer = route.fetch()
        text = answer.text()
        route.fulfill(response=answer, body=text if whole else text[: text.index("<footer")])

    phone.route(re.compile(r"/$"), as_far_as_it_came)
    phone.goto("/")
    expect(phone.locator(".late").first).to_have_css("visibility", seen)
