"""A server that did not answer is asked again by one caller per rest, and at once when it has answered."""

import pytest

from common.resting import Rest


class Hand:
    now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def hand():
    return Hand()


@pytest.fixture
def rest(hand):
    return Rest(quiet_s=5, clock=hand)


def test_a_server_that_never_failed_is_asked_by_everybody(rest):
    assert [rest.over(), rest.over()] == [True, True]


def test_after_a_failure_nobody_asks_until_the_rest_is_over(rest, hand):
    rest.begin()
    hand.now += 4.9
    assert rest.over() is False


def test_then_one_tries_for_all(rest, hand):
    rest.begin()
    hand.now += 5
    assert [rest.over(), rest.over()] == [True, False]
    hand.now += 5
    assert [rest.over(), rest.over()] == [True, False]


def test_an_answer_ends_the_rest(rest, hand):
    rest.begin()
    hand.now += 5
    assert rest.over()
    rest.end()
    assert [rest.over(), rest.over()] == [True, True]
