"""Counts and deliveries on the database: row by row, any order, frozen once something was decided on them."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orders.models import Delivery, Observation, Order, Rollup
from orders.rules.line import Count, roll_up
from orders.services import rollups
from orders.services.deliveries import take_deliveries
from orders.services.observations import take_observations
from tests.orders.conftest import LATER, at, z


def seen(order_no, hours, count, **more):
    return {"order_no": order_no, "observed_at": z(at(hours)), "count": count, **more}


def came(order_no, hours, quantity, **more):
    return {"order_no": order_no, "delivered_at": z(at(hours)), "quantity": quantity, **more}


def codes(report):
    body = report.as_data()
    return body["accepted"], body["duplicates"], [(row["index"], row["code"]) for row in body["rejected"]]


def test_the_same_again_is_a_duplicate_another_count_a_conflict(sell):
    sell()
    rows = [seen("A-1", 1, 500), seen("A-1", 2, 600)]
    assert codes(take_observations(raw_rows=rows, now=LATER)) == (2, 0, [])
    again = [
        seen("A-1", 1, 500),
        seen("A-1", 2, 601),
        seen("A-1", 3, 700),
        seen("A-1", 3, 700),
        seen("A-1", 3, 9),
    ]
    assert codes(take_observations(raw_rows=again, now=LATER)) == (1, 2, [(1, "conflict"), (4, "conflict")])
    stored = Observation.objects.order_by("observed_at").values_list("count", flat=True)
    assert list(stored) == [500, 600, 700]


@pytest.mark.parametrize(
    "change",
    [{"count": 501}, {"comments": 1}, {"shares": 1}, {"measurable": False}],
    ids=lambda c: next(iter(c)),
)
def test_each_figure_makes_another_count(sell, change):
    sell()
    take_observations(raw_rows=[seen("A-1", 1, 500)], now=LATER)
    report = take_observations(raw_rows=[seen("A-1", 1, 500) | change], now=LATER)
    assert codes(report) == (0, 0, [(0, "conflict")])


def test_the_same_instant_in_another_zone_is_the_same_row(sell):
    sell()
    take_observations(raw_rows=[seen("A-1", 1, 500)], now=LATER)
    row = seen("A-1", 1, 500) | {"observed_at": "2025-03-01T13:00:00+08:00"}
    assert codes(take_observations(raw_rows=[row], now=LATER)) == (0, 1, [])


def test_a_bad_row_loses_no_other(sell, rollup):
    sell()
    rows = [
        "no object", seen("A-9", 1, 5), seen("A-1", 4, 1020), {"order_no": "A-1"}, seen("A-1", 5, -1),
        seen("A\0", 1, 5), seen("A-1", 5, "9" * 5000), seen("A-1", 6, 920),
    ]  # fmt: skip
    report = take_observations(raw_rows=rows, now=LATER)
    assert codes(report) == (
        2, 0,
        [(0, "malformed"), (1, "unknown_order"), (3, "required"), (4, "out_of_range"), (5, "malformed"),
         (6, "out_of_range")],
    )  # fmt: skip
    assert rollup() == (4, "count", 1000, 900, 900)


@pytest.mark.django_db
def test_a_batch_of_nothing():
    report = take_observations(raw_rows=[], now=LATER)
    assert report.as_data() == {"accepted": 0, "duplicates": 0, "rejected": []}


@pytest.mark.django_db
def test_what_is_said_of_an_unknown_order():
    assert take_deliveries(raw_rows=[came("A-9", 1, 5)], now=LATER).as_data() == {
        "accepted": 0, "duplicates": 0,
        "rejected": [{"index": 0, "code": "unknown_order", "detail": "没有订单 A-9，请先推送订单。"}],
    }  # fmt: skip


def test_deliveries_answer_alike_and_final_completes(sell, rollup):
    sell()
    units = [{"account_id": "u-1"}]
    rows = [came("A-1", 1, 400, units=units), came("A-1", 2, 200, final=True)]
    assert codes(take_deliveries(raw_rows=rows, now=LATER)) == (2, 0, [])
    assert rollup() == (2, "final", None, None, None)
    again = [
        came("A-1", 1, 400, units=units), came("A-1", 1, 400), came("A-1", 1, 401, units=units),
        came("A-1", 2, 200), came("A-9", 1, 1),
    ]  # fmt: skip
    assert codes(take_deliveries(raw_rows=again, now=LATER)) == (
        0, 1, [(1, "conflict"), (2, "conflict"), (3, "conflict"), (4, "unknown_order")],
    )  # fmt: skip
    assert Delivery.objects.count() == 2


def test_the_first_final_delivery_counts_however_late_it_is_told(sell, hand_over, rollup):
    sell()
    hand_over("A-1", 9, 10, final=True)
    hand_over("A-1", 7, 10, final=True)
    assert rollup()[:2] == (7, "final")


def test_late_rows_count_by_their_own_time(sell, look, rollup):
    sell()
    look("A-1", {10: 1020, 40: 700})
    assert rollup() == (10, "count", 1000, 1000, 680)
    look("A-1", {34: 920})
    assert rollup() == (10, "count", 1000, 900, 680)
    look("A-1", {9: 1020})
    assert rollup() == (9, "count", 1000, 1000, 680)


def figures(order):
    row = Rollup.objects.get(order=order)
    return {name: getattr(row, name) for name in (*rollups.FIELDS, "frozen_at")}


facts = st.lists(
    st.tuples(st.integers(0, 120), st.sampled_from([0, 10, 20, 400, 800, 950, 1019, 1020, 1100, None])),
    min_size=1, max_size=12, unique_by=lambda fact: fact[0],
)  # fmt: skip
finals = st.lists(st.integers(0, 120), max_size=2, unique=True)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(looks=facts, ends=finals, baseline=st.sampled_from([0, 20]), data=st.data())
def test_any_order_and_batching_comes_to_the_rollup_made_from_scratch(
    sell, all_is_news, looks, ends, baseline, data
):
    number = f"H-{Order.objects.count()}"
    order = sell(number, baseline=baseline)
    rows = [seen(number, h, n, measurable=n is not None) for h, n in looks]
    parcels = [came(number, h, 1, final=True) for h in ends]
    shuffled = data.draw(st.permutations(rows + parcels))
    while shuffled:
        size = data.draw(st.integers(1, len(shuffled)))
        batch, shuffled = shuffled[:size], shuffled[size:]
        take_observations(raw_rows=[row for row in batch if "count" in row], now=LATER)
        take_deliveries(raw_rows=[row for row in batch if "quantity" in row], now=LATER)
    stored = figures(order)
    fresh = rollups.first(order)
    fresh.final_at = min((at(h) for h in ends), default=None)
    counted = [Count(at(h), n, n is not None) for h, n in sorted(looks, key=lambda fact: fact[0])]
    rollups.write(
        fresh, roll_up(order.terms(final_at=fresh.final_at), counted), window_s=order.window_seconds
    )
    assert stored == {name: getattr(fresh, name) for name in stored}
    kept = Rollup.objects.get(order=order)
    assert (kept.changes > kept.looked) >= rollups.is_short(fresh.rolled())


def test_the_first_decision_freezes_and_a_contradiction_is_flagged(sell, look, rollup):
    order = sell()
    look("A-1", {10: 1020, 20: 920})
    order.rollup.refresh_from_db()
    rollups.freeze(order=order, now=at(21))
    look("A-1", {22: 900}, now=at(23))
    assert (rollup(), figures(order)["contradicted_at"]) == ((10, "count", 1000, 880, 880), None)
    look("A-1", {9: 1020}, now=at(24))
    assert (rollup(), figures(order)["contradicted_at"]) == ((10, "count", 1000, 880, 880), at(24))
    look("A-1", {8: 1020}, now=at(25))
    assert figures(order)["contradicted_at"] == at(24)  # when it was first seen
    assert figures(order)["frozen_at"] == at(21)


def test_a_late_final_delivery_contradicts_too(sell, look, hand_over, rollup):
    order = sell()
    look("A-1", {10: 620, 20: 1020})
    order.rollup.refresh_from_db()
    rollups.freeze(order=order, now=at(21))
    hand_over("A-1", 12, 600, final=True)
    assert rollup() == (20, "count", 1000, 1000, 1000)
    assert figures(order)["contradicted_at"] == LATER


def test_a_count_from_before_the_completion_that_was_held_on_to_contradicts(sell, look, hand_over, rollup):
    order = sell()
    look("A-1", {10: 620})
    hand_over("A-1", 12, 600, final=True)
    order.rollup.refresh_from_db()
    rollups.freeze(order=order, now=at(13))
    look("A-1", {14: 610})
    assert (rollup(), figures(order)["contradicted_at"]) == ((12, "final", 600, 590, 590), None)
    look("A-1", {15: 600, 11: 640})
    assert (rollup(), figures(order)["contradicted_at"]) == ((12, "final", 600, 580, 580), LATER)
    late = sell("A-2")
    look("A-2", {10: 620})
    hand_over("A-2", 12, 600, final=True)
    late.rollup.refresh_from_db()
    rollups.freeze(order=late, now=at(13))
    look("A-2", {11: 640})
    assert (rollup("A-2"), figures(late)["contradicted_at"]) == ((12, "final", 600, 620, 620), LATER)


def test_nothing_freezes_before_completion(sell, look, rollup):
    order = sell()
    look("A-1", {10: 620})
    order.rollup.refresh_from_db()
    rollups.freeze(order=order, now=at(11))
    assert figures(order)["frozen_at"] is None
    look("A-1", {12: 1020})
    assert rollup()[:3] == (12, "count", 1000)


def test_an_unknown_count_is_not_held_on_to(sell, look, rollup):
    order = sell(baseline=0)
    rollups.freeze(order=order, now=at(100))
    look("A-1", {101: 900})
    assert (rollup()[1:3], figures(order)["frozen_at"]) == (("deadline", 900), None)


def test_a_second_decision_freezes_nothing_anew(sell, look):
    order = sell()
    look("A-1", {10: 1020})
    for hour in (11, 12):
        order.rollup.refresh_from_db()
        rollups.freeze(order=order, now=at(hour))
    assert figures(order)["frozen_at"] == at(11)


def test_a_row_between_reading_and_freezing_changes_no_decision(sell, look, rollup):
    order = sell()
    look("A-1", {10: 1020, 20: 920})
    order.rollup.refresh_from_db()  # what the decision reads
    look("A-1", {9: 1020})  # and what arrives while it is made
    rollups.freeze(order=order, now=at(21))
    assert rollup() == (10, "count", 1000, 900, 900)
    assert (figures(order)["frozen_at"], figures(order)["contradicted_at"]) == (at(21), at(21))
    assert figures(order)["window_ends_at"] == at(34)


@pytest.mark.parametrize("take", [take_observations, take_deliveries])
def test_as_many_queries_for_three_lines_as_for_one(sell, take):
    for number in ("A-1", "A-2", "A-3"):
        sell(number)
    make = seen if take is take_observations else came
    take(raw_rows=[make("A-1", 1, 500)], now=LATER)  # whatever is read once
    asked = []
    for numbers in (["A-1"], ["A-1", "A-2", "A-3"]):
        rows = [make(number, len(numbers) + 1, 500 + i) for i, number in enumerate(numbers)]
        with CaptureQueriesContext(connection) as queries:
            assert take(raw_rows=rows, now=LATER).accepted == len(numbers)
        asked.append(len(queries))
    assert asked[0] == asked[1] <= 10


def test_ten_thousand_rows_take_few_queries(sell, django_assert_max_num_queries):
    for number in range(100):
        sell(f"A-{number}")
    rows = [seen(f"A-{i % 100}", i // 100, 500 + i // 100) for i in range(10_000)]
    with django_assert_max_num_queries(12):
        assert take_observations(raw_rows=rows, now=LATER + timedelta(days=9)).accepted == 10_000
