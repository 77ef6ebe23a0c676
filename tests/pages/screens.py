"""Every page in every state the demo shop shows, on a phone and a desktop, light and dark, on one contact sheet.

python -m tests.pages.screens --base-url http://127.0.0.1:8000 --out .screens
Files claims on the demo orders of that server: run it on a demo that may be used up.
"""

import argparse
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

LOOKS = {
    "phone-light": {
        "viewport": {"width": 360, "height": 800},
        "color_scheme": "light",
        "device_scale_factor": 2,
    },
    "phone-dark": {
        "viewport": {"width": 360, "height": 800},
        "color_scheme": "dark",
        "device_scale_factor": 2,
    },
    "desktop-light": {"viewport": {"width": 1440, "height": 900}, "color_scheme": "light"},
}
GAP, ACROSS = 24, 8


@dataclass(frozen=True)
class Stop:
    """One page to take: where it is, and what to do there first."""

    name: str
    path: str
    mistake: bool = False


def demo_orders(page: Page) -> dict[str, str]:
    """{order number: query password} as the look-up page lists them on this machine."""
    page.goto("/")
    forms = page.locator("form:has(input[type=hidden][name=order_no])").all()
    return {
        form.locator("[name=order_no]").input_value(): form.locator("[name=query_password]").input_value()
        for form in forms
    }


def stops(page: Page, orders: list[str]) -> Iterator[Stop]:
    """All that can be seen before anything is claimed."""
    yield Stop("look-up", "/")
    yield Stop("look-up-wrong", "/", mistake=True)
    yield Stop("products", "/products/")
    page.goto("/products/")
    for address in [link.get_attribute("href") or "" for link in page.locator(".list a").all()]:
        yield Stop(f"product-{address.strip('/').split('/')[-1]}", address)
    for order_no in orders:
        yield Stop(f"order-{order_no}", f"/orders/{order_no}/")
    yield Stop("record", "/evidence/")
    yield Stop("log-in", "/login/")
    yield Stop("absent", "/no-such-page/")


def open_all(page: Page, orders: dict[str, str]) -> None:
    for order_no, password in orders.items():
        look_up(page, order_no, password)


def look_up(page: Page, order_no: str, password: str) -> None:
    page.goto("/")
    page.locator("#order_no").fill(order_no)
    page.locator("#query_password").fill(password)
    page.locator(".bar .btn").click()


def claim_all(page: Page, orders: dict[str, str]) -> list[str]:
    """File what each order is owed; the addresses of the tickets."""
    found = []
    for order_no in orders:
        page.goto(f"/orders/{order_no}/")
        if page.locator("form.bar .btn").count():
            page.locator("form.bar .btn").click()
        elif page.locator("a[href^='/tickets/']").count():
            page.locator("a[href^='/tickets/']").first.click()
        if path := re.search(r"/tickets/[^/]+/", page.url):
            found.append(path[0])
    return found


def take(page: Page, stop: Stop, target: Path) -> Path:
    page.goto(stop.path)
    if stop.mistake:
        look_up(page, "NO-SUCH-ORDER", "wrong")
    page.screenshot(path=target)
    return target


def lay_out(files: list[Path], target: Path) -> None:
    """All pictures of one look side by side, scaled to one width."""
    pictures = [Image.open(file).convert("RGB") for file in files]
    width = min(480, pictures[0].width)
    small = [p.resize((width, p.height * width // p.width)) for p in pictures]
    rows = [small[start : start + ACROSS] for start in range(0, len(small), ACROSS)]
    heights = [max(p.height for p in row) for row in rows]
    size = ((width + GAP) * min(ACROSS, len(small)) + GAP, sum(heights) + GAP * (len(rows) + 1))
    sheet = Image.new("RGB", size, "#8d8778")
    top = GAP
    for row, height in zip(rows, heights, strict=True):
        for index, picture in enumerate(row):
            sheet.paste(picture, (GAP + index * (width + GAP), top))
        top += height + GAP
    sheet.save(target)


def run(browser: Browser, *, base_url: str, out: Path) -> None:
    first = browser.new_context(base_url=base_url, locale="zh-CN").new_page()
    orders = demo_orders(first)
    # First what each order is owed, then, once it is claimed, its ticket.
    taken: dict[str, list[Path]] = {look: [] for look in LOOKS}
    for look, settings in LOOKS.items():
        page = browser.new_context(base_url=base_url, locale="zh-CN", **settings).new_page()
        open_all(page, orders)
        (out / look).mkdir(parents=True, exist_ok=True)
        for stop in stops(page, list(orders)):
            taken[look].append(take(page, stop, out / look / f"{stop.name}.png"))
    open_all(first, orders)
    tickets = claim_all(first, orders)
    for look, settings in LOOKS.items():
        page = browser.new_context(base_url=base_url, locale="zh-CN", **settings).new_page()
        open_all(page, orders)
        for address in tickets:
            name = f"ticket-{address.strip('/').split('/')[-1]}"
            taken[look].append(take(page, Stop(name, address), out / look / f"{name}.png"))
        lay_out(taken[look], out / f"{look}.png")
        print(out / f"{look}.png")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--base-url", default="http://127.0.0.1:8000")
    parser.add_argument("--out", type=Path, default=Path(".screens"))
    parser.add_argument("--chromium", default="/usr/bin/chromium")
    given = parser.parse_args()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=given.chromium, args=["--no-sandbox"])
        run(browser, base_url=given.base_url, out=given.out)
        browser.close()


if __name__ == "__main__":
    main()
