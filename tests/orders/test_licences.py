"""An order's licences: which are taken, who reads them, and that one id lets in one order's buyer only."""

import pytest
from django.db import IntegrityError, transaction

from orders.models import Licence, Order
from orders.rules.licences import MOST, Unit, choose
from orders.services import licences
from tests.orders.test_api import BODY, push, shown

IDS = ["L-1", "L-2", "L-3"]


def states():
    return list(Licence.objects.order_by("order_id", "unit").values_list("unit", "licence_id", "state"))


def errors(response):
    return [(error["field"], error["code"]) for error in response.json().get("errors", ())]


def test_each_unit_has_its_licence(shop, api):
    listed = [{"unit": n, "licence_id": f"L-{n}", "state": "active"} for n in (1, 2, 3)]
    first = push(api, BODY | {"licence_ids": IDS})
    again = push(api, BODY | {"licence_ids": IDS[::-1]})
    assert (first.status_code, first.json()) == (201, shown(licences=listed))
    assert (again.status_code, again.json()) == (200, shown(licences=listed))
    assert states() == [(n, f"L-{n}", "active") for n in (1, 2, 3)]
    other = push(api, BODY | {"licence_ids": IDS[:2]})
    assert (other.status_code, other.json()["code"]) == (409, "order_conflict")


@pytest.mark.parametrize(
    ("ids", "quantity", "code"),
    [
        (["a", "b"], 1, "too_many"), ([f"n{n}" for n in range(MOST + 1)], 1000, "max_length"), (["a", "a"], 2, "twice"),
        (["a b"], 2, "malformed"), (["../x"], 2, "malformed"), (["授"], 2, "malformed"),
        (["-a"], 1, "malformed"), (["a" * 129], 2, "max_length"),
    ],
)  # fmt: skip
def test_ids_that_can_not_be_kept_are_422(shop, api, ids, quantity, code):
    found = push(api, BODY | {"licence_ids": ids, "quantity": quantity})
    assert (found.status_code, [error for _, error in errors(found)]) == (422, [code])
    assert all(field.startswith("licence_ids") for field, _ in errors(found))
    assert not Order.objects.exists()


def test_a_licence_of_another_order_is_409_and_names_the_field(shop, api):
    push(api, BODY | {"licence_ids": IDS})
    found = push(api, BODY | {"order_no": "A-2", "licence_ids": ["M-1", "L-2"]})
    assert (found.status_code, found.json()["code"], errors(found)) == (
        409, "licence_taken", [("licence_ids", "taken")],
    )  # fmt: skip
    assert "L-2" in found.json()["errors"][0]["detail"]
    assert not Order.objects.filter(order_no="A-2").exists()


def test_a_licence_that_was_revoked_may_be_sold_again(shop, api):
    push(api, BODY | {"licence_ids": ["L-1"]})
    Licence.objects.update(state="revoked")
    assert push(api, BODY | {"order_no": "A-2", "licence_ids": ["L-1"]}).status_code == 201


def test_of_two_live_ones_the_database_keeps_one(sell):
    order = sell("A-1", licence_ids=("L-1",))
    with pytest.raises(IntegrityError), transaction.atomic():
        Licence.objects.create(order=order, unit=2, licence_id="L-1", changed_at=order.created_at)


@pytest.mark.parametrize(
    ("reader", "status", "seen"),
    [("guest:A-1", 200, IDS), ("ops", 200, IDS), ("shop", 200, IDS), ("buyer", 200, IDS), ("guest:A-2", 404, None),
     ("developer", 404, None), ("nobody", 401, None)],
)  # fmt: skip
def test_only_whoever_sees_the_order_sees_its_licences(shop, api, sell, client_as, reader, status, seen):
    sell("A-2", buyer_external_id="b-2")
    push(api, BODY | {"licence_ids": IDS})
    found = client_as(reader).get("/api/v1/orders/A-1/")
    listed = [row["licence_id"] for row in found.json()["licences"]] if seen else None
    assert (found.status_code, listed) == (status, seen)


def test_the_list_of_orders_says_nothing_of_them(shop, api):
    push(api, BODY | {"licence_ids": IDS})
    assert "licences" not in api.get("/api/v1/orders/").json()["results"][0]


def test_units_are_chosen_always_the_same():
    units = [
        Unit(pk=1, unit=1, dead=False, used=True), Unit(pk=2, unit=2, dead=False, used=False),
        Unit(pk=3, unit=3, dead=True, used=True), Unit(pk=4, unit=4, dead=False, used=False),
    ]  # fmt: skip
    assert [one.unit for one in choose(reversed(units), count=4)] == [3, 2, 4, 1]
    assert [one.unit for one in choose(units, count=2)] == [3, 2]


def test_a_refund_takes_all_or_none(sell):
    order = sell("A-1", quantity=3, licence_ids=tuple(IDS))
    key, other = "00000000-0000-0000-0000-000000000001", "00000000-0000-0000-0000-000000000002"
    assert licences.take(order=order, key=key, wanted="suspended", count=2)
    assert not licences.take(order=order, key=other, wanted="revoked", count=2)
    assert licences.take(order=order, key=other, wanted="revoked", count=None)
    assert licences.take(order=order, key=key, wanted="revoked", count=1)
    rows = Licence.objects.order_by("unit").values_list("taken_by", "wanted")
    assert [(str(taken) if taken else None, wanted) for taken, wanted in rows] == [
        (key, "revoked"), (None, "active"), (other, "revoked"),
    ]  # fmt: skip
