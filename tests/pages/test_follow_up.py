"""A claim, its records, proof, haste and at the end an opinion: as a buyer does it, with and without a script."""

import io
import re
from collections.abc import Callable

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from common import clock
from compensation.services import units
from tests.pages.conftest import open_order

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("shop")]


def screenshot(name: str = "截图.png") -> dict[str, object]:
    out = io.BytesIO()
    Image.new("RGB", (1080, 2400), "white").save(out, "PNG")
    return {"name": name, "mimeType": "image/png", "buffer": out.getvalue()}


def claim(page: Page, order_no: str = "LD20261120-15") -> None:
    open_order(page, order_no)
    page.get_by_role("button", name=re.compile("申请补赞")).click()
    expect(page).to_have_url(re.compile("/tickets/"))


@pytest.mark.parametrize("browser", ["phone", "plain_phone", "desktop"])
def test_from_the_claim_to_an_opinion(
    browser: str, supplier: Callable[[], None], request: pytest.FixtureRequest
) -> None:
    page: Page = request.getfixturevalue(browser)
    claim(page)
    page.get_by_role("button", name="催一下").click()
    expect(page.locator(".flash")).to_have_text(
        "已经去问供货方了。到现在到了 0 个，共 180 个；有了消息，这一页会自己更新。"
    )
    expect(page.get_by_role("button", name=re.compile("已经催了"))).to_be_disabled()
    page.get_by_role("link", name="补充凭证").click()
    page.locator("#files").set_input_files([screenshot("一.png"), screenshot("二.png")])
    expect(page.get_by_text("选好了，可以发送")).to_be_visible()
    page.get_by_label("说明一下（可以不写）").fill("看右上角的数")
    page.get_by_role("button", name="提交凭证").click()
    expect(page.locator(".files a")).to_have_text(["一.png", "二.png"])
    expect(page.locator(".flow")).to_contain_text("您补充了 2 个凭证")
    supplier()
    units.run_due(now=clock.now())
    page.reload()
    page.get_by_role("link", name="补单记录").click()
    expect(page.locator("#came")).to_have_text("已到 180 个，共 180 个")
    expect(page.locator(".units td:nth-child(2)").first).to_have_text(re.compile(r"^\d\d\*{4}\d{3}$"))
    expect(page.locator(".units tbody tr")).to_have_count(50)
    page.get_by_role("link", name="再看 50 条").click()
    expect(page.get_by_role("link", name="回到最新的")).to_be_visible()
    page.get_by_role("link", name=re.compile("^售后单")).click()
    page.get_by_role("button", name="确认收到").click()
    page.locator("label[for=star4]").click()
    page.get_by_label("说两句（可以不写）").fill("很快")
    page.get_by_role("button", name="提交评价").click()
    expect(page.get_by_role("img", name="4 颗星")).to_be_visible()
    expect(page.locator("#rate")).to_contain_text("很快")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


SEND_AS_IT_IS = (
    "form => { form.noValidate = true; form.requestSubmit(form.querySelector('button:not([name])')) }"
)


@pytest.mark.parametrize("browser", ["phone", "plain_phone"])
@pytest.mark.parametrize(("form", "wrong"), [("#say", "#text"), ("#attach form", "#files")])
def test_what_is_wrong_is_in_view(
    browser: str, form: str, wrong: str, request: pytest.FixtureRequest
) -> None:
    page: Page = request.getfixturevalue(browser)
    claim(page)
    page.locator(form).evaluate(SEND_AS_IT_IS)
    expect(page.locator(wrong)).to_have_attribute("aria-invalid", "true")
    expect(page.locator(wrong)).to_be_focused()
    expect(page.locator(f"{wrong}_error")).to_be_in_viewport()


@pytest.mark.parametrize("browser", ["phone", "plain_phone"])
def test_stars_that_nobody_chose_are_in_view(
    browser: str, supplier: Callable[[], None], request: pytest.FixtureRequest
) -> None:
    page: Page = request.getfixturevalue(browser)
    claim(page)
    supplier()
    page.reload()
    page.get_by_role("button", name="确认收到").click()
    page.locator("#rate").evaluate(SEND_AS_IT_IS)
    expect(page.locator("#stars_error")).to_be_in_viewport()
    expect(page.locator("#star1")).to_be_focused()


def test_stars_are_chosen_with_a_keyboard(phone: Page, supplier: Callable[[], None]) -> None:
    claim(phone)
    supplier()
    phone.get_by_role("button", name="确认收到").click(timeout=8000)
    phone.locator("#star1").focus()
    phone.keyboard.press("ArrowRight")
    phone.keyboard.press("ArrowRight")
    expect(phone.locator("#star3")).to_be_checked()
    phone.keyboard.press("Tab")
    phone.keyboard.type("还行")
    phone.keyboard.press("Tab")
    phone.keyboard.press("Enter")
    expect(phone.get_by_role("img", name="3 颗星")).to_be_visible()


def test_a_photo_that_no_computer_opens_is_answered_beside_the_picker(phone: Page) -> None:
    claim(phone)
    heic = {"name": "IMG_1.HEIC", "mimeType": "image/heic", "buffer": b"\0\0\0\x18ftypheic" + b"\0" * 200}
    phone.locator("#files").set_input_files([heic])
    phone.get_by_label("说明一下（可以不写）").fill("右上角")
    phone.get_by_role("button", name="提交凭证").click()
    expect(phone.locator("#files_error")).to_contain_text("这是 HEIC 照片")
    expect(phone.get_by_label("说明一下（可以不写）")).to_have_value("右上角")


def test_a_file_is_saved_and_not_shown(phone: Page) -> None:
    claim(phone)
    phone.locator("#files").set_input_files([screenshot("看这里.png")])
    phone.get_by_role("button", name="提交凭证").click()
    with phone.expect_download() as saved:
        phone.locator(".files a").click()
    assert saved.value.suggested_filename == "看这里.png"


def test_records_before_anything_came_say_what_will_appear(phone: Page) -> None:
    claim(phone)
    phone.get_by_role("link", name="补单记录").click()
    expect(phone.locator("#came")).to_have_text("已到 0 个，共 180 个")
    phone.get_by_role("link", name="已到 0").click()
    expect(phone.locator(".empty")).to_have_text("还没有到供货方接单后，到一个记一个，多半几分钟内开始。")


def test_records_of_an_order_without_any(phone: Page) -> None:
    open_order(phone, "LD20261120-15")
    phone.goto("/orders/LD20261120-15/records/")
    expect(phone.locator(".empty b")).to_have_text("还没有补过")


def test_a_number_is_selected_whole_by_one_press(desktop: Page) -> None:
    claim(desktop)
    number = desktop.locator(".kv .whole").last
    expect(number).to_have_text("LD20261120-15")
    number.click(position={"x": 120, "y": 18})
    assert desktop.evaluate("getSelection().toString().trim()") == "LD20261120-15"
