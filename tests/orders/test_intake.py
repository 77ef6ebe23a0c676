"""Orders come in once: idempotent by content, pinned to the policy shown, their buyers known or made."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from django.db import IntegrityError

from accounts.models import Buyer, GuestAccess
from common.refusals import Invalid
from compensation.models import PolicyVersion
from compensation.services import intake
from orders.models import Order, Product, Rollup
from orders.services import intake as lower
from orders.services.intake import OrderConflict
from tests.orders.conftest import LATER, PAID, PRODUCT, at, new_order


def take(*new):
    return intake.take_orders(new=new, now=LATER)


def errors_of(refused):
    return [(error["field"], error["code"]) for error in refused.value.errors]


def test_an_order_pins_the_policy_and_starts_with_a_rollup(sell):
    order = sell()
    shown = PolicyVersion.objects.get(code="metered-standard")
    assert (order.policy_code, order.policy_version, order.policy_hash) == (shown.code, 1, shown.hash)
    assert (order.window_seconds, order.warranty_days, order.deadline_at) == (86_400, 30, at(72))
    first = Rollup.objects.get(order=order)
    assert (first.completed_at, first.completed_by, first.window_ends_at) == (at(72), "deadline", at(96))
    assert (first.delivered, first.newest_present) == (None, None)


def test_a_new_version_of_the_policy_leaves_older_orders_alone(sell):
    old = sell()
    row = PolicyVersion.objects.get(code="metered-standard")
    data = row.data | {"version": 2, "window_seconds": 3600}
    PolicyVersion.objects.create(
        code=row.code, version=2, kind=row.kind, title=row.title, data=data, hash="h2", published_at=PAID
    )
    new = sell("A-2")
    old.refresh_from_db()
    assert [(o.policy_version, o.window_seconds) for o in (old, new)] == [(1, 86_400), (2, 3600)]


def test_a_product_changed_later_changes_no_order(sell):
    order = sell()
    intake.put_product(sku="likes", fields=PRODUCT | {"warranty_days": 7, "delivery_seconds": 60}, now=LATER)
    order.refresh_from_db()
    assert (order.warranty_days, order.deadline_at) == (30, at(72))
    assert sell("A-2").warranty_days == 7


def test_the_same_again_changes_nothing(shop):
    first, created = intake.take_order(new=new_order(query_password="one"), now=PAID)
    again, anew = intake.take_order(new=new_order(query_password="two"), now=LATER)
    assert (created, anew, again.pk, again.created_at) == (True, False, first.pk, PAID)
    assert (Order.objects.count(), GuestAccess.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    "change",
    [
        {"quantity": 999}, {"paid_fen": 4999}, {"list_fen": 6000}, {"paid_at": at(0, 1)}, {"target": "x"},
        {"baseline": 21}, {"gateway": "shop"}, {"payment_reference": "P-1"}, {"deadline_at": at(48)},
        {"starts_at": at(1)}, {"baseline_comments": 1}, {"baseline_shares": 1}, {"buyer_external_id": "b-2"},
        {"buyer_name": "马"}, {"buyer_contact": "x"}, {"sku": "licence"},
    ],
    ids=lambda c: next(iter(c)),
)  # fmt: skip
def test_other_content_under_the_number_is_refused(sell, change):
    sell()
    with pytest.raises(OrderConflict):
        sell(**change)
    stored = Order.objects.get()
    assert (stored.quantity, stored.paid_fen, stored.baseline) == (1000, 5000, 20)
    assert list(Buyer.objects.values_list("external_id", flat=True)) == ["b-1"]


def test_the_same_instant_in_another_zone_is_the_same_order(sell):
    first = sell()
    assert sell(paid_at=PAID.astimezone(timezone(timedelta(hours=8)))).pk == first.pk


def test_an_unknown_sku_is_refused(shop):
    with pytest.raises(Invalid) as refused:
        intake.take_order(new=new_order(sku="nothing"), now=LATER)
    assert errors_of(refused) == [("sku", "unknown_sku")]
    assert not Order.objects.exists()


@pytest.mark.parametrize("field", ["paid_at", "deadline_at", "starts_at"])
@pytest.mark.parametrize("year", [1969, 2200, 9999])
def test_no_window_can_be_counted_from_such_an_instant(sell, field, year):
    with pytest.raises(Invalid) as refused:
        sell(**{field: datetime(year, 12, 31, 23, 59, tzinfo=UTC)})
    assert errors_of(refused) == [(field, "out_of_range")]


@pytest.mark.parametrize(("seconds", "refusals"), [(-1, [("deadline_at", "before_payment")]), (0, [])])
def test_nothing_is_due_before_it_was_bought(sell, seconds, refusals):
    try:
        sell(deadline_at=PAID + timedelta(seconds=seconds))
    except Invalid as refused:
        found = [(error["field"], error["code"]) for error in refused.errors]
    else:
        found = []
    assert (found, Order.objects.count()) == (refusals, 0 if refusals else 1)


def test_a_batch_takes_what_it_can(sell):
    sell("A-1")
    rows = [
        new_order("A-1"), new_order("A-1", quantity=5), new_order("A-2"), new_order("A-2"),
        new_order("A-2", quantity=5), new_order("A-3", sku="nothing"), new_order("A-4"),
    ]  # fmt: skip
    taken, unknown = take(*rows)
    assert (taken.accepted, taken.duplicates) == (2, 2)
    assert ([id(row) for row in taken.conflicts], unknown) == ([id(rows[1]), id(rows[4])], [rows[5]])
    assert sorted(Order.objects.values_list("order_no", "quantity")) == [
        ("A-1", 1000),
        ("A-2", 1000),
        ("A-4", 1000),
    ]
    assert Rollup.objects.count() == 3


def test_a_batch_of_nothing(shop):
    taken, unknown = take()
    assert (taken.accepted, taken.duplicates, taken.conflicts, unknown) == (0, 0, [], [])


def test_somebody_who_stores_the_same_number_meanwhile_makes_it_a_duplicate(shop, monkeypatch):
    """What a race looks like from within: unknown when looked up, there when written."""
    real, calls = lower._take, []

    def raced(lines, now):
        calls.append(now)
        if len(calls) == 1:
            real(lines, now)
            raise IntegrityError
        return real(lines, now)

    monkeypatch.setattr(lower, "_take", raced)
    _, created = intake.take_order(new=new_order(), now=LATER)
    assert (created, len(calls), Order.objects.count()) == (False, 2, 1)


def test_buyers_are_made_once_and_brought_up_to_date(sell):
    sell("A-1", buyer_name="", buyer_contact="")
    sell("A-2", buyer_name="林", buyer_contact="new@shop.example")
    sell("A-3", buyer_name="", buyer_contact="")
    sell("A-4", buyer_external_id="b-2", buyer_name="马", buyer_contact="")
    stored = Buyer.objects.order_by("external_id").values_list("external_id", "name", "contact")
    assert list(stored) == [("b-1", "林", "new@shop.example"), ("b-2", "马", "")]
    assert Order.objects.filter(buyer__external_id="b-1").count() == 3


def test_as_many_queries_for_three_orders_as_for_one(shop, django_assert_num_queries):
    take(new_order("A-0"))
    for numbers in (["A-1"], ["A-2", "A-3", "A-4"]):
        with django_assert_num_queries(15):
            take(*[new_order(number, query_password="one") for number in numbers])


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"policy": "nothing"}, [("policy", "unknown_policy")]),
        ({"policy": "licence-standard"}, [("policy", "policy_of_other_kind")]),
        ({"kind": "subscription", "policy": "subscription-standard"}, [("duration_seconds", "required")]),
        ({"developer": "nobody"}, [("developer", "unknown_developer")]),
        ({"title": "x\0"}, [("title", "malformed")]),
        ({"specification": {"a": ["x\0"]}}, [("specification", "malformed")]),
        ({"specification": {"\ud800": 1}}, [("specification", "malformed")]),
    ],
)
def test_what_is_wrong_with_a_product(shop, changes, expected):
    with pytest.raises(Invalid) as refused:
        intake.put_product(sku="new", fields=PRODUCT | changes, now=LATER)
    assert errors_of(refused) == expected
    assert not Product.objects.filter(sku="new").exists()


@pytest.mark.parametrize("sku", ["x" * 65, "x\0"])
def test_a_sku_that_cannot_be_kept(shop, sku):
    with pytest.raises(Invalid) as refused:
        intake.put_product(sku=sku, fields=dict(PRODUCT), now=LATER)
    assert errors_of(refused) == [("sku", "malformed")]
