"""Every buyer's page in every state: no finding of axe, light as paper, nothing jumps, nothing sticks out."""

from collections.abc import Iterator

import pytest
from django.db import connection
from playwright.sync_api import Browser

from tests import emptying
from tests.pages import stops
from tests.pages.card_key_stops import card_key_stops
from tests.pages.draft_stops import draft_stops
from tests.pages.maker_stops import maker_stops, nothing_made
from tests.pages.recall_stops import recall_stops
from tests.pages.report_stops import report_stops
from tests.pages.town import build, open_town
from tests.pages.tutorial_stops import tutorial_stops
from tests.pages.walk import Seen, Walker
from tests.pages.warning_stops import warning_stops

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
HEAVIEST = 60 * 1024


@pytest.fixture(scope="module")
def seen(chrome: Browser, django_db_setup: None, django_db_blocker) -> Iterator[Seen]:
    with django_db_blocker.unblock():
        emptying.empty(connection)
        try:
            with open_town() as (town, url):
                walker = Walker(chrome, url=url)
                walker.go(stops.empty(), town=town)
                walker.go(nothing_made(), town=town, once=True)
                build(town)
                walker.go([*stops.all_stops(town), *draft_stops(town), *warning_stops(town)], town=town)
                walker.go(
                    [*card_key_stops(town), *report_stops(town), *recall_stops(town), *tutorial_stops(town)],
                    town=town,
                )
                walker.go(maker_stops(town), town=town, once=True)
                yield walker.seen
        finally:
            emptying.empty(connection)


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
