"""rules.md §1 as tables: completion, what was delivered, which count decides, what can't be measured."""

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from orders.rules.line import Count, Frozen, Terms, completion, contradicts, read_counts, roll_up

START = datetime(2025, 3, 1, 4, 0, tzinfo=UTC)
DEADLINE_H = 72
HIDDEN = object()


def h(hours, seconds=0):
    return START + timedelta(hours=hours, seconds=seconds)


def terms(*, final=None, quantity=1000, baseline=20, window_s=86_400):
    return Terms(quantity, baseline, h(DEADLINE_H), None if final is None else h(final), window_s)


def counts(table):
    """{hours: count | None missing | HIDDEN marked so by the source} → counts in time order."""
    return [
        Count(h(at), 1020 if n is HIDDEN else n, n is not HIDDEN)
        for at, n in sorted(table.items(), key=lambda item: item[0])
    ]


def hours(instant):
    return None if instant is None else (instant - START) / timedelta(hours=1)


@pytest.mark.parametrize(
    ("table", "final", "expected"),
    [
        ({}, None, (72, "deadline")),
        ({1: 1019}, None, (72, "deadline")),  # one short
        ({1: 1020}, None, (1, "count")),
        ({1: 1021}, None, (1, "count")),
        ({1: 1020, 2: 1500}, None, (1, "count")),  # the first, not the fullest
        ({1: HIDDEN, 2: 1020}, None, (2, "count")),  # what can't be trusted completes nothing
        ({71: 1020}, None, (71, "count")),
        ({73: 1020}, None, (72, "deadline")),
        ({}, 10, (10, "final")),
        ({9: 1020}, 10, (9, "count")),
        ({11: 1020}, 10, (10, "final")),
        ({1: 500}, 71, (71, "final")),
        ({1: 500}, 73, (72, "deadline")),
        # Ties: the same instant by two roads is one instant; what was counted says most.
        ({10: 1020}, 10, (10, "count")),
        ({72: 1020}, None, (72, "count")),
        ({}, 72, (72, "final")),
        ({72: 1020}, 72, (72, "count")),
    ],
)
def test_completion_is_whichever_comes_first(table, final, expected):
    agreed = terms(final=final)
    at, by = completion(agreed, read_counts(counts(table), baseline=20))
    assert (hours(at), by) == expected


@pytest.mark.parametrize(
    ("table", "final", "delivered", "seen_h"),
    [
        ({5: 1020}, None, 1000, 5),
        ({5: 1320}, None, 1000, 5),  # more than ordered is no larger base
        ({4: 620, 9: 820}, 5, 600, 4),  # the newest at or before, though the later is nearer
        ({5: 620, 9: 820}, 5, 600, 5),  # exactly at completion
        ({9: 820, 10: 920}, 5, 800, 9),  # else the first after it
        ({}, 5, None, None),  # none at all
        ({4: 620, 9: 820}, None, 800, 9),  # by the deadline
        ({4: 20}, None, 0, 4),  # counted, and nothing came
        ({3: 620, 4: None}, 5, None, 4),  # the deciding look is missing
        ({3: 620, 4: HIDDEN}, 5, None, 4),
        ({3: 620, 4: 19}, 5, None, 4),  # below the baseline
        ({9: HIDDEN, 10: 920}, 5, None, 9),
    ],
)
def test_delivered_is_the_newest_count_at_completion_else_the_first_after(table, final, delivered, seen_h):
    rolled = roll_up(terms(final=final), counts(table))
    assert (rolled.delivered, hours(rolled.delivered_seen_at)) == (delivered, seen_h)


@pytest.mark.parametrize(
    ("second", "present"), [(-1, 900), (0, 900), (1, 1000)], ids=["+23:59:59", "+24:00:00", "+24:00:01"]
)
def test_the_window_is_closed_at_24_hours(second, present):
    late = Count(h(5 + 24, second), 920, True)
    rolled = roll_up(terms(), [*counts({5: 1020}), late])
    assert rolled.window.present == present
    assert rolled.newest.present == 900


@pytest.mark.parametrize(
    ("table", "window", "newest"),
    [
        ({5: 1020}, (5, 1000), (5, 1000)),
        ({5: 1020, 20: 900, 29: 870, 40: 950}, (29, 850), (40, 930)),
        ({5: 1020, 20: 900, 40: HIDDEN}, (20, 880), (40, None)),
        (
            {5: 1020, 20: HIDDEN, 40: 900},
            (20, None),
            (40, 880),
        ),  # the deciding look, even where older ones are good
        (
            {100: 820},
            None,
            (100, 800),
        ),  # nothing was counted in the window of a line that the deadline completed
        ({}, None, None),
    ],
)
def test_window_and_newest(table, window, newest):
    rolled = roll_up(terms(), counts(table))
    shown = [None if s is None else (hours(s.at), s.present) for s in (rolled.window, rolled.newest)]
    assert shown == [window, newest]


@pytest.mark.parametrize(
    ("baseline", "table", "present"),
    [
        (0, {1: 0, 2: 5}, [0, 5]),  # a zero before anything was there is a count
        (0, {1: 5, 2: 0, 3: 0, 4: 6}, [5, None, None, 6]),  # a removal, as long as it lasts
        (0, {1: None, 2: 0}, [None, 0]),
        (0, {1: HIDDEN, 2: 0}, [None, 0]),
        (20, {1: 20, 2: 19, 3: 0, 4: 21}, [0, None, None, 1]),
        (20, {1: None, 2: HIDDEN, 3: 30}, [None, None, 10]),
    ],
)
def test_what_may_be_believed(baseline, table, present):
    assert [s.present for s in read_counts(counts(table), baseline=baseline)] == present


def test_any_order_of_arrival_is_the_same_line():
    looks = counts({1: 520, 3: 1020, 4: 900, 30: 800})
    results = {repr(roll_up(terms(), sorted(some, key=lambda c: c.at))) for some in permutations(looks)}
    assert len(results) == 1


def test_frozen_completion_and_delivered_stay_while_window_and_newest_move():
    frozen = Frozen(h(10), "count", 1000, h(10))
    rolled = roll_up(terms(), counts({8: 1020, 10: 1020, 33: 950, 40: 940}), frozen=frozen)
    assert (rolled.completed_at, rolled.completed_by, rolled.delivered) == (h(10), "count", 1000)
    # 33 is within 24 h of the frozen completion, not of the one at 8.
    assert (hours(rolled.window.at), hours(rolled.newest.at)) == (33, 40)


@pytest.mark.parametrize(
    ("table", "final", "contradicted"),
    [
        ({10: 1020}, None, False),
        ({10: 1020, 11: 300}, None, False),  # later counts are what claims are about
        ({9: 1020, 10: 1020}, None, True),  # completed earlier
        ({9: 900, 10: 1020}, None, False),
        ({10: 1020}, 9, True),
        ({10: 1020}, 11, False),
        ({9: 700, 10: 1020}, 9, True),
    ],
)
def test_what_contradicts_the_first_decision(table, final, contradicted):
    frozen = Frozen(h(10), "count", 1000, h(10))
    assert contradicts(frozen, terms(final=final), counts(table)) is contradicted


def test_another_delivered_count_at_the_same_completion_contradicts():
    frozen = Frozen(h(10), "final", 600, h(9))
    assert contradicts(frozen, terms(final=10), counts({9: 620})) is False
    assert contradicts(frozen, terms(final=10), counts({9: 620, 10: 640})) is True
