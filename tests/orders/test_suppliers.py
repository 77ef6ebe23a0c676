"""Deliveries that name their supplier and batch: kept, turned away, flagged; whose a line is."""

import re

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.services import people
from orders import queries
from orders.models import DeliveredBatch, Delivery, Order, Supplier
from orders.services import suppliers
from orders.services.deliveries import take_deliveries
from tests.orders.conftest import LATER, at
from tests.orders.test_observations import came, codes


def staff(role):
    client = Client()
    client.force_login(
        people.ensure_user(username=f"s-{role}", role=role, is_staff=True, password="x-2026-x")
    )
    return client


def take(*rows):
    return take_deliveries(raw_rows=rows, now=LATER)


def kept():
    """{hours after payment: (supplier, batch, batches to be found by)}"""
    rows = Delivery.objects.select_related("supplier").order_by("delivered_at")
    return {
        (row.delivered_at - at(0)).total_seconds() / 3600: (
            str(row.supplier or ""), row.batch, list(row.batches.order_by("id").values_list("batch", flat=True))
        )
        for row in rows
    }  # fmt: skip


def test_what_a_row_names_is_kept_and_what_it_leaves_out_is_unknown(sell):
    sell()
    units = [{"batch": " B8 "}, {"batch": 7}, {"batch": "B8"}, {"batch": ["no"]}, {"batch": "x" * 65}, {}]
    report = take(
        came("A-1", 1, 400, supplier=" nan ", batch="B7"), came("A-1", 2, 100, supplier="nan", units=units),
        came("A-1", 3, 100), came("A-1", 4, 100, supplier=None, batch=""), came("A-1", 5, 9, supplier="南方 号池"),
    )  # fmt: skip
    assert codes(report) == (5, 0, [])
    assert kept() == {
        1: ("nan", "B7", ["B7"]), 2: ("nan", "", ["7", "B8"]), 3: ("", "", []), 4: ("", "", []),
        5: ("南方 号池", "", []),
    }  # fmt: skip
    assert list(Supplier.objects.values_list("code", "title", "named_at", "suspended_at")) == [
        ("nan", "nan", LATER, None), ("南方 号池", "南方 号池", LATER, None),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"supplier": 7}, "supplier 要是不超过 64 个字的文字。"),
        ({"supplier": ["nan"]}, "supplier 要是不超过 64 个字的文字。"),
        ({"supplier": "x" * 65}, "supplier 要是不超过 64 个字的文字。"),
        ({"supplier": "a\nb"}, "supplier 里有看不见的字符，请去掉。"),
        ({"supplier": "a\0b"}, "supplier 里有存不下的字符，请去掉。"),
        ({"batch": 7}, "batch 要是不超过 64 个字的文字。"),
        ({"batch": "x" * 65}, "batch 要是不超过 64 个字的文字。"),
        ({"batch": "a\u200bb"}, "batch 里有看不见的字符，请去掉。"),
    ],
)
def test_a_bad_name_is_an_error_of_its_row_alone(sell, more, said):
    sell()
    report = take(came("A-1", 1, 400, **more), came("A-1", 2, 100, supplier="bei"))
    assert report.as_data() == {
        "accepted": 1, "duplicates": 0, "rejected": [{"index": 0, "code": "malformed", "detail": said}],
    }  # fmt: skip
    assert kept() == {2: ("bei", "", [])}


def test_the_same_again_is_a_duplicate_another_supplier_or_batch_a_conflict(sell):
    sell()
    first = came("A-1", 1, 400, supplier="nan", batch="B7")
    assert codes(take(first)) == (1, 0, [])
    again = [
        first, first | {"supplier": "bei"}, first | {"batch": "B8"}, came("A-1", 1, 400),
        came("A-9", 1, 1, supplier="dong"), came("A-1", 2, 1, supplier="xi"), came("A-1", 2, 1, supplier="bei"),
    ]  # fmt: skip
    assert codes(take(*again)) == (
        1, 1, [(1, "conflict"), (2, "conflict"), (3, "conflict"), (4, "unknown_order"), (6, "conflict")],
    )  # fmt: skip
    assert list(Supplier.objects.values_list("code", flat=True)) == ["nan", "xi"]  # of rows that were taken


def test_it_asks_the_same_for_one_and_for_three_and_only_once_more_for_new_names(sell):
    for n in (1, 2, 3):
        sell(f"A-{n}")
    take(came("A-1", 1, 1, supplier="nan", batch="B7"))

    def asked(*rows):
        with CaptureQueriesContext(connection) as seen:
            take(*rows)
        return len(seen)

    one = asked(came("A-1", 2, 1, supplier="nan", batch="B7"))
    assert one == asked(*(came(f"A-{n}", 3, 1, supplier="nan", batch="B7") for n in (1, 2, 3)))


def test_what_comes_while_a_supplier_is_suspended_is_kept_and_flagged(sell):
    sell()
    take(came("A-1", 1, 1, supplier="nan"), came("A-1", 2, 1, supplier="bei"))
    suppliers.suspend(code="nan", now=at(10))
    suppliers.suspend(code="supplier", now=at(10))  # no delivery ever named it
    rows = [
        came("A-1", 9, 1, supplier="nan"),
        came("A-1", 10, 1, supplier="nan"),
        came("A-1", 11, 1, supplier="bei"),
    ]
    assert codes(take(*rows)) == (3, 0, [])
    flagged = list(Delivery.objects.filter(while_suspended=True).values_list("delivered_at", flat=True))
    assert (flagged, queries.came_while_suspended(codes=["nan", "bei"])) == ([at(10)], {"nan": 1})
    suppliers.let_in(code="nan")
    take(came("A-1", 12, 1, supplier="nan"))
    assert Delivery.objects.filter(while_suspended=True).count() == 1
    suppliers.suspend(code="nan", now=at(20))
    assert queries.came_while_suspended(codes=["nan"]) == {}


# of one order: (supplier, quantity) of each delivery → whose it is.
WHOSE = [
    ([], None),
    ([("nan", 5)], "nan"),
    ([("nan", 5), ("nan", 5)], "nan"),
    ([("nan", 5), ("bei", 5)], None),
    ([("nan", 5), ("", 5)], None),
    ([("nan", 5), ("", 0)], "nan"),  # nothing but that it is complete
    ([("nan", 0)], None),
]


def test_a_line_is_whose_every_delivery_is(sell):
    for number, (parcels, _) in enumerate(WHOSE):
        sell(f"A-{number}")
        take(
            *(
                came(f"A-{number}", n, units, supplier=code)
                for n, (code, units) in enumerate(parcels, start=1)
            )
        )
    orders = list(Order.objects.order_by("id"))
    found = queries.suppliers_of(order_ids=[order.pk for order in orders])
    assert [found[order.pk].code if order.pk in found else None for order in orders] == [
        whose for _, whose in WHOSE
    ]


def test_batches_of_units_told_before_are_found_too(sell):
    sell()
    take(
        came("A-1", 1, 2, units=[{"batch": "B7"}, {"batch": "B8"}]),
        came("A-1", 2, 1),
        came("A-1", 3, 1, units=[{}]),
    )
    DeliveredBatch.objects.all().delete()
    module = __import__("orders.migrations.0020_suppliers", fromlist=["find_batches"])
    module.find_batches(MigrationExecutor(connection).loader.project_state().apps, None)
    assert kept() == {1: ("", "", ["B7", "B8"]), 2: ("", "", []), 3: ("", "", [])}


def test_ops_call_a_supplier_as_they_like_and_see_what_came_after_it_was_suspended(sell):
    sell()
    take(came("A-1", 1, 1, supplier="nan"))
    suppliers.suspend(code="nan", now=at(10))
    take(came("A-1", 11, 1, supplier="nan"))
    address, desk = f"/admin/orders/supplier/{Supplier.objects.get().pk}/change/", staff("ops")
    page = desk.get(address).content.decode()
    assert re.findall(r"1 批|2025-03-01 22:00 停用", page) == ["2025-03-01 22:00 停用", "1 批"]
    said = {"title": " 南方号池 ", "code": "other", "suspended_at": ""}
    assert desk.post(address, said).status_code == 302
    assert Supplier.objects.values_list("code", "title", "suspended_at").get() == ("nan", "南方号池", at(10))
    assert "南方号池" in desk.get("/admin/orders/delivery/?while_suspended__exact=1").content.decode()
    for role in ("buyer", "developer", "panel", "shop"):
        other = staff(role)
        assert [other.get(address).status_code, other.post(address, {"title": "x"}).status_code] == [404, 404]
    assert Supplier.objects.get().title == "南方号池"
