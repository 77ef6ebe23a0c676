"""Card keys: which secrets can be kept, which two are the same, and for which units a replacement is."""

from datetime import UTC, datetime, timedelta

import pytest

from orders.rules.card_keys import LONGEST, MOST, Unit, choose, faults_of, normal, stock_row
from orders.rules.rows import RowError

T = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("ABCD-1234", " ABCD-1234\n", True), ("ABCD 1234", "ABCD1234", True), ("ＡＢＣＤ－１２３４", "ABCD-1234", True),
        ("ABCD-1234", "abcd-1234", False), ("ABCD-1234", "ABCD1234", False), ("卡号 1", "卡号1", True),
    ],
)  # fmt: skip
def test_what_makes_two_secrets_the_same(one, other, same):
    assert (normal(one) == normal(other)) is same


@pytest.mark.parametrize(
    ("secrets", "quantity", "found"),
    [
        (["a"], 1, []), (["a", "b"], 3, []), (["a", "b"], 1, ["too_many"]),
        ([f"k{n}" for n in range(MOST + 1)], 1000, ["too_many"]), (["a", "b", " a "], 3, ["twice"]),
        (["a", "A"], 2, []), ([""], 1, ["malformed"]), ([" \n"], 1, ["malformed"]), (["a\0"], 1, ["malformed"]),
        (["\ud800"], 1, ["malformed"]), (["x" * LONGEST], 1, []), (["x" * (LONGEST + 1)], 1, ["malformed"]),
        ([7], 1, ["malformed"]),
    ],
)  # fmt: skip
def test_secrets_of_an_order(secrets, quantity, found):
    faults = faults_of(secrets, quantity=quantity)
    assert [(fault["field"], fault["code"]) for fault in faults] == [("secrets", code) for code in found]


def test_a_fault_never_quotes_the_secret():
    said = str(faults_of(["hush-hush", "hush-hush", "x" * 2000], quantity=3))
    assert [word for word in ("hush", "xxx") if word in said] == []


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("abc", "malformed"), (None, "malformed"), ({}, "malformed"), ({"secret": 5}, "malformed"),
        ({"secret": ""}, "malformed"), ({"secret": "a\0"}, "malformed"), ({"secret": "a", "sku": "b"}, "unknown_field"),
        ({"secret": ["a"]}, "malformed"), ({"secret": "x" * (LONGEST + 1)}, "malformed"),
    ],
)  # fmt: skip
def test_rows_of_stock_that_are_turned_away(raw, code):
    with pytest.raises(RowError) as refused:
        stock_row(raw, now=T)
    assert refused.value.code == code


def test_a_row_of_stock():
    assert stock_row({"secret": " ABCD \n"}, now=T) == "ABCD"


def seen(unit, minutes):
    return Unit(unit, revealed_at=T + timedelta(minutes=minutes))


@pytest.mark.parametrize(
    ("units", "ordered", "count", "chosen"),
    [
        # Those said not to work, the newest word first, then the one that nobody can use, then the one looked at last.
        ([Unit(1), Unit(2, doubled=True), seen(3, 0)], 3, 1, [2]),
        ([Unit(1, doubled=True), Unit(2, reported_at=T), Unit(3)], 3, 1, [2]),
        ([Unit(1, reported_at=T), Unit(2), Unit(3, reported_at=T + timedelta(days=1))], 3, 1, [3]),
        ([seen(1, 0), Unit(2, reported_at=T), seen(3, 9)], 3, 1, [2]),
        ([seen(1, 0), Unit(2, reported_at=T), seen(3, 9)], 3, 2, [2, 3]),
        ([seen(1, 5), seen(2, 9), seen(3, 1)], 3, 1, [2]),
        ([seen(1, 5), seen(2, 9), seen(3, 1)], 3, 2, [1, 2]),
        # Then units whose key was never known here, then keys that nobody has looked at.
        ([Unit(1), seen(3, 0)], 3, 2, [2, 3]),
        ([Unit(1), Unit(2)], 3, 2, [1, 3]),
        ([], 2, 1, [1]),
        ([], 2, 2, [1, 2]),
        # Never more units than were bought.
        ([Unit(1)], 1, 2, [1]),
        ([], 1, 2, [1]),
    ],
)  # fmt: skip
def test_the_units_that_a_replacement_is_for(units, ordered, count, chosen):
    assert choose(units, ordered=ordered, count=count) == chosen
    assert choose(units[::-1], ordered=ordered, count=count) == chosen


def test_a_unit_whose_key_a_refund_took_gets_no_new_one():
    assert choose([Unit(1), Unit(2)], ordered=3, count=1, paid_back={3}) == [1]
    assert choose([Unit(1)], ordered=3, count=3, paid_back={3}) == [1, 2]
