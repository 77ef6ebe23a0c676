"""Requests at once: one line fed by two, a decision beside an ingest, one order pushed twice."""

import threading

import pytest
from django.db import OperationalError, connection, connections, transaction

from compensation.services import deciding, intake
from orders.models import Order, Rollup, Supplier
from orders.services import rollups
from orders.services.deliveries import take_deliveries
from orders.services.observations import take_observations
from tests.orders.conftest import LATER, at, new_order, z

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]
PATIENCE_S = 20


def together(*calls):
    """Each call in a thread and a connection of its own, started at once; what they answered, by position."""
    gate, answers = threading.Barrier(len(calls)), {}

    def run(position, call):
        try:
            gate.wait(PATIENCE_S)
            answers[position] = call()
        except BaseException as error:
            answers[position] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_S)
    assert not any(thread.is_alive() for thread in threads)
    return [answers[position] for position in range(len(calls))]


def rows(order_no, counts):
    return [{"order_no": order_no, "observed_at": z(at(h)), "count": n} for h, n in counts]


def test_two_requests_for_one_line_end_with_the_right_rollup(sell, rollup):
    for turn in range(5):
        number = f"A-{turn}"
        sell(number)
        halves = [(h, 1020 - h) for h in range(0, 40, 2)], [(h, 1020 - h) for h in range(1, 40, 2)]
        both = [*halves[0], *halves[1]]
        feeds = [rows(number, half) for half in (*halves, both)]
        reports = together(*[lambda feed=feed: take_observations(raw_rows=feed, now=LATER) for feed in feeds])
        assert sum(r.accepted for r in reports) == 40
        assert sum(r.duplicates for r in reports) == 40
        assert rollup(number) == (0, "count", 1000, 976, 961)


def test_two_batches_that_name_lines_in_another_order_both_end(sell):
    numbers = [f"A-{n}" for n in range(40)]
    for number in reversed(numbers):
        sell(number)
    feeds = [
        rows_of
        for hour in range(6)
        for rows_of in [[row for n in numbers[:: (-1) ** hour] for row in rows(n, [(hour, 500)])]]
    ]
    reports = together(*[lambda feed=feed: take_observations(raw_rows=feed, now=LATER) for feed in feeds])
    assert [r.accepted for r in reports] == [40] * 6


def test_batches_beside_each_other_on_shared_targets_wait_in_one_order(sell, all_is_news, monkeypatch):
    """Each batch has lines of its own, and all of them the same neighbours; in small parts, so that an order shows."""
    monkeypatch.setattr(rollups, "AT_ONCE", 2)
    numbers = [f"A-{n}" for n in range(24)]
    for n, number in enumerate(numbers):
        sell(number, target=f"https://w.example/{n % 6}")
    for turn in range(3):
        feeds = [
            rows_of
            for k in range(4)
            for rows_of in [[row for n in numbers[k::4] for row in rows(n, [(turn, 500)])]]
        ]
        watch = [lambda: seen_again(numbers)]
        found = together(
            *[lambda feed=feed: take_observations(raw_rows=feed, now=LATER) for feed in feeds], *watch
        )
        assert [report.accepted for report in found[:4]] == [6] * 4
        assert found[4] is None
    assert all(one.changes >= 6 for one in Rollup.objects.all())  # its own and its neighbours, three times


def seen_again(numbers):
    """As the watch does, the last line first."""
    with transaction.atomic():
        rollups.seen(Rollup.objects.filter(order__order_no__in=numbers).order_by("-pk"))


def test_the_same_order_pushed_at_once_is_stored_once(shop):
    for turn in range(5):
        number = f"A-{turn}"
        results = together(
            *[lambda n=number: intake.take_order(new=new_order(n), now=LATER) for _ in range(4)]
        )
        assert sorted(created for _, created in results) == [False, False, False, True]
    assert Order.objects.count() == Rollup.objects.count() == 5


def test_two_files_with_the_same_orders_in_another_order_both_end(shop):
    for turn in range(3):
        file = [new_order(f"A-{turn}-{n}", buyer_external_id=f"b-{turn}-{n}") for n in range(150)]
        feeds = file, file[::-1], file[75:] + file[:75]
        results = together(*[lambda new=feed: intake.take_orders(new=new, now=LATER)[0] for feed in feeds])
        assert sum(taken.accepted for taken in results) == 150
        assert sum(taken.duplicates for taken in results) == 300
    assert Order.objects.count() == Rollup.objects.count() == 450


@pytest.mark.skipif(
    "connection.vendor == 'sqlite'", reason="SQLite has one writer: the second waits at its first word"
)
def test_a_decision_beside_an_ingest_neither_waits_for_ever_nor_is_overwritten(sell, look, monkeypatch):
    """The ingest holds the line while a decision is made; the other order is what test_observations plays."""
    order = sell()
    look("A-1", {10: 1020, 20: 920})
    with transaction.atomic():  # the line was decided on while it was delivering: its budget is there
        deciding.lock_line(order)
    read, decided = threading.Event(), threading.Event()

    def linger(*given, real=rollups._bring_up_to_date):
        changed = real(*given)
        read.set()
        decided.wait(0.5)  # without the lock it is decided by now, and would be overwritten
        return changed

    monkeypatch.setattr(rollups, "_bring_up_to_date", linger)

    def decide():
        assert read.wait(PATIENCE_S)
        with transaction.atomic():
            line = Order.objects.select_related("product", "rollup").get(pk=order.pk)
            deciding.lock_line(line)
            record, _ = deciding.decide_claim(order=line, reason="drop", quantity=None, now=at(30))
        decided.set()
        return record.sources["completed_at"]

    def ingest():
        return take_observations(raw_rows=rows("A-1", [(9, 1020)]), now=LATER).accepted

    accepted, decided_on = together(ingest, decide)
    assert (accepted, decided_on) == (1, z(at(10)))
    row = Rollup.objects.get(order=order)
    assert (row.completed_at, row.frozen_at) == (at(10), at(30))
    assert row.contradicted_at is not None


@pytest.mark.skipif("connection.vendor == 'sqlite'", reason="SQLite locks the whole file")
def test_whoever_only_points_at_an_order_does_not_wait_for_its_ingest(sell):
    """A decision's rows point at the order at commit; waiting there for an ingest could go round in a circle."""
    order = sell()
    held, done = threading.Event(), threading.Event()

    def ingest():
        with transaction.atomic():
            take_observations(raw_rows=rows("A-1", [(9, 500)]), now=LATER)
            held.set()
            assert done.wait(PATIENCE_S)

    def point():
        try:
            assert held.wait(PATIENCE_S)
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '2s'")
                cursor.execute("SELECT id FROM orders_order WHERE id = %s FOR KEY SHARE", [order.pk])
        except OperationalError as error:
            return str(error)
        finally:
            done.set()
        return "free"

    assert together(ingest, point)[1] == "free"


def test_a_supplier_that_eight_name_at_once_is_made_once(sell):
    for n in range(8):
        sell(f"A-{n}")
    feeds = [
        [
            {"order_no": f"A-{n}", "delivered_at": z(at(h)), "quantity": 1, "supplier": code}
            for h, code in ((1, "nan"), (2, f"bei-{n % 2}"))
        ]
        for n in range(8)
    ]
    reports = together(*[lambda feed=feed: take_deliveries(raw_rows=feed, now=LATER) for feed in feeds])
    assert [report.accepted for report in reports] == [2] * 8
    assert list(Supplier.objects.values_list("code", flat=True)) == ["bei-0", "bei-1", "nan"]
