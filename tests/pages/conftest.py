"""The demo shop behind the pages, a phone and a desktop to look at it with, and what leaves the building."""

import os
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from playwright.sync_api import Browser, Page, sync_playwright

from common import clock
from integrations import queries as integrations
from integrations.services import sweep
from shop_aftersales import demo
from tests import emptying
from tests.sandbox_fixture import LICENCE_SECRET, REFUND_SECRET, SUPPLIER_SECRET, make_sandbox, sandbox

__all__ = ["make_sandbox", "sandbox"]

# Playwright's sync API keeps an event loop in this thread, and Django would refuse to touch the database beside it.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
PHONE = {"width": 360, "height": 800}
DESKTOP = {"width": 1440, "height": 900}


@pytest.fixture
def shop(transactional_db: None) -> None:
    """Demo data as a stranger finds it: orders that fell by 6, 15, 30 and 0 percent, and one of somebody else."""
    cache.clear()
    if 0 <= (clock.now() - _KEPT.get("at", LONG_AGO)).total_seconds() < STALE_S:
        emptying.put_back(connection, _KEPT["copy"])
    else:
        demo.seed(now=clock.now())
        _KEPT.update(at=clock.now(), copy=emptying.keep(connection))


# The demo as it was sown, for the tests that follow within minutes: sowing it takes as long as most journeys.
_KEPT: dict[str, Any] = {}
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
STALE_S = 300


@pytest.fixture
def supplier(sandbox: Any, settings: Any) -> Callable[[], None]:
    """Connected to the sandbox; calling it does the worker's part until nothing is owed any more."""
    settings.SUPPLIER_URL = settings.SHOP_REFUND_URL = settings.LICENCE_URL = (
        f"http://127.0.0.1:{sandbox.port}"
    )
    settings.LICENCE_SECRET = LICENCE_SECRET
    settings.SUPPLIER_SECRET, settings.SHOP_REFUND_SECRET = SUPPLIER_SECRET, REFUND_SECRET

    def work() -> None:
        end = time.monotonic() + 20
        while integrations.unfinished():
            sweep.run_due(now=clock.now())
            assert time.monotonic() < end, integrations.unfinished()
            time.sleep(0.05)

    return work


@pytest.fixture(scope="session")
def chrome(chromium: Path) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(chromium), args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def phone(chrome: Browser, live_server: Any) -> Iterator[Page]:
    yield from _page(chrome, live_server.url, viewport=PHONE, has_touch=True)


@pytest.fixture
def desktop(chrome: Browser, live_server: Any) -> Iterator[Page]:
    yield from _page(chrome, live_server.url, viewport=DESKTOP)


@pytest.fixture
def plain_phone(chrome: Browser, live_server: Any) -> Iterator[Page]:
    """A phone whose browser runs no script."""
    yield from _page(chrome, live_server.url, viewport=PHONE, java_script_enabled=False)


def _page(chrome: Browser, base_url: str, **settings: Any) -> Iterator[Page]:
    """A fresh browser; what its console complains of (content policy, missing files) fails the test."""
    context = chrome.new_context(base_url=base_url, locale="zh-CN", **settings)
    page = context.new_page()
    page.set_default_timeout(5000)
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()
    # A refusal of ours is shown by the browser as a failed request; that is no fault of the page.
    assert [text for text in complaints if "status of 4" not in text] == []


def open_order(page: Page, order_no: str, password: str = demo.QUERY_PASSWORD) -> None:
    """As a buyer does it: number, password, press."""
    page.goto("/")
    page.get_by_label("订单号").fill(order_no)
    page.get_by_label("查询密码").fill(password)
    page.locator(".bar .btn").click()
    page.wait_for_load_state("load")
