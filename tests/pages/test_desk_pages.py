"""Ops at their desk in a browser: found by order number, approved, overridden, refused, by two; nothing complains."""

from datetime import timedelta

import pytest

from accounts.services import people
from common import clock
from compensation.services import intake
from shop_aftersales import demo
from tests.orders.conftest import new_order
from tests.pages.walk import AXE
from tests.tickets.case import BASELINE, claim, count, rows, state
from tests.tickets.desk_pages import QUEUE, at
from tickets.models import Event, Ticket

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
# Of unfold's own frame, whatever page is in it; ours is in main content.
OURS = {"include": [["#content"]]}


def fallen(order_no, paid_fen):
    """A thousand likes, half of them gone."""
    now = clock.now()
    new = new_order(
        order_no, paid_at=now - timedelta(hours=40), gateway="shop", payment_reference=f"PAY-{order_no}",
        target=f"https://v.example/{order_no}", baseline=BASELINE, paid_fen=paid_fen, list_fen=paid_fen,
    )  # fmt: skip
    intake.take_order(new=new, now=now)
    count(order_no, 1000, now - timedelta(hours=18))
    count(order_no, 500, now - timedelta(hours=1))
    return claim(order_no, text="掉了一半，请退款")


@pytest.fixture
def cases(shop):
    people.ensure_user(username="fang", role="ops", password=demo.PASSWORD, is_demo=True, is_staff=True)
    return {no: fallen(no, fen) for no, fen in (("LD-300", 30_000), ("LD-1500", 150_000), ("LD-400", 40_000))}


def log_in(page, name="qiao"):
    page.goto("/admin/")
    page.locator("[name=username]").fill(name)
    page.locator("[name=password]").fill(demo.PASSWORD)
    page.locator("main [type=submit]").click()
    page.get_by_role("heading", name="接下来").wait_for()


def log_out(page):
    page.context.clear_cookies()


def find(page, order_no):
    """As ops do: a slash, the number, Enter; a whole number opens its ticket."""
    page.goto(QUEUE)
    page.keyboard.press("/")
    page.keyboard.type(order_no)
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="现在能做的").wait_for()


def press(page, label, **typed):
    """Open the move, fill it in, press its button."""
    move = page.locator("details.desk-move").filter(has=page.locator("summary", has_text=label))
    move.locator("summary").click()
    for name, value in typed.items():
        move.locator(f"[name={name}]").fill(value)
    move.get_by_role("button", name=label).click()


def test_ops_find_a_case_by_its_order_and_approve_it(desktop, cases, supplier):
    log_in(desktop)
    find(desktop, "LD-300")
    assert desktop.locator(".desk-owed strong").inner_text() == "退款 ¥300.00，赠送 1,000 个"
    press(desktop, "批准", reason="数对了，照退")
    desktop.get_by_text("批准记下了").wait_for()
    supplier()
    ticket = cases["LD-300"]
    assert (state(ticket), [row[:2] for row in rows(ticket)]) == (
        "confirming", [("gift", "settled"), ("refund", "settled")],
    )  # fmt: skip


def test_a_large_refund_takes_two_people(desktop, cases):
    log_in(desktop)
    find(desktop, "LD-1500")
    press(desktop, "批准", reason="数对了")
    desktop.get_by_text("批准记下了").wait_for()
    desktop.locator("summary", has_text="批准").click()
    desktop.get_by_text("您已经批准过了，要由另一位同事再批。").wait_for()
    assert desktop.get_by_role("button", name="批准").count() == 0
    assert state(cases["LD-1500"]) == "waiting_ops"
    log_out(desktop)
    log_in(desktop, "fang")
    find(desktop, "LD-1500")
    desktop.get_by_text("批准。理由：数对了").wait_for()
    press(desktop, "批准", reason="核过")
    desktop.get_by_text("批准记下了").wait_for()
    assert state(cases["LD-1500"]) == "fulfilling"


def test_overridden_refused_and_a_colleague_first(desktop, cases):
    log_in(desktop)
    find(desktop, "LD-300")
    press(desktop, "改判", give_refund="120.5", give_gift="", reason="买家只要退一部分")
    desktop.get_by_text("改判记下了").wait_for()
    given = [(row[0], row[2]) for row in rows(cases["LD-300"]) if row[1] != "voided"]
    assert given == [("refund", 12_050)]
    find(desktop, "LD-400")
    Ticket.objects.filter(pk=cases["LD-400"].pk).update(version=7)  # while the page is open
    press(desktop, "不予补偿", reason="目标被删，核实过")
    desktop.get_by_text("可能是同事先办了").wait_for()
    move = desktop.locator("details.desk-move[open]")
    assert move.locator("textarea").input_value() == "目标被删，核实过"
    move.get_by_role("button", name="不予补偿").click()
    desktop.get_by_text("已答复买家，不予补偿").wait_for()
    assert state(cases["LD-400"]) == "refused"


def test_the_keyboard_goes_all_the_way(desktop, cases):
    log_in(desktop)
    desktop.goto(QUEUE)
    numbers = desktop.locator(".desk-table .no").all_inner_texts()
    for key in ("j", "x", "j", "x", "k"):
        desktop.keyboard.press(key)
    assert desktop.locator("tr.at .no").inner_text() == numbers[0]
    assert desktop.locator("input[name=chosen]:checked").count() == 2
    desktop.keyboard.press("m")
    desktop.get_by_text("交出去 2 张。").wait_for()
    desktop.keyboard.press("j")
    desktop.keyboard.press("Enter")
    desktop.get_by_role("heading", name="现在能做的").wait_for()
    desktop.keyboard.press("r")
    desktop.keyboard.type("j 在看了")  # a letter is a letter while writing
    desktop.get_by_role("button", name="发消息").click()
    desktop.get_by_text("记下了").wait_for()
    said = Event.objects.filter(kind="message", ticket__in=cases.values())  # the demo has talks of its own
    assert list(said.values_list("text", "internal")) == [("j 在看了", False)]
    desktop.keyboard.press("?")
    desktop.get_by_text("写字的时候不管用，按 Esc 出来。").wait_for()
    desktop.keyboard.press("u")
    desktop.get_by_role("navigation", name="哪一些单").wait_for()


def test_axe_finds_nothing_of_ours(desktop, cases):
    log_in(desktop)
    found = {}
    for path in ("/admin/", QUEUE, f"{QUEUE}?q=none", at(cases["LD-1500"])):
        desktop.goto(path)
        for move in desktop.locator("details.desk-move").all():
            move.evaluate("one => { one.removeAttribute('name'); one.open = true; }")
        desktop.evaluate(AXE)
        found[path] = desktop.evaluate(
            "where => axe.run(where).then(all => all.violations.map(one => one.id + ': ' + one.nodes[0].html))",
            OURS,
        )
        assert desktop.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
    assert {path: what for path, what in found.items() if what} == {}


def test_it_works_where_nothing_is_run(chrome, live_server, cases):
    """No script: the boxes, the moves and the words ready to send are plain forms."""
    context = chrome.new_context(base_url=live_server.url, locale="zh-CN", java_script_enabled=False)
    page = context.new_page()
    page.set_default_timeout(5000)
    page.goto("/login/")
    page.get_by_label("用户名").fill("qiao")
    page.get_by_label("密码").fill(demo.PASSWORD)
    page.locator("main [type=submit]").click()
    page.wait_for_url("**/admin/**")
    page.goto(QUEUE)
    page.locator("input[name=chosen]").first.check()
    page.get_by_role("button", name="交给我").click()
    page.get_by_text("交出去 1 张。").wait_for()
    page.goto(at(cases["LD-300"]))
    press(page, "批准", reason="数对了")
    page.get_by_text("批准记下了").wait_for()
    context.close()
    assert state(cases["LD-300"]) == "fulfilling"
