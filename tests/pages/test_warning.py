"""From a message to the top-up: one tap opens it, one files it, with nothing to type."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts.models import InboxMessage
from common import clock, quiet
from tests.pages.conftest import open_order
from tickets.models import Ticket
from watch.services import looking

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("shop")]


@pytest.fixture
def link(monkeypatch: pytest.MonkeyPatch) -> str:
    """What the buyer of the order that fell by 15 % was sent, whatever the time of day."""
    monkeypatch.setattr(quiet, "FROM", 24)
    monkeypatch.setattr(quiet, "UNTIL", 0)
    looking.run_due(now=clock.now())
    return InboxMessage.objects.get(order_no="LD20261120-15", kind="warning").link


def _claim(page: Page, link: str) -> None:
    page.goto(link)
    expect(page.get_by_role("heading", level=1)).to_have_text("少了 150 个")
    expect(page.locator("#owed")).to_have_text("按规则补您 180 个")
    expect(page.locator("#slip")).to_contain_text("少了 150 个 × 1.2 = 180 个")
    expect(page.locator("form .caution")).to_contain_text(
        "再申请：要是接着掉，到时可能全额退款，现在申请的就不一定了。"
    )
    page.get_by_role("button", name="申请补赞（一步完成）").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("申请好了：补 180 个")


def test_from_the_message_to_the_top_up(phone: Page, link: str, supplier: Callable[[], None]) -> None:
    _claim(phone, link)
    supplier()
    phone.goto(link)
    expect(phone.get_by_role("heading", level=1)).to_have_text("已经申请过了")
    no = Ticket.objects.get(channel="warning").no
    phone.goto(f"/tickets/{no}/")
    expect(phone.get_by_role("heading", level=1)).to_have_text("这一页不在账上")
    open_order(phone, "LD20261120-15")
    expect(phone.locator("main")).to_contain_text(re.compile("看办到哪一步了|打开"))


def test_without_a_script(plain_phone: Page, link: str) -> None:
    _claim(plain_phone, link)
