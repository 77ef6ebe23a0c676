"""Ops resolve a held remedy in a browser, from log-in to settled, under the admin's content policy."""

import pytest
from django.db import transaction
from playwright.sync_api import Page

from accounts.services import people
from common import clock
from compensation.models import Remedy
from compensation.services import remedies
from integrations.models import Intent
from integrations.rules.lifecycle import Held
from integrations.services import settling, standstill
from ledger.models import Break
from ledger.services import breaks
from tests.pages.conftest import open_order
from tests.pages.test_desk_pages import AXE, OURS

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def log_in(page: Page) -> None:
    people.ensure_user(username="qiao", role="ops", password="demo-pass-2026", is_staff=True)
    page.goto("/login/?next=/admin/")
    page.get_by_label("用户名").fill("qiao")
    page.get_by_label("密码").fill("demo-pass-2026")
    page.get_by_role("button", name="登录").click()
    page.wait_for_url("**/admin/**")


def claimed(page: Page, order_no: str) -> Remedy:
    """As a buyer does it."""
    open_order(page, order_no)
    page.get_by_role("button", name="申请补赞").click()
    page.wait_for_url("**/tickets/**")
    return Remedy.objects.get(order__order_no=order_no)


def holds(remedy: Remedy, reason: Held) -> None:
    settling.hold(intent=Intent.objects.get(key=remedy.key), reason=reason, now=clock.now())


def sticks_out(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > innerWidth"))


def test_from_log_in_to_settled(shop, supplier, phone, desktop):
    row = claimed(phone, "LD20261120-15")
    holds(row, Held.DECLINED)
    log_in(desktop)
    desktop.get_by_role("link", name="等人的补偿").first.click()
    desktop.get_by_text("对方没有接受这个请求").wait_for()
    desktop.get_by_role("link", name="LD20261120-15").click()
    desktop.get_by_role("heading", name="先做什么").wait_for()
    assert not sticks_out(desktop)
    desktop.locator("summary", has_text="再发一次").click()
    desktop.locator("#send_again-reason").fill("目标改回公开了")
    desktop.get_by_role("button", name="再发一次").click()
    desktop.get_by_text("已交给系统：先问对方").wait_for()
    supplier()
    row.refresh_from_db()
    assert (row.state, row.delivered, row.decision.tickets.get().state) == ("settled", 180, "confirming")
    desktop.reload()
    assert desktop.locator("summary", has_text="再发一次").count() == 0
    phone.reload()
    phone.get_by_text("已经补到").first.wait_for()


@pytest.mark.parametrize("screen", ["phone", "desktop"])
def test_done_outside_and_what_was_typed_stays(request, shop, supplier, screen):
    page = request.getfixturevalue(screen)
    row = claimed(page, "LD20261120-15")
    Intent.objects.all().delete()
    with transaction.atomic():
        remedies.hold(remedy=row, reason="rest_again", now=clock.now())
    log_in(page)
    page.goto(f"/admin/compensation/remedy/{row.pk}/change/")
    assert not sticks_out(page)
    page.locator("summary", has_text="已由人办好").click()
    page.locator("#done_by_hand-reference").fill("SUP-77")
    page.locator("#done_by_hand-reason").fill(" ")
    page.get_by_role("button", name="已由人办好").click()
    page.get_by_role("alert").get_by_text("请写下为什么").wait_for()
    assert page.locator("#done_by_hand-reference").input_value() == "SUP-77"
    page.locator("#done_by_hand-reason").fill("换一家补的")
    page.get_by_role("button", name="已由人办好").click()
    page.get_by_text("已记为办好").wait_for()
    row.refresh_from_db()
    assert (row.state, row.delivered) == ("settled", 180)


def test_a_break_and_a_standstill(shop, desktop):
    breaks.open_break(kind="amount", reference="supplier:1", detail="我们是 100，对方是 90", now=clock.now())
    standstill.begin(last_known=None, now=clock.now())
    log_in(desktop)
    desktop.get_by_role("link", name="对不上的账").first.click()
    desktop.get_by_role("link", name="金额不一样").click()
    desktop.locator("#close-reason").fill("对方改正了")
    desktop.get_by_role("button", name="核对过了，结案").click()
    desktop.get_by_text("已结案。").wait_for()
    assert Break.objects.get().closing.by == "qiao"
    desktop.goto("/admin/integrations/standstill/")
    desktop.get_by_role("link", name="数据库退回过").first.click()
    desktop.locator("summary", has_text="恢复发送").click()
    desktop.locator("#resume-reason").fill("两方的后台都看过")
    desktop.get_by_role("button", name="对账没有问题，恢复发送").click()
    desktop.get_by_text("已恢复发送。").wait_for()
    assert standstill.sends()


def test_axe_finds_nothing_of_ours(shop, phone, desktop):
    row = claimed(phone, "LD20261120-15")
    holds(row, Held.CONFLICT)
    breaks.open_break(kind="amount", reference=f"supplier:{row.key}", detail="差 10", now=clock.now())
    standstill.begin(last_known=None, now=clock.now())
    log_in(desktop)
    found = {}
    for path in (
        f"/admin/compensation/remedy/{row.pk}/change/", f"/admin/ledger/break/{Break.objects.get().pk}/change/",
        f"/admin/integrations/standstill/{standstill.current().pk}/change/",
    ):  # fmt: skip
        desktop.goto(path)
        for move in desktop.locator("details").all():
            move.evaluate("one => { one.open = true; }")
        desktop.evaluate(AXE)
        found[path] = desktop.evaluate(
            "where => axe.run(where).then(all => all.violations.map(one => one.id + ': ' + one.nodes[0].html))",
            OURS,
        )
        assert not sticks_out(desktop), path
    assert {path: what for path, what in found.items() if what} == {}
