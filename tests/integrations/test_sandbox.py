"""The sandbox over real loopback HTTP: both protocols to the letter, and what they refuse."""

import json
import sqlite3
import time
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest

from common.signing import signed_headers
from integrations.vendors.sandbox.plans import PLANS, Step, outcome
from integrations.vendors.sandbox.store import FILE_NAME
from integrations.vendors.sandbox.units import account_id
from tests.sandbox_fixture import (
    FAST,
    NEVER,
    REFUND_SECRET,
    SUPPLIER_SECRET,
    call,
    ended,
    order,
    refund,
    send,
    until,
)


def test_an_order_is_taken_once_and_the_same_again_is_the_same_order(make_sandbox) -> None:
    sandbox = make_sandbox(pace=NEVER)
    status, first = send(sandbox.port, "/orders", order())
    assert (status, first) == (201, {"reference": first["reference"], "state": "accepted"})
    assert send(sandbox.port, "/orders", order()) == (200, first)
    assert send(sandbox.port, "/orders", order(quantity=91))[0] == 409
    assert call(sandbox.port, "GET", "/orders/k-1") == (200, first | {"delivered": 0})
    rows = [(row.method, row.key, row.status, row.effect) for row in sandbox.store.log()]
    assert rows == [
        ("POST", "k-1", 201, "created"),
        ("POST", "k-1", 200, "repeated"),
        ("POST", "k-1", 409, "conflict"),
        ("GET", "k-1", 200, "none"),
    ]


def test_a_refund_is_taken_once_and_the_same_again_is_the_same_refund(make_sandbox) -> None:
    sandbox = make_sandbox(pace=NEVER)
    status, first = send(sandbox.port, "/refunds", refund())
    assert (status, first) == (201, {"reference": first["reference"], "state": "accepted"})
    assert send(sandbox.port, "/refunds", refund()) == (200, first)
    assert send(sandbox.port, "/refunds", refund(amount_fen=1251))[0] == 409
    assert call(sandbox.port, "GET", "/refunds/r-1") == (200, first | {"amount_fen": 1250})


@pytest.mark.parametrize(
    ("target", "quantity", "state", "delivered"),
    [
        ("t", 90, "completed", 90),
        ("t", 1, "completed", 1),
        ("reject", 90, "rejected", 0),
        ("a-partial-1", 90, "partial", 30),
        ("partial", 2, "partial", 1),
        ("partial", 1, "rejected", 0),
    ],
)
def test_an_order_ends_as_its_target_steers(
    sandbox,
    target: str,
    quantity: int,
    state: str,
    delivered: int,
) -> None:
    send(sandbox.port, "/orders", order(target=target, quantity=quantity))
    end = ended(sandbox.port, "/orders/k-1")
    assert (end["state"], end["delivered"]) == (state, delivered)


@pytest.mark.parametrize(
    ("payment", "state"), [("P", "succeeded"), ("P-reject", "failed"), (None, "succeeded")]
)
def test_a_refund_ends_as_its_payment_steers(sandbox, payment: str | None, state: str) -> None:
    send(sandbox.port, "/refunds", refund(payment_reference=payment))
    assert ended(sandbox.port, "/refunds/r-1")["state"] == state


def test_at_the_usual_pace_an_order_takes_a_second_and_a_half_at_most() -> None:
    lasts = {name: sum(step.wait for step in steps) for name, steps in PLANS.items()}
    assert lasts["supplier", ""] == pytest.approx(1.2)
    assert lasts["refund", ""] == pytest.approx(0.7)


def test_delivered_grows_in_thirds_and_never_past_what_was_ordered() -> None:
    steps = PLANS["supplier", ""]
    grown = {n: [outcome(step=step, quantity=n) for step in steps] for n in (1, 2, 100)}
    assert grown == {
        1: [("in_progress", 0), ("in_progress", 0), ("completed", 1)],
        2: [("in_progress", 1), ("in_progress", 1), ("completed", 2)],
        100: [("in_progress", 33), ("in_progress", 66), ("completed", 100)],
    }
    assert outcome(step=Step(0.0, "partial", 1), quantity=1) == ("rejected", 0)


@pytest.mark.parametrize(
    ("target", "pace", "before", "after", "delivered"),
    [
        ("t", NEVER, "accepted", "rejected", 0),
        ("stall", FAST, "in_progress", "partial", 30),
        ("t", FAST, "completed", "completed", 90),
        ("partial", FAST, "partial", "partial", 30),
    ],
)
def test_delete_voids_what_is_undelivered_and_nothing_else(
    make_sandbox,
    target: str,
    pace: float,
    before: str,
    after: str,
    delivered: int,
) -> None:
    port = make_sandbox(pace=pace).port
    reference = send(port, "/orders", order(target=target))[1]["reference"]
    until(lambda: call(port, "GET", "/orders/k-1")[1]["state"] == before)
    expected = (200, {"reference": reference, "state": after, "delivered": delivered})
    assert call(port, "DELETE", "/orders/k-1") == expected
    assert call(port, "DELETE", "/orders/k-1") == expected
    assert call(port, "GET", "/orders/k-1") == expected


def test_units_come_in_pages_of_500_and_are_the_same_every_time(sandbox) -> None:
    send(sandbox.port, "/orders", order(quantity=1201))
    ended(sandbox.port, "/orders/k-1")
    pages = [call(sandbox.port, "GET", f"/orders/k-1/units?after={n}")[1] for n in (0, 500, 1000, 1201)]
    assert [len(page) for page in pages] == [500, 500, 201, 0]
    units = [unit for page in pages for unit in page]
    assert len({unit["account_id"] for unit in units}) == 1201
    assert {len(unit["account_id"]) for unit in units} <= {9, 10}
    assert units[700]["account_id"] == account_id(key="k-1", index=700)
    assert set(units[0]) == {
        "account_id",
        "delivered_at",
        "registered_at",
        "interactions",
        "device_fingerprint",
    }
    assert all(unit["registered_at"] < unit["delivered_at"] for unit in units)
    assert call(sandbox.port, "GET", "/orders/k-1/units?after=500")[1] == pages[1]
    assert call(sandbox.port, "GET", "/orders/k-1/units")[1] == pages[0]


def test_only_what_is_delivered_has_units(make_sandbox) -> None:
    port = make_sandbox().port
    send(port, "/orders", order(target="stall"))
    until(lambda: call(port, "GET", "/orders/k-1")[1]["delivered"] == 30)
    assert len(call(port, "GET", "/orders/k-1/units")[1]) == 30


def test_since_lists_what_changed_since_the_instant(make_sandbox) -> None:
    port = make_sandbox(pace=NEVER).port
    first = send(port, "/orders", order("k-1"))[1]
    paid = send(port, "/refunds", refund())[1]
    between = datetime.now(UTC).isoformat()
    second = send(port, "/orders", order("k-2", quantity=7))[1]
    rows = [{"key": "k-1", **first, "quantity": 90}, {"key": "k-2", **second, "quantity": 7}]
    assert call(port, "GET", "/orders?since=2020-01-01T00:00:00Z") == (200, rows)
    assert call(port, "GET", f"/orders?since={quote(between)}") == (200, rows[1:])
    assert call(port, "GET", f"/orders?since={between}") == (200, rows[1:])
    later = quote((datetime.now(UTC) + timedelta(minutes=1)).isoformat())
    assert call(port, "GET", f"/orders?since={later}") == (200, [])
    assert call(port, "GET", "/refunds?since=2020-01-01T08:00:00%2B08:00") == (
        200,
        [{"key": "r-1", **paid, "amount_fen": 1250}],
    )
    call(port, "DELETE", "/orders/k-1")
    changed = call(port, "GET", f"/orders?since={quote(between)}")[1]
    assert [(row["key"], row["state"]) for row in changed] == [("k-2", "accepted"), ("k-1", "rejected")]


# ---- what is refused ----


MISSING = [
    ("GET", "/", 404),
    ("GET", "/nothing", 404),
    ("GET", "/orders/unknown", 404),
    ("GET", "/orders/unknown/units", 404),
    ("DELETE", "/orders/unknown", 404),
    ("GET", "/orders/k%20/..", 404),
    ("GET", "/refunds/unknown", 404),
    ("GET", "/refunds/unknown/units", 404),
    ("DELETE", "/refunds/unknown", 404),
    ("PUT", "/orders", 404),
    ("GET", "/orders", 400),
    ("GET", "/orders?since=yesterday", 400),
    ("GET", "/orders?since=2026-01-01T00:00:00", 400),
    ("GET", "/orders?since=0001-01-01T00:00:00%2B14:00", 400),
]


def test_paths_keys_and_instants_that_do_not_exist(sandbox) -> None:
    got = [(method, path, call(sandbox.port, method, path)[0]) for method, path, _ in MISSING]
    assert got == MISSING


NO_ORDERS: list[tuple[Any, str | None, int]] = [
    (b"", "k-1", 400),
    (b"{", "k-1", 400),
    (b"[1]", "k-1", 400),
    (b"\xff", "k-1", 400),
    (b"[" * 60_000, "k-1", 400),
    (b'{"key": NaN}', "k-1", 400),
    (order(), None, 400),
    (order(), "k 1", 400),
    (order(), "k-2", 400),
    (order(quantity=0), "k-1", 400),
    (order(quantity=True), "k-1", 400),
    (order(quantity="9"), "k-1", 400),
    (order(quantity=10**13), "k-1", 400),
    (order(target=None), "k-1", 400),
    (order(target="x" * 70_000), "k-1", 413),
]


def test_bodies_that_are_not_an_order_change_nothing(sandbox) -> None:
    answers = [call(sandbox.port, "POST", "/orders", body=body, key=key)[0] for body, key, _ in NO_ORDERS]
    assert answers == [status for _, _, status in NO_ORDERS]
    assert sandbox.store.jobs(channel="supplier") == []


@pytest.mark.parametrize(
    "body",
    [
        order(target="\ud800"),
        order(grade=None),
        order(target="x" * (65_536 - len(json.dumps(order(target=""))))),
    ],
)
def test_odd_orders_that_are_orders(sandbox, body: dict[str, Any]) -> None:
    assert send(sandbox.port, "/orders", body)[0] == 201


def test_unsigned_forged_and_old_requests_change_nothing(sandbox) -> None:
    body = json.dumps(order()).encode()
    old = signed_headers(
        secret=SUPPLIER_SECRET, method="POST", path="/orders", body=body, now_ts=time.time() - 301
    )
    for attempt in (
        {"secret": REFUND_SECRET},
        {"headers": {"X-Signature": ""}},
        {"headers": {"X-Timestamp": str(int(time.time()) + 10)}},
        {"headers": old},
    ):
        assert call(sandbox.port, "POST", "/orders", body=body, key="k-1", **attempt)[0] == 401
    assert call(sandbox.port, "GET", "/nothing", secret="wrong")[0] == 401
    assert sandbox.store.jobs(channel="supplier") == []
    assert {row.effect for row in sandbox.store.log()} == {"refused"}


def test_the_request_log_only_grows(sandbox) -> None:
    send(sandbox.port, "/orders", order())
    with sqlite3.connect(sandbox.data_dir / FILE_NAME) as other:
        for statement in ("DELETE FROM request_log", "UPDATE request_log SET effect = 'none'"):
            with pytest.raises(sqlite3.IntegrityError):
                other.execute(statement)
    other.close()
