"""`claim`: from the press to the decision on the screen of a real browser, and on to the supplier's acceptance."""

import time

from playwright.sync_api import sync_playwright

from tests.bench import databases
from tests.bench.table import Row, quantile
from tests.chaos.scenarios import seeded
from tests.chaos.system import until
from tests.services_present import CHROMIUM

CLAIMS = 40
PASSWORD = "chaos-chaos"  # as tests.chaos.seeding sets it
WANTED_MS, ACCEPTED_S = 300, 5


def measure(database, scale=1.0):
    """On a shop of its own, and the whole of it at work."""
    with databases.program(database, "") as system:
        claims = seeded(system, P=max(5, round(CLAIMS * scale)))["P"]
        system.python("manage.py", "collectstatic", "--noinput", "-v0")
        system.start("web", "worker", "beat", "sandbox")
        system.wait_until_ready()
        return in_the_browser(system, claims, database)


def in_the_browser(system, claims, name):
    pressed, accepted, requests = [], [], set()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        page = browser.new_context(
            base_url=f"http://127.0.0.1:{system.port}", locale="zh-CN", viewport={"width": 360, "height": 800}
        ).new_page()
        for one in claims:
            if one["reason"] != "drop":  # its button is further down the page
                continue
            took, posts = press(page, one["order_no"])
            pressed.append(took)
            requests.add(posts)
            accepted.append(_accepted(page, one, time.perf_counter() - took))
        browser.close()
    return [
        Row(
            f"press → decision on the screen, p50 / p95 ({name}; {max(requests)} POST, no polling)",
            f"{quantile(pressed, 0.5) * 1000:.0f} / {quantile(pressed, 0.95) * 1000:.0f} ms",
            goal=f"p95 < {WANTED_MS} ms",
        ),
        Row(
            f"press → accepted by the supplier, p50 / p95 ({name})",
            f"{quantile(accepted, 0.5):.2f} / {quantile(accepted, 0.95):.2f} s", goal=f"p95 < {ACCEPTED_S} s",
        ),
    ]  # fmt: skip


def press(page, order_no):
    """(seconds, POSTs) from the press of the one button until what is owed stands on the ticket's page."""
    page.goto("/")
    page.locator("#order_no").fill(order_no)
    page.locator("#query_password").fill(PASSWORD)
    page.locator("form#lookup").evaluate("form => form.requestSubmit()")
    button = page.locator("form.bar button")
    button.wait_for()
    sent = []

    def hear(request):
        if request.method == "POST":
            sent.append(request.url)

    page.on("request", hear)
    began = time.perf_counter()
    button.click(no_wait_after=True)
    page.wait_for_url("**/tickets/*/", wait_until="commit")
    page.locator("#owed").wait_for()
    took = time.perf_counter() - began
    page.remove_listener("request", hear)
    return took, len(sent)


def _accepted(page, claim, began):
    """Seconds until each remedy was taken by the other side."""
    path, headers = (
        f"/api/v1/orders/{claim['order_no']}/remedies/",
        {"Authorization": f"Bearer {claim['token']}"},
    )

    def taken():
        rows = page.request.get(path, headers=headers).json()["results"]
        return all(row["state"] in ("processing", "settled") for row in rows) and rows

    until(taken, seconds=60, what=f"{claim['order_no']}: not accepted after a minute")
    return time.perf_counter() - began
