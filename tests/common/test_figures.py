"""Tables of how figures and moments are written for people."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils.translation import override

from common import figures


@pytest.mark.parametrize(
    ("fen", "written"),
    [
        (0, "¥0.00"),
        (5, "¥0.05"),
        (1250, "¥12.50"),
        (318650, "¥3186.50"),
        (-1, "−¥0.01"),
        (10**12, "¥10000000000.00"),
    ],
)
def test_yuan(fen, written):
    assert figures.yuan(fen) == written


@pytest.mark.parametrize(
    ("number", "written"),
    [
        (0, "零"),
        (7, "柒"),
        (10, "壹拾"),
        (30, "叁拾"),
        (101, "壹佰零壹"),
        (110, "壹佰壹拾"),
        (180, "壹佰捌拾"),
        (1000, "壹仟"),
        (1001, "壹仟零壹"),
        (1010, "壹仟零壹拾"),
        (10_000, "壹万"),
        (10_050, "壹万零伍拾"),
        (100_000, "壹拾万"),
        (200_300, "贰拾万零叁佰"),
        (1_002_000, "壹佰万贰仟"),
        (1_000_200, "壹佰万零贰佰"),
        (100_000_001, "壹亿零壹"),
        (123_456_789_012, "壹仟贰佰叁拾肆亿伍仟陆佰柒拾捌万玖仟零壹拾贰"),
    ],
)
def test_capital(number, written):
    assert figures.capital(number) == written


@pytest.mark.parametrize(
    ("fen", "written"),
    [
        (5000, "伍拾元整"),
        (1250, "壹拾贰元伍角"),
        (1205, "壹拾贰元零伍分"),
        (1, "壹分"),
        (50, "伍角"),
        (0, "零元整"),
        (123456, "壹仟贰佰叁拾肆元伍角陆分"),
    ],
)
def test_capital_yuan(fen, written):
    assert figures.capital_yuan(fen) == written


@pytest.mark.parametrize(
    ("width", "heads"),
    [(4, "千百十个"), (5, "万千百十个"), (9, "亿千百十万千百十个"), (12, "千百十亿千百十万千百十个")],
)
def test_column_heads(width, heads):
    assert figures.column_heads(width) == heads


NOW = datetime(2026, 11, 22, 5, 5, tzinfo=UTC)  # 13:05 in Shanghai


@pytest.mark.parametrize(
    ("at", "written"),
    [
        (datetime(2026, 11, 22, 5, 5, tzinfo=UTC), "今天 13:05"),
        (datetime(2026, 11, 21, 15, 59, tzinfo=UTC), "昨天 23:59"),
        (datetime(2026, 11, 21, 16, 0, tzinfo=UTC), "今天 00:00"),
        (datetime(2026, 11, 22, 16, 0, tzinfo=UTC), "明天 00:00"),
        (datetime(2026, 11, 20, 5, 0, tzinfo=UTC), "11-20 13:00"),
        (datetime(2025, 12, 31, 15, 0, tzinfo=UTC), "2025-12-31 23:00"),
        (datetime(2025, 12, 31, 16, 0, tzinfo=UTC), "01-01 00:00"),
    ],
)
def test_moment(at, written):
    assert figures.moment(at, now=NOW) == written


def test_other_moments():
    assert figures.full_moment(NOW) == "2026-11-22 13:05"
    assert figures.stamp_moment(NOW) == "11-22 13:05"
    assert figures.time_of_day(NOW) == "13:05"
    assert figures.day_moment(NOW) == "22 日 13:05"
    assert figures.machine_moment(NOW) == "2026-11-22T13:05+08:00"
    assert figures.short_moment(NOW, now=NOW) == "13:05"
    assert figures.short_moment(datetime(2026, 11, 20, 5, tzinfo=UTC), now=NOW) == "11-20"


@pytest.mark.parametrize(
    ("order_no", "written"),
    [("LD20261120213308841", "LD2026…8841"), ("A-17", "A-17"), ("ABCDEFGHIJKL", "ABCDEFGHIJKL")],
)
def test_mask_order(order_no, written):
    assert figures.mask_order(order_no) == written


@pytest.mark.parametrize(
    ("write", "english"),
    [
        (lambda: figures.moment(NOW, now=NOW), "today 13:05"),
        (lambda: figures.moment(NOW - timedelta(days=1), now=NOW), "yesterday 13:05"),
        (lambda: figures.moment(NOW + timedelta(days=1), now=NOW), "tomorrow 13:05"),
        (lambda: figures.moment(NOW - timedelta(days=2), now=NOW), "20 Nov 13:05"),
        (lambda: figures.moment(NOW - timedelta(days=365), now=NOW), "22 Nov 2025 13:05"),
        (lambda: figures.full_moment(NOW), "22 Nov 2026 13:05"),
        (lambda: figures.stamp_moment(NOW), "22 Nov 13:05"),
        (lambda: figures.day_moment(NOW), "22 Nov 13:05"),
        (lambda: figures.short_moment(NOW, now=NOW), "13:05"),
        (lambda: figures.short_moment(NOW - timedelta(days=2), now=NOW), "20 Nov"),
        (lambda: figures.yuan(1250), "¥12.50"),
        (lambda: figures.capital(180), ""),
        (lambda: figures.capital_yuan(5000), ""),
        (lambda: figures.column_heads(4), ""),
    ],
)
def test_in_english(write, english):
    with override("en"):
        assert write() == english
