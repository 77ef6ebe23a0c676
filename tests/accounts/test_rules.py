"""How long somebody waits who guessed wrong, and how often they may still guess, as tables."""

from datetime import timedelta

import pytest

from accounts.rules import locked_until, network_of, tries_left
from tests.accounts.conftest import NOON


@pytest.mark.parametrize(
    ("minutes_ago", "limit", "wait"),
    [
        ([], 5, None),
        ([1, 2, 3, 4], 5, None),
        ([1, 2, 3, 4, 5], 5, 10),
        ([5, 4, 3, 2, 1], 5, 10),
        ([1, 2, 3, 4, 15], 5, None),
        ([1, 2, 3, 4, 14], 5, 1),
        ([1, 2, 3, 4, 5, 6, 14], 5, 10),
        ([0, 0], 2, 15),
    ],
)
def test_locked_until_the_limit_th_newest_failure_is_15_minutes_old(minutes_ago, limit, wait):
    failures = [NOON - timedelta(minutes=minutes) for minutes in minutes_ago]
    expected = None if wait is None else NOON + timedelta(minutes=wait)
    assert locked_until(failures, limit=limit, now=NOON) == expected


@pytest.mark.parametrize(
    ("of_order", "of_address", "left"), [(0, 0, 5), (1, 1, 4), (5, 5, 0), (7, 7, 0), (1, 18, 2), (1, 25, 0)]
)
def test_tries_left(of_order, of_address, left):
    assert tries_left(of_order=of_order, of_address=of_address) == left


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("", ""),
        ("unix:", "unix:"),
    ],
)
def test_network_of(address, network):
    assert network_of(address) == network
