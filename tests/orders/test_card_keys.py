"""Card keys with their orders and as stock: kept sealed, a secret live once, a second delivery told and not lost."""

import json
import sqlite3
from pathlib import Path

import pytest
from django.conf import settings
from django.db import IntegrityError, connection, transaction

from accounts.models import IdempotencyKey
from evidence.models import Entry
from ledger.models import Break
from orders import queries
from orders.models import CardKey, Order, Product
from orders.services import card_keys, vault
from tests.orders.card_key_case import SECRETS, SPARE, keys, sold, stocked, where_it_stands
from tests.orders.conftest import LATER
from tests.orders.test_api import BODY, push
from tests.orders.test_concurrency import together
from tests.orders.test_licences import errors

STOCK = "/api/v1/products/licence/stock/"
ORDER = BODY | {"order_no": "K-1", "sku": "licence", "quantity": 3}


def said(*units, order_no="K-1"):
    """What the keys of these units say."""
    rows = CardKey.objects.filter(
        order__order_no=order_no, unit__in=units, state__in=("delivered", "doubled")
    )
    return [vault.unseal(key=row) for row in rows.order_by("unit")]


def facts(kind):
    return [json.loads(row.body)["data"] for row in Entry.objects.filter(kind=kind).order_by("id")]


def test_each_unit_has_its_secret_and_no_answer_tells_it(shop, api):
    first = push(api, ORDER | {"secrets": SECRETS})
    again = push(api, ORDER | {"secrets": SECRETS[::-1]})
    assert (first.status_code, again.status_code, first.json()) == (201, 200, again.json())
    assert "secrets" not in first.json()
    assert keys() == [(1, "delivered"), (2, "delivered"), (3, "delivered")]
    assert said(1, 2, 3) == list(SECRETS)
    assert facts("card_keys") == [{"units": 3}]


@pytest.mark.parametrize("secrets", [SECRETS[:2], (*SECRETS[:2], "another"), (), None])
def test_the_same_order_with_other_secrets_is_409(shop, api, secrets):
    push(api, ORDER | {"secrets": SECRETS})
    other = push(api, ORDER | {"secrets": secrets})
    assert (other.status_code, other.json()["code"]) == (409, "order_conflict")
    assert said(1, 2, 3) == list(SECRETS)


@pytest.mark.parametrize(
    ("secrets", "quantity", "code"),
    [
        (["a", "b"], 1, "too_many"), ([f"n{n}" for n in range(501)], 1000, "max_length"), (["a", "a "], 2, "twice"),
        (["a\0"], 1, "malformed"), (["a", "x" * 1001], 2, "max_length"), ([""], 1, "blank"),
        ([" "], 1, "malformed"),
    ],
)  # fmt: skip
def test_secrets_that_can_not_be_kept_are_422(shop, api, secrets, quantity, code):
    found = push(api, ORDER | {"secrets": secrets, "quantity": quantity})
    assert (found.status_code, [error for _, error in errors(found)]) in (
        (422, [code]),
        (422, ["null_characters_not_allowed"]),
    )
    assert not Order.objects.exists()


def test_no_byte_of_a_secret_is_kept_in_the_clear(shop, api, caplog):
    push(api, ORDER | {"secrets": SECRETS, "query_password": "cha-2026"})
    api.post(STOCK, [{"secret": one} for one in SPARE], format="json", HTTP_IDEMPOTENCY_KEY="k-1")
    push(api, ORDER | {"order_no": "K-2", "secrets": [SECRETS[0]], "quantity": 1})
    api.post("/api/v1/orders/", ORDER | {"secrets": SPARE}, format="json", HTTP_IDEMPOTENCY_KEY="k-2")
    assert IdempotencyKey.objects.count() == 2
    assert CardKey.objects.count() == 7
    assert where_it_stands(*SECRETS, *SPARE) == set()
    assert [word for word in (*SECRETS, *SPARE) if word in caplog.text] == []


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL's files are not ours to read")
@pytest.mark.django_db(transaction=True)
def test_no_byte_of_a_secret_is_in_the_file(shop):
    sold()
    path = connection.settings_dict["NAME"]
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA wal_checkpoint")
    kept = b"".join(Path(f"{path}{tail}").read_bytes() for tail in ("", "-wal"))
    assert b"K-1" in kept
    assert [word for word in SECRETS if word.encode() in kept] == []


def test_the_hash_of_an_order_tells_nothing_without_the_key(shop, settings):
    first = sold().content_hash
    settings.SECRETS_KEY = "another"
    assert vault.digest(secret=SECRETS[0]) != CardKey.objects.get(unit=1).digest
    assert sold("K-2", secrets=("x",)).content_hash != first


def test_a_secret_opens_beside_its_own_digest_and_with_its_own_key_only(shop, settings):
    sold()
    one, other = CardKey.objects.order_by("unit")[:2]
    one.digest = other.digest
    with pytest.raises(vault.SecretShut):
        vault.unseal(key=one)
    assert (vault.unseal(key=other), vault.foreign()) == (SECRETS[1], False)
    settings.SECRETS_KEY = "another"
    assert vault.foreign()
    with pytest.raises(vault.SecretShut):
        vault.unseal(key=other)


def test_the_key_is_made_once_and_lies_outside_the_database(shop):
    kept = json.loads((settings.DATA_DIR / "secrets.json").read_text())
    assert kept["SECRETS_KEY"] == settings.SECRETS_KEY
    assert where_it_stands(settings.SECRETS_KEY) == set()


# ---- a second delivery


def test_a_second_delivery_is_taken_told_and_stays_shut(shop, api):
    push(api, ORDER | {"secrets": SECRETS})
    second = push(api, ORDER | {"order_no": "K-2", "secrets": ["new-one", f" {SECRETS[1]} "], "quantity": 2})
    assert second.status_code == 201
    assert (keys("K-1"), keys("K-2")) == (
        [(1, "delivered"), (2, "delivered"), (3, "delivered")], [(1, "delivered"), (2, "doubled")],
    )  # fmt: skip
    assert said(1, 2, order_no="K-2") == ["new-one", SECRETS[1]]
    rows = list(Break.objects.values_list("kind", "reference", "detail"))
    assert rows == [("secret_twice", "K-2 #2", "订单 K-2 的第 2 份卡密，和订单 K-1 的第 2 份是同一个。")]
    assert (
        push(api, ORDER | {"order_no": "K-2", "secrets": ["new-one", SECRETS[1]], "quantity": 2}).status_code
        == 200
    )
    assert Break.objects.count() == 1


def test_a_third_and_one_that_was_replaced_are_told_too(shop):
    sold()
    sold("K-2", secrets=SECRETS[:1])
    sold("K-3", secrets=SECRETS[:1])
    CardKey.objects.filter(order__order_no="K-1", unit=2).update(state="replaced")
    sold("K-4", secrets=SECRETS[1:2])
    assert [keys(no) for no in ("K-2", "K-3", "K-4")] == [[(1, "doubled")]] * 3
    assert [row.detail for row in Break.objects.order_by("id")] == [
        "订单 K-2 的第 1 份卡密，和订单 K-1 的第 1 份是同一个。",
        "订单 K-3 的第 1 份卡密，和订单 K-1 的第 1 份是同一个。",
        "订单 K-4 的第 1 份卡密，和订单 K-1 的第 2 份是同一个。",
    ]


def test_what_is_in_other_goods_stock_is_a_second_delivery(shop):
    stocked(SPARE[0], sku="likes")
    sold(secrets=SPARE[:1])
    assert keys() == [(1, "doubled")]
    assert Break.objects.get().detail == "订单 K-1 的第 1 份卡密，和另一件商品（likes）库存里的是同一个。"


def test_a_key_from_the_stock_goes_to_its_order(shop):
    stocked(*SPARE)
    sold(secrets=(SPARE[1], "new-one"))
    assert keys() == [(1, "delivered"), (2, "delivered")]
    assert CardKey.objects.count() == 4
    assert queries.stock_of(product=Product.objects.get(sku="licence")) == 2
    assert not Break.objects.exists()


def test_the_database_keeps_one_live_key_of_a_secret_and_one_of_a_unit(shop):
    order = sold()
    digest = vault.digest(secret=SECRETS[0])
    for wrong in (
        {"unit": 9, "state": "delivered", "digest": digest}, {"unit": 1, "state": "delivered", "digest": "other"},
        {"unit": 1, "state": "doubled", "digest": digest}, {"unit": None, "state": "delivered", "digest": "x"},
        {"unit": 7, "state": "lost", "digest": "x"},
    ):  # fmt: skip
        row = CardKey(product=order.product, order=order, sealed=b"x", key_id="k", added_at=LATER, **wrong)
        with pytest.raises(IntegrityError), transaction.atomic():
            row.save()


# ---- stock


def test_stock_is_taken_row_by_row(shop, api):
    sold()
    stocked("of-likes", sku="likes")
    rows = [SPARE[0], SPARE[1], f"{SPARE[0]} ", SECRETS[0], "of-likes", "", 7]
    answer = api.post(STOCK, [{"secret": one} for one in rows] + ["x"], format="json")
    assert answer.status_code == 200
    told = answer.json()
    assert (told["accepted"], told["duplicates"]) == (2, 1)
    assert [(row["index"], row["code"]) for row in told["rejected"]] == [
        (3, "already_delivered"), (4, "in_other_stock"), (5, "malformed"), (6, "malformed"), (7, "malformed"),
    ]  # fmt: skip
    again = api.post(STOCK, [{"secret": one} for one in SPARE[:2]], format="json").json()
    assert again == {"accepted": 0, "duplicates": 2, "rejected": []}
    assert api.get(STOCK).json() == {"stock": 2, "delivered": 3, "doubled": 0, "replaced": 0, "void": 0}
    assert facts("stock_added") == [{"sku": "likes", "added": 1}, {"sku": "licence", "added": 2}]


@pytest.mark.parametrize("name", ["key", "\ud800", "\0", "k" * 99])
def test_a_field_that_there_is_not_is_never_named_since_it_may_be_the_secret(shop, api, name):
    headers = {"HTTP_IDEMPOTENCY_KEY": "0b0c2b0e-2f0a-4d55-9c1d-1d2c3e4f5a6b"}
    body = json.dumps([{name: "a"}])
    answer = api.post(STOCK, body, content_type="application/json", **headers).json()
    assert answer["rejected"] == [
        {"index": 0, "code": "unknown_field", "detail": "这一行有不认识的项，只要 secret。"}
    ]


@pytest.mark.parametrize(
    ("role", "reads", "writes"),
    [("shop", 200, 200), ("ops", 200, 403), ("buyer", 403, 403), ("developer", 403, 403), ("panel", 403, 403),
     ("guest:K-1", 403, 403), ("nobody", 401, 401)],
)  # fmt: skip
def test_who_reads_and_who_fills_the_stock(shop, client_as, role, reads, writes):
    client = client_as(role)
    found = client.get(STOCK), client.post(STOCK, [{"secret": "abc"}], format="json")
    assert [answer.status_code for answer in found] == [reads, writes]


@pytest.mark.parametrize(
    ("body", "path", "status"),
    [({}, STOCK, 400), ([{"secret": "a"}] * 10_001, STOCK, 422), ([], "/api/v1/products/none/stock/", 404),
     ([], "/api/v1/products/%00/stock/", 404), ([], STOCK, 200)],
)  # fmt: skip
def test_what_stock_is_not(shop, api, body, path, status):
    assert api.post(path, body, format="json").status_code == status


def test_ten_thousand_in_one_go(shop, api, django_assert_max_num_queries):
    rows = [{"secret": f"KEY-{n:06d}"} for n in range(10_000)]
    with django_assert_max_num_queries(160):
        assert api.post(STOCK, rows, format="json").json()["accepted"] == 10_000
    assert api.get(STOCK).json()["stock"] == 10_000


@pytest.mark.django_db(transaction=True)
def test_the_same_stock_at_once_is_kept_once(shop):
    answers = together(*[lambda: stocked(*SPARE) for _ in range(4)])
    assert sorted(answer["accepted"] for answer in answers) == [0, 0, 0, 3]
    assert CardKey.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_two_orders_with_one_secret_at_once_are_both_taken(shop):
    numbers = [f"K-{n}" for n in range(1, 5)]
    together(*[lambda no=no: sold(no, secrets=SECRETS[:1]) for no in numbers])
    assert sorted(keys(no)[0][1] for no in numbers) == ["delivered", "doubled", "doubled", "doubled"]
    assert Break.objects.filter(kind="secret_twice").count() == 3


def test_a_reveal_is_written_down_once_and_without_the_secret(shop):
    key = CardKey.objects.select_related("order").get(order=sold(), unit=2)
    with transaction.atomic():
        assert card_keys.reveal(key=key, now=LATER) == SECRETS[1]
        assert card_keys.reveal(key=key, now=LATER) == SECRETS[1]
    assert facts("card_key_revealed") == [{"unit": 2}]
    assert queries.revealed_units(order=key.order) == 1
