"""A monthly report on paper: what is drawn by its background alone is printed too."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from accounts.models import Buyer
from common import clock
from common.ids import public_id
from tests.pages.report_stops import NOTHING
from watch.models import MonthlyReport, SurveyAnswer

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("shop")]
KEPT = "one => getComputedStyle(one, '::before').printColorAdjust"


def opened(page: Page, month: str, figures: dict[str, Any]) -> MonthlyReport:
    """The report of that month, as its buyer reads it."""
    now, buyer = clock.now(), Buyer.objects.get(external_id="lin")
    dates = {"made_at": now, "said_at": now, "expires_at": now}
    report = MonthlyReport.objects.create(
        no=public_id("R"), month=month, buyer=buyer, figures=figures, **dates
    )
    page.goto(f"/login/?next=/reports/{report.no}/")
    page.get_by_label("用户名").fill("lin")
    page.get_by_label("密码").fill("demo-pass-2026")
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("使用报告")
    return report


def test_the_stars_that_were_given_are_printed(desktop: Page) -> None:
    report = opened(desktop, "2025-01", NOTHING)
    SurveyAnswer.objects.create(report=report, stars=4, text="补得快", answered_at=clock.now())
    desktop.reload()
    expect(desktop.get_by_role("img", name="4 颗星")).to_be_visible()
    desktop.emulate_media(media="print")
    stars = desktop.locator(".stars.given i")
    assert [stars.nth(n).evaluate(KEPT) for n in range(stars.count())] == ["exact"] * 5


def test_the_days_are_folded_on_the_screen_open_by_key_and_are_printed(phone: Page) -> None:
    opened(phone, "2025-02", NOTHING | {"days": [[0, 1, 1000, 1000], [1, 1, 1000, 985]]})
    row = phone.locator("table.days").get_by_role("row", name="第 1 天", include_hidden=True)
    expect(row).to_be_hidden()
    phone.emulate_media(media="print")
    expect(row).to_be_visible()
    expect(row).to_contain_text("98.5%")
    phone.emulate_media(media="screen")
    expect(row).to_be_hidden()
    phone.locator("summary", has_text="看每天的数").press("Enter")
    expect(row).to_be_visible()
