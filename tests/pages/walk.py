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
# Colours are all that differs in the dark.
WHOLE = {"resultTypes": ["violations"]}
COLOURS = WHOLE | {"runOnly": ["color-contrast", "link-in-text-block"]}
LOOKS: list[tuple[str, Any, dict[str, Any]]] = [
    ("phone", "light", WHOLE), ("desktop", "dark", COLOURS), ("desktop", "light", WHOLE), ("phone", "dark", COLOURS),
]  # fmt: skip
# All four for the main states; the others take two in turn, so that the whole walk stays short.
TURNS = (LOOKS[:2], LOOKS[2:])
THOROUGH = os.environ.get("EVERY_LOOK") == "1"
_SHIFTS = """new PerformanceObserver(list => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.__shift = (window.__shift || 0) + entry.value
}).observe({type: 'layout-shift', buffered: true})"""
_SEEN = """() => ({
  wide: document.documentElement.scrollWidth - innerWidth,
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
    """A phone that is turned into a desktop and darkened, on one page."""

    def __init__(self, chrome: Browser, *, url: str) -> None:
        self.url, self.seen = url, Seen()
        context = chrome.new_context(
            base_url=url, locale="zh-CN", viewport=SIZES["phone"], reduced_motion="reduce"
        )
        context.set_default_timeout(5000)
        context.add_init_script(_SHIFTS)
        self.page: Page = context.new_page()

    def go(self, stops: Iterable[Stop], *, town: Town) -> None:
        for number, stop in enumerate(stops):
            visit(self.page, stop, url=self.url, town=town)
            self._weigh(stop.name)
            self.page.evaluate(AXE)
            for size, light, options in LOOKS if stop.main or THOROUGH else TURNS[number % 2]:
                self.page.set_viewport_size(SIZES[size])
                self.page.emulate_media(color_scheme=light)
                self._examine(stop.name, f"{size}, {light}", options)
            self.page.set_viewport_size(SIZES["phone"])
            self.page.emulate_media(color_scheme="light")

    def _examine(self, name: str, look: str, options: dict[str, Any]) -> None:
        found = self.page.evaluate("options => axe.run(document, options)", options)
        said = [
            f"{each['id']}: {node['html'][:120]} {node['failureSummary'].splitlines()[-1].strip()[:160]}"
            for each in found["violations"]
            for node in each["nodes"]
        ]
        if said:
            self.seen.findings[f"{name} ({look})"] = said
        wide = self.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        if wide > 0:
            self.seen.wide[f"{name} ({look})"] = wide

    def _weigh(self, name: str) -> None:
        seen = self.page.evaluate(_SEEN)
        hosts = {urlsplit(address).netloc for address in seen["files"]} - {urlsplit(self.url).netloc}
        self.seen.outside |= hosts
        if seen["shift"] > 0.01:
            self.seen.shifts[name] = seen["shift"]
        self.seen.weights[name] = seen["html"] + sum(_compressed(address) for address in seen["files"])


def _compressed(address: str) -> int:
    """As whitenoise hands it out."""
    path = urlsplit(address).path
    found = finders.find(path.removeprefix("/static/")) if path.startswith("/static/") else None
    return len(gzip.compress(Path(found).read_bytes(), 9, mtime=0)) if found else 0
