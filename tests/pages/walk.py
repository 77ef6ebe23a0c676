"""One walk past every stop: what axe finds there, what it weighs, whether it jumps or sticks out."""

import gzip
import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.contrib.staticfiles import finders
from playwright.sync_api import Browser, Page

from tests.pages.stages import Town
from tests.pages.stops import Stop, visit

AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
SIZES: dict[str, Any] = {"phone": {"width": 360, "height": 800}, "desktop": {"width": 1440, "height": 900}}
WHOLE = {"resultTypes": ["violations"]}
WHOLE_PAGE, OURS = {"include": [["html"]]}, {"include": [["#content"]]}
COLOURS = WHOLE | {"runOnly": ["color-contrast", "link-in-text-block", "target-size"]}
LOOKS = [("phone", "light"), ("desktop", "dark"), ("desktop", "light"), ("phone", "dark")]
# Two for the main states, between them both sizes and both lights; the others take one in turn: the walk stays short.
THOROUGH = os.environ.get("EVERY_LOOK") == "1"
_SHIFTS = """new PerformanceObserver(list => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.__shift = (window.__shift || 0) + entry.value
}).observe({type: 'layout-shift', buffered: true})"""
_SEEN = """() => ({
  shift: window.__shift || 0,
  files: [...new Set(performance.getEntriesByType('resource').map(each => each.name))],
  html: performance.getEntriesByType('navigation')[0].transferSize,
})"""


@dataclass
class Seen:
    """{state: …} of what is not as it should be, and {state: bytes}."""

    findings: dict[str, list[str]] = field(default_factory=dict)
    wide: dict[str, int] = field(default_factory=dict)
    shifts: dict[str, float] = field(default_factory=dict)
    weights: dict[str, int] = field(default_factory=dict)
    outside: set[str] = field(default_factory=set)


class Walker:
    """A browser page for each look; every stop is seen in one of them, the main ones in two unless told `once`."""

    def __init__(self, chrome: Browser, *, url: str) -> None:
        self.url, self.seen = url, Seen()
        self._pages = [self._open(chrome, size, light) for size, light in LOOKS]

    def _open(self, chrome: Browser, size: str, light: Any) -> Page:
        context = chrome.new_context(
            base_url=self.url,
            locale="zh-CN",
            viewport=SIZES[size],
            color_scheme=light,
            reduced_motion="reduce",
        )
        context.set_default_timeout(15_000)
        context.add_init_script(_SHIFTS)
        context.add_init_script(AXE)
        return context.new_page()

    def go(self, stops: Iterable[Stop], *, town: Town, once: bool = False) -> None:
        for number, stop in enumerate(stops):
            for nth, look in enumerate(_turns(number, stop, once=once)):
                page = self._pages[look]
                visit(page, stop, url=self.url, town=town)
                self._weigh(page, stop)
                # Where a page was seen whole, colours and places are all that differs.
                name = f"{stop.name} ({', '.join(LOOKS[look])})"
                self._examine(page, name, COLOURS if nth else WHOLE, within=OURS if stop.desk else WHOLE_PAGE)

    def _examine(self, page: Page, name: str, options: dict[str, Any], *, within: dict[str, Any]) -> None:
        # What has scrolled half-way beneath the bar is no target there: axe sees the page without scrolling.
        page.evaluate("for (const bar of document.querySelectorAll('.bar')) bar.style.position = 'static'")
        # Only what is wrong crosses over: the rest of the answer is long.
        run = "async ([within, options]) => (await axe.run(within, options)).violations"
        found = page.evaluate(run, [within, options])
        said = [
            f"{each['id']}: {node['html'][:120]} {node['failureSummary'].splitlines()[-1].strip()[:160]}"
            for each in found
            for node in each["nodes"]
        ]
        if said:
            self.seen.findings[name] = said
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        if wide > 0:
            self.seen.wide[name] = wide

    def _weigh(self, page: Page, stop: Stop) -> None:
        seen = page.evaluate(_SEEN)
        hosts = {urlsplit(address).netloc for address in seen["files"]} - {urlsplit(self.url).netloc}
        self.seen.outside |= hosts
        if stop.desk:  # its frame is heavier than a page of ours, and moves
            return
        if seen["shift"] > 0.01:
            self.seen.shifts[stop.name] = seen["shift"]
        self.seen.weights[stop.name] = seen["html"] + sum(_compressed(address) for address in seen["files"])


def _turns(number: int, stop: Stop, *, once: bool) -> Iterable[int]:
    """Places in LOOKS."""
    if THOROUGH:
        return range(len(LOOKS))
    return [2 * (number % 2), 2 * (number % 2) + 1] if stop.main and not once else [number % len(LOOKS)]


def _compressed(address: str) -> int:
    """As whitenoise hands it out."""
    path = urlsplit(address).path
    found = finders.find(path.removeprefix("/static/")) if path.startswith("/static/") else None
    return len(gzip.compress(Path(found).read_bytes(), 9, mtime=0)) if found else 0
