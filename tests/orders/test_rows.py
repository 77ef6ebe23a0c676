"""Each row is judged by itself: every code it can be turned away with, and what just passes."""

from datetime import UTC, datetime, timedelta

import pytest

from orders.rules import rows
from orders.rules.order_rows import order_fields
from orders.rules.rows import DeliveryRow, ObservationRow, RowError

NOW = datetime(2025, 3, 1, 4, 0, tzinfo=UTC)
SEEN = {"order_no": "A-1", "observed_at": "2025-03-01T03:00:00Z", "count": 5}
CAME = {"order_no": "A-1", "delivered_at": "2025-03-01T03:00:00Z", "quantity": 5}
BOUGHT = {
    "order_no": "A-1", "sku": "likes", "buyer_external_id": "b-1", "quantity": "1000", "paid_fen": "5000",
    "paid_at": "2025-03-01T03:00:00Z",
}  # fmt: skip
DEEP: list = []
for _ in range(900):
    DEEP = [DEEP]


def code(check, raw, **changes):
    with pytest.raises(RowError) as refused:
        check(raw | changes if isinstance(raw, dict) else raw, now=NOW)
    assert refused.value.detail.endswith("。")
    return refused.value.code


@pytest.mark.parametrize("raw", [None, 5, "A-1", [], [1, 2]])
@pytest.mark.parametrize("check", [rows.observation, rows.delivery])
def test_a_row_is_an_object(check, raw):
    assert code(check, raw) == "malformed"


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("order_no", None, "required"),
        ("order_no", "", "required"),
        ("order_no", 5, "malformed"),
        ("order_no", "A" * 65, "malformed"),
        ("order_no", "A\0", "malformed"),
        ("order_no", "A\ud800", "malformed"),
        ("observed_at", None, "required"),
        ("observed_at", 1_740_798_000, "malformed"),
        ("observed_at", "yesterday", "malformed"),
        ("observed_at", "2025-03-01", "malformed"),
        ("observed_at", "2025-03-01T03:00:00", "malformed"),  # no zone
        ("observed_at", "2025-13-01T03:00:00Z", "malformed"),
        ("observed_at", "2025-03-01T04:05:01Z", "in_future"),
        ("observed_at", "9999-12-31T23:59:59-14:00", "in_future"),
        ("observed_at", "0001-01-01T00:00:00+14:00", "out_of_range"),  # before the first UTC year
        ("count", None, "required"),
        ("count", "", "required"),
        ("count", "many", "malformed"),
        ("count", "5.0", "malformed"),
        ("count", "-", "malformed"),
        ("count", "٥", "malformed"),  # a digit, but not one that a counter writes
        ("count", 5.0, "malformed"),
        ("count", True, "malformed"),
        ("count", [5], "malformed"),
        ("count", -1, "out_of_range"),
        ("count", "-1", "out_of_range"),
        ("count", 10**12 + 1, "out_of_range"),
        ("count", "9" * 5000, "out_of_range"),  # longer than int() reads
        ("comments", -1, "out_of_range"),
        ("shares", "x", "malformed"),
        ("measurable", "maybe", "malformed"),
        ("measurable", 2, "malformed"),
        ("measurable", [], "malformed"),
    ],
)
def test_what_is_wrong_with_a_count(field, value, expected):
    assert code(rows.observation, SEEN, **{field: value}) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, (5, None, None, True)),
        ({"count": "0"}, (0, None, None, True)),
        ({"count": " 007 "}, (7, None, None, True)),
        ({"count": "0" * 30 + "7"}, (7, None, None, True)),
        ({"count": 10**12}, (10**12, None, None, True)),
        ({"comments": 1, "shares": "2", "measurable": "TRUE"}, (5, 1, 2, True)),
        ({"measurable": "1", "comments": ""}, (5, None, None, True)),
        ({"measurable": ""}, (5, None, None, True)),
        ({"measurable": False}, (5, None, None, False)),
        ({"measurable": "0", "count": ""}, (None, None, None, False)),
        ({"measurable": "False", "count": None}, (None, None, None, False)),
    ],
)
def test_what_a_count_is_read_as(changes, expected):
    assert rows.observation(SEEN | changes, now=NOW) == ObservationRow(
        "A-1", NOW - timedelta(hours=1), *expected
    )


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2025-03-01T11:00:00+08:00", NOW - timedelta(hours=1)),
        ("2025-03-01T03:00:00.5Z", NOW - timedelta(hours=1) + timedelta(seconds=0.5)),
        ("2025-03-01T04:05:00Z", NOW + timedelta(minutes=5)),  # clocks may differ by so much
        ("1970-01-01T00:00:00Z", datetime(1970, 1, 1, tzinfo=UTC)),
    ],
)
def test_an_instant_is_kept_in_utc(text, instant):
    read = rows.observation(SEEN | {"observed_at": text}, now=NOW).observed_at
    assert (read, read.tzinfo) == (instant, UTC)


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("order_no", None, "required"),
        ("delivered_at", None, "required"),
        ("delivered_at", "2025-03-01T04:05:01Z", "in_future"),
        ("quantity", None, "required"),
        ("quantity", -1, "out_of_range"),
        ("final", "done", "malformed"),
        ("units", {}, None),  # empty is none
        ("units", "u-1", "malformed"),
        ("units", ["u-1"], "malformed"),
        ("units", {"a": 1}, "malformed"),
        ("units", [{"account_id": "u\0"}], "malformed"),
        ("units", [{"more": [{"a\0": 1}]}], "malformed"),
        ("units", [{"a": "\udfff"}], "malformed"),
        ("units", [{"deep": DEEP}], None),
    ],
)
def test_what_is_wrong_with_a_delivery(field, value, expected):
    if expected is None:
        assert rows.delivery(CAME | {field: value}, now=NOW).units == (value or [])
    else:
        assert code(rows.delivery, CAME, **{field: value}) == expected


def test_what_a_delivery_is_read_as():
    units = [{"account_id": "u-1"}]
    read = rows.delivery(CAME | {"quantity": 0, "final": True, "units": units}, now=NOW)
    assert read == DeliveryRow("A-1", NOW - timedelta(hours=1), 0, True, units)
    assert rows.delivery(CAME, now=NOW) == DeliveryRow("A-1", NOW - timedelta(hours=1), 5, False, [])


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("order_no", "", "required"),
        ("order_no", "A 1", "malformed"),
        ("order_no", "订单", "malformed"),
        ("order_no", "A/1", "malformed"),
        ("sku", "", "required"),
        ("buyer_external_id", "", "required"),
        ("buyer_external_id", "b" * 129, "malformed"),
        ("quantity", "", "required"),
        ("quantity", "0", "out_of_range"),
        ("quantity", "1.5", "malformed"),
        ("paid_fen", "-1", "out_of_range"),
        ("paid_at", "", "required"),
        ("paid_at", "2025-03-02T04:00:00Z", "in_future"),
        ("gateway", "cash", "malformed"),
        ("baseline", "-1", "out_of_range"),
        ("target", "x\0", "malformed"),
        ("target", "x" * 501, "malformed"),
        ("query_password", "x" * 129, "malformed"),
    ],
)
def test_what_is_wrong_with_an_order(field, value, expected):
    assert code(order_fields, BOUGHT, **{field: value}) == expected


def test_an_order_without_payment_columns_is_manual():
    assert order_fields(BOUGHT, now=NOW) == {
        "order_no": "A-1", "sku": "likes", "buyer_external_id": "b-1", "buyer_name": "", "buyer_contact": "",
        "quantity": 1000, "paid_fen": 5000, "list_fen": 5000, "paid_at": NOW - timedelta(hours=1), "target": "",
        "baseline": 0, "query_password": "", "gateway": "manual", "payment_reference": "",
    }  # fmt: skip
