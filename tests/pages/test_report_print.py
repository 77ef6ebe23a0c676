"""A monthly report on paper: what is drawn by its background alone is printed too."""

import pytest
from playwright.sync_api import Page, expect

from accounts.models import Buyer
from common import clock
from common.ids import public_id
from tests.pages.report_stops import NOTHING
from watch.models import MonthlyReport, SurveyAnswer

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("shop")]
KEPT = "one => getComputedStyle(one, '::before').printColorAdjust"


def test_the_stars_that_were_given_are_printed(desktop: Page) -> None:
    now, buyer = clock.now(), Buyer.objects.get(external_id="lin")
    report = MonthlyReport.objects.create(
        no=public_id("R"),
        month="2025-01",
        buyer=buyer,
        figures=NOTHING,
        made_at=now,
        said_at=now,
        expires_at=now,
    )
    SurveyAnswer.objects.create(report=report, stars=4, text="补得快", answered_at=now)
    desktop.goto(f"/login/?next=/reports/{report.no}/")
    desktop.get_by_label("用户名").fill("lin")
    desktop.get_by_label("密码").fill("demo-pass-2026")
    desktop.get_by_role("button", name="登录").click()
    expect(desktop.get_by_role("img", name="4 颗星")).to_be_visible()
    desktop.emulate_media(media="print")
    stars = desktop.locator(".stars.given i")
    assert [stars.nth(n).evaluate(KEPT) for n in range(stars.count())] == ["exact"] * 5
