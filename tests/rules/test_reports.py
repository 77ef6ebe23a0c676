"""Which month a report is of and when, and how the counts of its lines held: as tables."""

from datetime import UTC, datetime, timedelta

import pytest

from watch.rules import report_figures as figures
from watch.rules import report_months as months
from watch.rules.report_figures import Day, Held, Moved

DONE = datetime(2026, 10, 5, 4, 0, tzinfo=UTC)


def shanghai(*at):
    return datetime(*at, tzinfo=months.SHANGHAI)


@pytest.mark.parametrize(
    ("now", "due", "ended"),
    [
        (shanghai(2026, 11, 1, 0, 0), None, (2026, 10)),
        (shanghai(2026, 11, 1, 1, 59, 59), None, (2026, 10)),
        (shanghai(2026, 11, 1, 2, 0), (2026, 10), (2026, 10)),
        (shanghai(2026, 11, 30, 23, 59), (2026, 10), (2026, 10)),
        (shanghai(2027, 1, 1, 2, 0), (2026, 12), (2026, 12)),
        (datetime(2026, 10, 31, 18, 0, tzinfo=UTC), (2026, 10), (2026, 10)),  # when beat comes
        (datetime(2026, 10, 30, 18, 0, tzinfo=UTC), (2026, 9), (2026, 9)),
    ],
)
def test_the_month_that_is_due(now, due, ended):
    assert (months.due(now), months.ended(now)) == (due, ended)


@pytest.mark.parametrize(
    ("month", "begins", "ends", "followed"),
    [
        ((2026, 10), shanghai(2026, 10, 1), shanghai(2026, 11, 1), ((2026, 9), (2026, 10))),
        ((2026, 12), shanghai(2026, 12, 1), shanghai(2027, 1, 1), ((2026, 11), (2026, 12))),
        ((2026, 1), shanghai(2026, 1, 1), shanghai(2026, 2, 1), ((2025, 12), (2026, 1))),
    ],
)
def test_a_month_is_of_shanghai(month, begins, ends, followed):
    assert (months.begins(month), months.ends(month), months.followed(month)) == (begins, ends, followed)


@pytest.mark.parametrize(
    ("text", "month"),
    [
        ("2026-10", (2026, 10)), ("2026-01", (2026, 1)), ("2026-13", None), ("2026-00", None), ("26-10", None),
        ("2026-1", None), ("", None), ("2026-10-01", None), ("２０２６-10", None), ("0000-10", None),
    ],
)  # fmt: skip
def test_a_month_by_name(text, month):
    assert months.named(text) == month
    assert month is None or months.name_of(month) == text


def seen(*counts):
    """(hours after completion, how many)."""
    return [(DONE + timedelta(hours=hours), present) for hours, present in counts]


@pytest.mark.parametrize(
    ("counts", "days", "lowest", "present"),
    [
        ([(0, 1000)], (1000,), 1000, 1000),
        ([(0, 1000), (24, 970)], (1000, 970), 970, 970),  # exactly a day is the first day's
        ([(0, 1000), (24, 970), (24.01, 950)], (1000, 970, 950), 950, 950),
        ([(0, 1000), (1, 900), (23, 990)], (1000, 990), 900, 990),  # the day's last count stands for it
        ([(0, 1000), (1, 1003)], (1000, 1000), 1000, 1003),  # more than was delivered is no more than all
        ([(0, 1000), (10, 990), (95, 900)], (1000, 990, 990, 990, 900), 900, 900),  # days without a count
        ([(0, 1000), (10, 990), (20, None)], (1000, 990), 990, 990),  # what can't be trusted says nothing
        ([(-5, 300), (2, 980)], (1000, 980), 980, 980),  # before completion it was still on its way
        ([(0, 1000), (24 * 40, 700)], (*[1000] * 31,), 700, 700),
    ],
)
def test_a_line_day_by_day(counts, days, lowest, present):
    line = figures.held(seen(*counts), delivered=1000, completed_at=DONE)
    assert line == Held(1000, days, lowest, present, [at for at, n in seen(*counts) if n is not None][-1])


@pytest.mark.parametrize("counts", [[], [(3, None)], [(-1, 1000)]])
def test_a_line_nobody_counted_since(counts):
    assert figures.held(seen(*counts), delivered=1000, completed_at=DONE) is None


def test_several_lines_day_by_day():
    long, short = Held(1000, (1000, 960, 950), 950, 950, DONE), Held(200, (200, 100), 100, 100, DONE)
    assert figures.together([long, short]) == (
        Day(0, 2, 1200, 1200), Day(1, 2, 1200, 1060), Day(2, 1, 1000, 950),
    )  # fmt: skip
    assert figures.together([]) == ()


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        ([], (0, [])),
        ([Moved(1000, 66, None)], (0, [])),
        (
            [Moved(1000, 66, (5, 100)), Moved(1010, 0, (5, 100))],
            (50 + 51, [(5, 100)]),
        ),  # rounded up line by line
        ([Moved(100, 1, (5, 100)), Moved(100, 1, (3, 100))], (8, [(3, 100), (5, 100)])),
    ],
)
def test_what_is_promised_of_interactions(lines, found):
    assert figures.promised(lines) == found


@pytest.mark.parametrize(
    ("part", "whole", "said"),
    [
        (2922, 3000, "97.4"),
        (1, 1, "100"),
        (2999, 3000, "99.9"),
        (0, 5, "0"),
        (1, 3, "33.3"),
        (133, 2000, "6.6"),
    ],
)
def test_a_share_is_cut_never_rounded_up(part, whole, said):
    assert figures.tenths(part, whole) == said
