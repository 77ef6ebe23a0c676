"""From when until when a version is what a new order gets: later ones take over, retired ones give back."""

from datetime import UTC, datetime

import pytest

from compensation.rules.in_force import Term, spans, state_of


def day(number):
    return datetime(2026, 11, number, tzinfo=UTC)


def term(version, begins, retired=None):
    return Term(version, day(begins), day(retired) if retired else None)


CASES = {
    "one": ([term(1, 1)], {1: [(1, None)]}),
    "taken over": ([term(2, 5), term(1, 1)], {1: [(1, 5)], 2: [(5, None)]}),
    "announced": ([term(1, 1), term(2, 25)], {1: [(1, 25)], 2: [(25, None)]}),
    "given back": ([term(1, 1), term(2, 5, 8)], {1: [(1, 5), (8, None)], 2: [(5, 8)]}),
    "the older one retired": ([term(1, 1, 7), term(2, 5)], {1: [(1, 5)], 2: [(5, None)]}),
    "retired before it began": ([term(1, 1), term(2, 25, 9)], {1: [(1, None)], 2: []}),
    "all retired": ([term(1, 1, 7)], {1: [(1, 7)]}),
    "a gap": ([term(1, 1, 7), term(2, 9)], {1: [(1, 7)], 2: [(9, None)]}),
    "both from the same moment": ([term(1, 1), term(2, 1)], {1: [], 2: [(1, None)]}),
    "a later number begins sooner": ([term(1, 1), term(2, 9), term(3, 5)], {1: [(1, 5)], 2: [], 3: [(5, None)]}),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_spans(name):
    terms, expected = CASES[name]
    found = spans(terms)
    assert {
        version: [(s.begins.day, s.ends and s.ends.day) for s in held] for version, held in found.items()
    } == expected


@pytest.mark.parametrize(
    ("given", "state"),
    [
        (term(1, 1), "in_force"), (term(1, 25), "announced"), (term(1, 1, 7), "retired"),
        (term(1, 25, 7), "retired"), (term(1, 1, 25), "in_force"),
    ],
)  # fmt: skip
def test_where_a_version_stands(given, state):
    assert state_of(given, spans([given])[1], day(10)) == state


def test_another_one_took_over():
    older, newer = term(1, 1), term(2, 5)
    assert state_of(older, spans([older, newer])[1], day(10)) == "past"
    assert state_of(older, spans([older, newer])[1], day(5)) == "past"
    assert state_of(older, spans([older, newer])[1], day(4)) == "in_force"
