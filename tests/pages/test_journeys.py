"""A buyer's ways through the pages, in a real browser: 15 %, 25 %, nothing lost, somebody else's order."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from common import clock
from shop_aftersales import demo
from tests.pages.conftest import open_order

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("shop")]


def test_fifteen_percent_one_press_and_topped_up(phone: Page, supplier: Callable[[], None]) -> None:
    open_order(phone, "LD20261120-15")
    expect(phone.locator("#owed")).to_have_text("按规则补您 180 个")
    phone.get_by_role("button", name="申请补赞（一步完成）").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("正在补发 180 个")
    supplier()
    # The page moves on by itself.
    expect(phone.get_by_role("heading", level=1)).to_have_text("已经补到，请您看一眼", timeout=8000)
    expect(phone).to_have_title("已经补到，请您看一眼 · 链动小铺售后")
    expect(phone.locator("#slip .sum data")).to_have_text("180")
    phone.get_by_role("button", name="确认收到").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("办完了，已经补到")


def test_pressing_twice_lands_on_one_ticket(phone: Page) -> None:
    open_order(phone, "LD20261120-15")
    phone.get_by_role("button", name="申请补赞（一步完成）").click()
    expect(phone).to_have_url(re.compile("/tickets/"))
    first = phone.url
    phone.go_back()
    phone.get_by_role("button", name="申请补赞（一步完成）").or_(
        phone.get_by_role("link", name="看办到哪一步了")
    ).click()
    expect(phone).to_have_url(first)


def test_twenty_five_percent_is_refunded_with_a_gift(phone: Page, supplier: Callable[[], None]) -> None:
    demo.fallen_order(order_no="LD20261120-25", buyer="lin", left=750, now=clock.now())
    open_order(phone, "LD20261120-25")
    expect(phone.locator("#owed")).to_have_text("按规则退您 ¥50.00")
    phone.get_by_role("button", name="申请退款（一步完成）").click()
    supplier()
    expect(phone.get_by_role("heading", level=1)).to_have_text(
        "款已退，赠送的也到了，请您看一眼", timeout=8000
    )
    expect(phone.locator("#remedies ~ table .state")).to_have_text(["已退", "已到"])


def test_nothing_lost_offers_no_claim(phone: Page) -> None:
    open_order(phone, "LD20261120-00")
    expect(phone.locator("#owed")).to_have_text("少了 0 个")
    expect(phone.get_by_role("button", name="申请")).to_have_count(0)


def test_without_a_script_everything_but_the_live_part_works(
    plain_phone: Page, supplier: Callable[[], None]
) -> None:
    open_order(plain_phone, "LD20261120-06")
    plain_phone.get_by_role("button", name="申请补赞（一步完成）").click()
    expect(plain_phone.get_by_role("heading", level=1)).to_have_text("正在补发 60 个")
    supplier()
    plain_phone.get_by_role("link", name="刷新").click()
    expect(plain_phone.get_by_role("heading", level=1)).to_have_text("已经补到，请您看一眼")


def test_a_word_and_a_withdrawal(phone: Page) -> None:
    open_order(phone, "LD20261120-15")
    phone.get_by_role("button", name="申请补赞（一步完成）").click()
    phone.get_by_label("补充说明").fill("夜里掉的")
    phone.get_by_role("button", name="发送").click()
    expect(phone.locator(".flow")).to_contain_text("夜里掉的")
    phone.get_by_role("button", name="撤销这个申请").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("您撤销了这个申请")


def test_another_problem_in_words(phone: Page) -> None:
    open_order(phone, "LD20261120-00")
    phone.get_by_text("还有别的问题", exact=True).click()
    phone.get_by_label("是什么问题").select_option("question")
    phone.get_by_label("说说情况").fill("怎么看补了没有")
    phone.get_by_role("button", name="提交").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("说说哪一步不明白，专人答复您")


def test_a_second_word_on_the_same_problem_joins_the_open_ticket(phone: Page) -> None:
    open_order(phone, "LD20261120-00")
    for text in ("怎么看补了没有", "还想问一句"):
        phone.goto("/orders/LD20261120-00/?ask=1")
        phone.get_by_label("是什么问题").select_option("question")
        phone.get_by_label("说说情况").fill(text)
        phone.get_by_role("button", name="提交").click()
        expect(phone.locator(".flow")).to_contain_text(text)
    expect(phone.get_by_role("alert")).to_contain_text("您写的加在里面了")
    phone.get_by_role("link", name="订单 LD2026").click()
    expect(phone.locator("#tickets ~ .list li")).to_have_count(1)


def test_what_only_takes_a_press_leads_back_when_opened_by_itself(phone: Page) -> None:
    open_order(phone, "LD20261120-15")
    phone.goto("/orders/LD20261120-15/claim/")
    expect(phone).to_have_url(re.compile("/orders/LD20261120-15/$"))
    phone.get_by_role("button", name="申请补赞（一步完成）").click()
    expect(phone).to_have_url(re.compile("/tickets/"))
    ticket = phone.url
    for step in ("confirm", "withdraw", "messages", "appeal"):
        phone.goto(f"{ticket}{step}/")
        expect(phone).to_have_url(ticket)


def test_confirming_in_two_tabs_scolds_nobody(phone: Page, supplier: Callable[[], None]) -> None:
    open_order(phone, "LD20261120-15")
    phone.get_by_role("button", name="申请补赞（一步完成）").click()
    supplier()
    expect(phone.get_by_role("button", name="确认收到")).to_be_visible(timeout=8000)
    other = phone.context.new_page()
    other.goto(phone.url)
    for tab in (phone, other):
        tab.get_by_role("button", name="确认收到").click()
        expect(tab.get_by_role("heading", level=1)).to_have_text("办完了，已经补到")
        expect(tab.get_by_role("alert")).to_have_count(0)


def test_an_order_not_opened_here_looks_absent(phone: Page) -> None:
    open_order(phone, "LD20261120-15")
    for address in ("/orders/LD20261121-15/", "/orders/NO-SUCH/", "/tickets/T-0000000000/"):
        answer = phone.goto(address)
        assert answer is not None
        assert answer.status == 404
        expect(phone.get_by_role("heading", level=1)).to_have_text("这一页不在账上")


def test_a_wrong_password_keeps_the_number_only(phone: Page) -> None:
    open_order(phone, "LD20261120-15", "wrong")
    expect(phone.get_by_label("订单号")).to_have_value("LD20261120-15")
    expect(phone.get_by_label("查询密码")).to_have_value("")
    expect(phone.locator(".error")).to_contain_text("还可以再试 4 次")


def test_a_named_buyer_sees_own_orders_only(phone: Page) -> None:
    phone.goto("/login/")
    phone.get_by_label("用户名").fill("lin")
    phone.get_by_label("密码").fill("demo-pass-2026")
    phone.locator(".bar .btn").click()
    expect(phone.get_by_role("button", name="退出")).to_be_visible()
    phone.goto("/orders/LD20261120-15/")
    expect(phone.locator("#owed")).to_have_text("按规则补您 180 个")
    answer = phone.goto("/orders/LD20261121-15/")
    assert answer is not None
    assert answer.status == 404


def test_the_keyboard_skips_to_the_text(desktop: Page) -> None:
    desktop.goto("/")
    desktop.keyboard.press("Tab")
    expect(desktop.get_by_role("link", name="跳到正文")).to_be_focused()
    desktop.keyboard.press("Enter")
    expect(desktop.locator("main")).to_be_focused()
