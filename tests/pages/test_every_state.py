"""Every buyer's page in every state: no finding of axe, light as paper, nothing jumps, nothing sticks out."""

from collections.abc import Iterator

import pytest
from django.core.management import call_command
from playwright.sync_api import Browser

from tests.pages import stops
from tests.pages.town import build, open_town
from tests.pages.walk import Seen, Walker

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
HEAVIEST = 60 * 1024


@pytest.fixture(scope="module")
def seen(chrome: Browser, django_db_setup: None, django_db_blocker) -> Iterator[Seen]:
    with django_db_blocker.unblock():
        call_command("flush", verbosity=0, interactive=False)
        try:
            with open_town() as (town, url):
                walker = Walker(chrome, url=url)
                walker.go(stops.empty(), town=town)
                build(town)
                walker.go(stops.all_stops(town), town=town)
                yield walker.seen
        finally:
            call_command("flush", verbosity=0, interactive=False)


def test_axe_finds_nothing(seen: Seen) -> None:
    assert seen.findings == {}


def test_no_page_is_heavier_than_60_kb(seen: Seen) -> None:
    assert {name: weight for name, weight in seen.weights.items() if weight > HEAVIEST} == {}
    assert min(seen.weights.values()) > 8 * 1024  # the stylesheets were counted


def test_nothing_is_asked_of_another_host(seen: Seen) -> None:
    assert seen.outside == set()


def test_nothing_sticks_out(seen: Seen) -> None:
    assert seen.wide == {}


def test_nothing_jumps_while_it_loads(seen: Seen) -> None:
    assert seen.shifts == {}
