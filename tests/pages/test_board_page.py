"""The board in a browser: every chart is drawn from what stands in the table beside it, and axe has nothing to say."""

from datetime import timedelta

import pytest

from common import clock
from tests.pages.test_desk_pages import OURS, cases, log_in
from tests.pages.walk import AXE
from watch.services import health

__all__ = ["cases"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_every_chart_is_drawn_and_axe_finds_nothing_of_ours(desktop, cases):
    health.run(now=clock.now() + timedelta(days=3), lag=timedelta(0))
    log_in(desktop)
    desktop.goto("/admin/watch/board/")
    desktop.locator("[data-chart] canvas").first.wait_for()
    spots = desktop.locator("[data-chart]").count()
    assert (spots >= 4, desktop.locator("[data-chart] canvas").count()) == (True, spots)
    assert desktop.locator("[data-chart].failed").count() == 0
    assert desktop.evaluate("document.documentElement.scrollWidth <= innerWidth")
    desktop.evaluate(AXE)
    found = desktop.evaluate(
        "where => axe.run(where).then(all => all.violations.map(one => one.id + ': ' + one.nodes[0].html))",
        OURS,
    )
    assert found == []
