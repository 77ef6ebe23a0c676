"""Every page of buyers, developers and the funds in every state: phone and desktop, light and dark, on a few sheets.

python -m tests.pages.screens [--out .screens] [--only order] [--full] [--plain-type] [--english]
What it took the last time is cleared away first.
The shop is made for it and thrown away (`town`), its clock stands still: the same pictures every time.
"""

import argparse
import os
import shutil
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import django
from playwright.sync_api import Browser, Page, sync_playwright

from tests.services_present import CHROMIUM

SIZES: dict[str, dict[str, Any]] = {
    "phone": {"viewport": {"width": 360, "height": 800}, "device_scale_factor": 2},
    "desktop": {"viewport": {"width": 1440, "height": 900}},
}
LOOKS = (
    ("phone", "light", "手机"),
    ("desktop", "light", "桌面"),
    ("phone", "dark", "手机，深色"),
    ("desktop", "dark", "桌面，深色"),
)
# A phone without a song face falls back to its sans.
SANS_ONLY = ":root { --song: 'Noto Sans CJK SC', sans-serif; --num: 'Noto Sans CJK SC', sans-serif; }"


class Camera:
    """One browser page per look; keeps what it took, and how long that was."""

    def __init__(self, browser: Browser, *, url: str, given: argparse.Namespace) -> None:
        self.url, self.out, self.full, self.plain_type = url, given.out, given.full, given.plain_type
        self.locale = "en-US" if given.english else "zh-CN"
        self.taken: dict[tuple[str, str], list[tuple[str, Path]]] = {}
        self.seconds = 0.0
        self._browser = browser
        self._pages: dict[tuple[str, str], Page] = {}

    def take(self, stops: Iterable[Any], *, town: Any) -> None:
        from tests.pages.stops import visit

        stops = list(stops)
        for size, light, _ in LOOKS:
            (self.out / f"{size}-{light}").mkdir(parents=True, exist_ok=True)
            page = self._page(size, light)
            for stop in stops:
                if light == "dark" and not stop.main:
                    continue
                started = time.monotonic()
                visit(page, stop, url=self.url, town=town)
                self._shoot(page, stop, size, light)
                self.seconds += time.monotonic() - started

    def _page(self, size: str, light: str) -> Page:
        if (size, light) not in self._pages:
            settings: dict[str, Any] = {
                "base_url": self.url, "locale": self.locale, "color_scheme": light, "reduced_motion": "reduce",
                "bypass_csp": self.plain_type,  # else no foreign style is let in
            }  # fmt: skip
            self._pages[size, light] = self._browser.new_context(**settings | SIZES[size]).new_page()
        return self._pages[size, light]

    def _shoot(self, page: Page, stop: Any, size: str, light: str) -> None:
        target = self.out / f"{size}-{light}" / f"{stop.name}.png"
        page.screenshot(path=target, full_page=self.full, style=SANS_ONLY if self.plain_type else None)
        self.taken.setdefault((size, light), []).append((f"{stop.caption}", target))

    def lay_out(self) -> list[Path]:
        from tests.pages.sheet import lay_out

        said = {(size, light): words for size, light, words in LOOKS}
        rows: Sequence[tuple[str, list[tuple[str, Path]]]] = [
            (said[look], shots) for look, shots in self.taken.items()
        ]
        return lay_out(rows, self.out)


@contextmanager
def throw_away_database() -> Iterator[None]:
    """Django with an empty database of its own."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright keeps an event loop in this thread
    os.environ.pop("DATABASE_URL", None)
    django.setup()
    from django.test.utils import setup_databases, teardown_databases

    made = setup_databases(verbosity=0, interactive=False)
    try:
        yield
    finally:
        teardown_databases(made, verbosity=0)


def _clear(out: Path) -> None:
    """Only what this program leaves there."""
    for sheet in out.glob("sheet*.png"):
        sheet.unlink()
    for size, light, _ in LOOKS:
        shutil.rmtree(out / f"{size}-{light}", ignore_errors=True)


def photograph(*, given: argparse.Namespace) -> None:
    from tests.pages.card_key_stops import card_key_stops
    from tests.pages.draft_stops import draft_stops
    from tests.pages.maker_stops import maker_stops, nothing_made
    from tests.pages.recall_stops import recall_stops
    from tests.pages.report_stops import report_stops
    from tests.pages.stops import all_stops, empty
    from tests.pages.town import build, open_town
    from tests.pages.tutorial_stops import tutorial_stops
    from tests.pages.warning_stops import warning_stops

    _clear(given.out)
    with sync_playwright() as playwright, open_town() as (town, url):
        browser = playwright.chromium.launch(executable_path=given.chromium, args=["--no-sandbox"])
        camera = Camera(browser, url=url, given=given)
        camera.take(_wanted([*empty(), *nothing_made()], given.only), town=town)
        build(town)
        stops = [
            *all_stops(town),
            *draft_stops(town),
            *warning_stops(town),
            *card_key_stops(town),
            *tutorial_stops(town),
            *recall_stops(town),
            *report_stops(town),
            *maker_stops(town),
        ]
        camera.take(_wanted(stops, given.only), town=town)
        browser.close()
    count = sum(map(len, camera.taken.values()))
    sheets = "、".join(map(str, camera.lay_out()))
    print(f"{count} 张，平均 {camera.seconds / count:.2f} 秒一张：{sheets}")


def _wanted(stops: Iterable[Any], parts: str) -> list[Any]:
    return [stop for stop in stops if any(part in stop.name for part in parts.split(","))]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, default=Path(".screens"))
    parser.add_argument("--only", default="", help="parts of the names of the states to take, with commas")
    parser.add_argument("--full", action="store_true", help="the whole page, not what a screen shows")
    parser.add_argument("--plain-type", action="store_true", help="as a phone without a song face shows it")
    parser.add_argument("--english", action="store_true", help="as a browser that asks for English shows it")
    parser.add_argument("--chromium", default=str(CHROMIUM))
    with throw_away_database():
        photograph(given=parser.parse_args())


if __name__ == "__main__":
    main()
