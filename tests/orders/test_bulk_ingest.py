"""Counts by the thousand come to what the same counts one by one come to, whatever was mixed into them."""

import random
from datetime import timedelta

import pytest

from orders.models import Observation, Order, Rollup
from orders.rules import count_rows, rows
from orders.rules.line import Count, roll_up
from orders.rules.rows import RowError
from orders.services import rollups
from orders.services.deliveries import take_deliveries
from orders.services.observations import take_observations
from tests.orders.conftest import LATER, at, z

LINES = 12
COUNTS = [0, 10, 20, 400, 950, 999, 1000, 1019, 1020, 1100, None]


def shop_with(sell, name):
    """Some lines with a counter each, some that share one; some that began at nothing."""
    return [
        sell(f"{name}-{n}", baseline=(0, 20)[n % 2], target=f"https://w.example/{name}{max(0, n - 3)}")
        for n in range(LINES)
    ]


def feed(rng):
    """(line, row) in the order in which they come in: late, repeated, contradicting, hidden, zero, and nonsense."""
    told, seen = [], []
    for hour in range(40):
        for line in rng.sample(range(LINES), 5):
            row = {
                "observed_at": z(at(3 * hour)),
                "count": rng.choice(COUNTS),
                "comments": rng.choice([None, 3]),
            }
            row["measurable"] = row["count"] is not None and rng.random() < 0.95
            seen.append((line, row))
            if rng.random() < 0.1:
                told.append(seen.pop(rng.randrange(len(seen))))  # told now, the rest later
            if rng.random() < 0.1:
                line, row = rng.choice(seen or told)
                told.append(
                    (line, row | rng.choice([{}, {}, {"count": 7}, {"count": -1}, {"observed_at": "?"}]))
                )
        if rng.random() < 0.6:
            told += seen
            seen = []
    return told + seen


def of(name, told):
    return [{"order_no": f"{name}-{line}"} | row for line, row in told]


def answers(reports):
    """What became of all rows, each by its place in the whole."""
    accepted = sum(report.accepted for _, report in reports)
    duplicates = sum(report.duplicates for _, report in reports)
    rejected = [
        (start + r["index"], r["code"]) for start, report in reports for r in report.as_data()["rejected"]
    ]
    return accepted, duplicates, rejected


def stored(name):
    lines = Order.objects.filter(order_no__startswith=f"{name}-").order_by("pk")
    counts = Observation.objects.filter(order__in=lines).order_by("order__pk", "observed_at")
    wanted = ("observed_at", "count", "comments", "shares", "measurable")
    return [list(counts.filter(order=line).values_list(*wanted)) for line in lines]


def rolled(name):
    found = Rollup.objects.filter(order__order_no__startswith=f"{name}-").order_by("pk")
    return list(found.values_list(*rollups.FIELDS, "frozen_at"))


@pytest.mark.parametrize("seed", range(6))
def test_in_bulk_as_one_by_one(sell, all_is_news, seed):
    rng = random.Random(seed)
    many, single, told = shop_with(sell, "M"), shop_with(sell, "S"), feed(rng)
    in_bulk, by_one, start = [], [], 0
    while start < len(told):
        size = rng.choice([1, 7, 60, len(told)])
        if rng.random() < 0.4:  # in between something is handed over, or decided
            line, hour = rng.randrange(LINES), rng.randrange(120)
            for lines in (many, single):
                row = {
                    "order_no": lines[line].order_no,
                    "delivered_at": z(at(hour)),
                    "quantity": 1,
                    "final": True,
                }
                take_deliveries(raw_rows=[row], now=LATER)
                chosen = Order.objects.select_related("rollup").get(pk=lines[(line + 1) % LINES].pk)
                rollups.freeze(order=chosen, now=LATER)
        part = told[start : start + size]
        in_bulk.append((start, take_observations(raw_rows=of("M", part), now=LATER)))
        for offset, row in enumerate(of("S", part)):
            by_one.append((start + offset, take_observations(raw_rows=[row], now=LATER)))
        start += size
    assert answers(in_bulk) == answers(by_one)
    assert stored("M") == stored("S")
    assert rolled("M") == rolled("S")
    for line in Rollup.objects.select_related("order"):
        assert_as_from_scratch(line)


def assert_as_from_scratch(line):
    looks = Observation.objects.filter(order=line.pk).order_by("observed_at")
    counts = [Count(*look) for look in looks.values_list("observed_at", "count", "measurable")]
    truth = roll_up(line.order.terms(final_at=line.final_at), counts, frozen=line.frozen())
    assert line.rolled() == truth
    assert line.changes > line.looked or not rollups.is_short(line.rolled())
    assert line.window_ends_at == truth.completed_at + timedelta(seconds=line.order.window_seconds)


def test_a_feed_in_order_reads_no_history(sell, monkeypatch):
    lines = shop_with(sell, "M")
    for hour in range(1, 4):
        raw = [{"order_no": o.order_no, "observed_at": z(at(hour)), "count": 30 + hour} for o in lines]
        take_observations(raw_rows=raw, now=LATER)
    monkeypatch.setattr(Observation.objects, "filter", None)
    raw = [{"order_no": o.order_no, "observed_at": z(at(9)), "count": 1020} for o in lines]
    assert take_observations(raw_rows=raw, now=LATER).accepted == LINES


USUAL = {"order_no": "A-1", "observed_at": "2025-03-01T03:00:00Z", "count": 5}
ODDITIES = {
    "order_no": ["A-1", "", None, 5, "单-1", "A\0", "A\n1", "x" * 64, "x" * 65, "\ud800"],
    "observed_at": ["2025-03-01T03:00:00Z", "2025-03-01T11:00:00+08:00", "2025-03-01", "", None, "2025-03-01T03:00:00",
                    "1969-12-31T23:59:59Z", "2035-01-01T00:00:00Z", "0001-01-01T00:00:00+23:00", 7,
                    "2025-13-01T03:00:00Z"],
    "count": [5, 0, -1, "5", " 5 ", "-5", "٥", "1" * 13, "1" * 14, 10**12, 10**12 + 1, True, 5.0, "", None, [], "abc"],
    "comments": [None, "", 3, "3", -3, "x", False],
    "shares": [None, "", 3, "3", -3, "x", 10**13],
    "measurable": [None, "", True, False, 1, 0, "true", "TRUE", "false", "yes", [], 1.0],
}  # fmt: skip


def test_the_loop_reads_each_row_as_the_one_row_does():
    rng = random.Random(1)
    raws = [USUAL | {name: value} for name, values in ODDITIES.items() for value in values]
    raws += [{name: rng.choice(values) for name, values in ODDITIES.items()} for _ in range(2000)]
    raws += [None, 5, [], "A-1", {}]
    now = at(24)
    sound, bad = count_rows.read(raws, now=now)
    expected, refused = [], []
    for index, raw in enumerate(raws):
        try:
            row = rows.observation(raw, now=now)
        except RowError as error:
            refused.append((index, error.code, error.detail))
        else:
            figures = (row.count, row.comments, row.shares, row.measurable)
            expected.append((index, row.order_no, row.observed_at, *figures))
    assert [tuple(row) for row in sound] == expected
    assert [(index, error.code, error.detail) for index, error in bad] == refused
    assert len(expected) > 20
