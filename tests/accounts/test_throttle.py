"""600 requests a minute for each reader, and for each address of strangers."""

from datetime import timedelta

import pytest
from rest_framework.test import APIClient

from accounts.api import throttles
from tests.accounts.conftest import NOON

LATE = NOON + timedelta(seconds=50)


@pytest.fixture(autouse=True)
def three_a_minute(monkeypatch, time_machine):
    assert throttles.PER_MINUTE == 600
    monkeypatch.setattr(throttles, "PER_MINUTE", 3)
    time_machine.move_to(LATE, tick=False)


def statuses(client, times, **meta):
    return [client.get("/who/", **meta).status_code for _ in range(times)]


def test_the_fourth_waits_until_the_minute_is_over(qiao, client_of, time_machine):
    client = client_of(qiao)
    assert statuses(client, 4) == [200, 200, 200, 429]
    refused = client.get("/who/")
    assert (refused["Retry-After"], refused.json()["code"]) == ("10", "too_many_requests")
    time_machine.move_to(LATE + timedelta(seconds=10), tick=False)
    assert statuses(client, 1) == [200]


def test_readers_do_not_use_up_each_others(qiao, shop, client_of):
    assert statuses(client_of(qiao), 4)[3] == 429
    assert statuses(client_of(shop), 3) == [200] * 3


def test_strangers_are_counted_by_address_whatever_a_header_says():
    def door(**meta):
        return APIClient().post("/api/v1/auth/token/", {}, format="json", **meta).status_code

    assert [door(HTTP_X_FORWARDED_FOR=f"198.51.100.{n}") for n in range(4)] == [422, 422, 422, 429]
    assert door(REMOTE_ADDR="203.0.113.7") == 422


@pytest.mark.parametrize(
    ("off", "meta", "expected"),
    [
        (True, {"HTTP_HOST": "localhost"}, [200] * 5),
        (True, {"HTTP_HOST": "shop.example"}, [200] * 3 + [429] * 2),
        (True, {"HTTP_HOST": "localhost", "HTTP_VIA": "x"}, [200] * 3 + [429] * 2),
        (False, {"HTTP_HOST": "localhost"}, [200] * 3 + [429] * 2),
    ],
)
def test_it_is_switched_off_for_this_machine_only(off, meta, expected, qiao, client_of, settings):
    settings.THROTTLE_OFF = off
    assert statuses(client_of(qiao), 5, **meta) == expected


def test_a_broken_cache_does_not_close_the_shop(qiao, client_of, monkeypatch):
    def broken(*args, **kwargs):
        raise ConnectionError

    monkeypatch.setattr(throttles, "_count", broken)
    assert statuses(client_of(qiao), 5) == [200] * 5
