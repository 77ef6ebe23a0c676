"""A card key is shown to whoever bought it, one at a time; the first look is in the record, and counts as used."""

import json
import threading

import pytest
from django.db import transaction
from django.test import Client

from common import clock
from compensation import queries as compensation
from compensation.services import deciding, intake, revealing
from evidence.models import Entry
from orders.models import CardKey
from orders.services.usage import take_usage
from tests.claims.conftest import claim, find, told
from tests.claims.test_replacing import sold, stock
from tests.orders.card_key_case import SECRETS, SPARE, stocked, where_it_stands
from tests.orders.conftest import PRODUCT, z
from tests.orders.test_concurrency import together

pytestmark = pytest.mark.django_db(transaction=True)
API = "/api/v1/orders/K-1/secrets/"


@pytest.fixture
def final(shop):
    """A code that can't be taken back once it is seen."""
    fields = PRODUCT | {
        "title": "充值码",
        "kind": "licence",
        "policy": "licence-standard",
        "revocable": False,
    }
    intake.put_product(sku="final", fields=fields, now=clock.now())


def reveal(unit, order_no="K-1"):
    return revealing.reveal(order=find(order_no), unit=unit, now=clock.now())


def looks():
    rows = Entry.objects.filter(kind="card_key_revealed").order_by("id")
    return [(row.order_no, json.loads(row.body)["data"]) for row in rows]


def facts(**given):
    return compensation.quote(order=find("K-1"), reason="refund", now=clock.now(), **given)


def test_one_at_a_time_over_the_api(shop, client_as):
    sold()
    guest = client_as("guest:K-1")
    listed = guest.get(API)
    assert [(row["unit"], row["state"], row["masked"], row["revealed_at"]) for row in listed.json()] == [
        (n, "delivered", "••••••••", None) for n in (1, 2, 3)
    ]
    assert {name for row in listed.json() for name in row} == {
        "unit",
        "state",
        "masked",
        "delivered_at",
        "revealed_at",
    }
    shown = guest.post(f"{API}2/reveal/")
    assert (shown.status_code, shown.json()["unit"], shown.json()["secret"]) == (200, 2, SECRETS[1])
    assert [one["Cache-Control"] for one in (listed, shown)] == ["no-store"] * 2
    again = guest.post(f"{API}2/reveal/", HTTP_IDEMPOTENCY_KEY="k-1")
    assert again.json() == shown.json()
    assert looks() == [("K-1", {"unit": 2})]
    assert [row["revealed_at"] is None for row in guest.get(API).json()] == [True, False, True]


@pytest.mark.parametrize(
    ("role", "lists", "shows"),
    [("guest:K-1", 200, 200), ("buyer", 200, 200), ("ops", 200, 403), ("shop", 200, 403), ("developer", 404, 403),
     ("panel", 404, 403), ("guest:K-2", 404, 404), ("nobody", 401, 401)],
)  # fmt: skip
def test_who_sees_that_there_are_keys_and_who_sees_what_they_say(shop, client_as, role, lists, shows):
    sold()
    sold("K-2", secrets=SPARE[:1], buyer_external_id="b-2")
    client = client_as(role)
    assert [client.get(API).status_code, client.post(f"{API}1/reveal/").status_code] == [lists, shows]
    assert CardKey.objects.exclude(revealed_at=None).count() == (1 if shows == 200 else 0)


@pytest.mark.parametrize("path", [f"{API}4/reveal/", f"{API}0/reveal/", f"{API}99999999999999999999/reveal/",
                                  "/api/v1/orders/none/secrets/1/reveal/", f"{API}-1/reveal/"])  # fmt: skip
def test_what_is_not_there_is_absent(shop, client_as, path):
    sold()
    assert client_as("guest:K-1").post(path).status_code == 404


def test_a_get_reveals_nothing(shop, client_as):
    sold()
    assert client_as("guest:K-1").get(f"{API}1/reveal/").status_code == 405
    assert looks() == []


def test_neither_the_record_nor_a_stored_answer_nor_a_log_has_the_secret(shop, client_as, caplog):
    sold()
    for unit in (1, 2, 3):
        client_as("guest:K-1").post(f"{API}{unit}/reveal/", HTTP_IDEMPOTENCY_KEY=f"k-{unit}")
    assert len(looks()) == 3
    assert where_it_stands(*SECRETS) == set()
    assert [word for word in SECRETS if word in caplog.text] == []
    assert [word for word in SECRETS if word in repr(reveal(1))] == []


@pytest.mark.parametrize(
    ("seen", "reported", "counts"),
    [(0, None, 0), (2, None, 2), (2, 1, 2), (1, 2, 2), (0, 3, 3)],
)
def test_what_was_looked_at_and_what_the_shop_says_the_larger_counts(final, seen, reported, counts):
    sold(sku="final")
    for unit in range(1, seen + 1):
        reveal(unit)
    if reported is not None:
        row = {"order_no": "K-1", "observed_at": z(clock.now()), "revealed_units": reported}
        assert take_usage(raw_rows=[row], now=clock.now()).accepted == 1
    quote = facts()
    assert quote.facts.revealed_units == counts
    # Cooling-off pays for what is unused: revealed ones of goods that can't be taken back are not.
    cash = [remedy.amount_fen for remedy in quote.decision.remedies]
    assert cash == [{0: 5000, 1: 3333, 2: 1667, 3: None}[counts]] * (counts < 3)


def test_what_is_refunded_can_not_be_looked_at_any_more(final):
    """A unit is used or given back, never both."""
    sold(sku="final")
    reveal(1)
    ticket = claim("K-1", "refund", quantity=1)
    assert told(ticket)[1] == [("refund", "pending", 1667, 0)]
    assert reveal(2).secret == SECRETS[1]
    with pytest.raises(revealing.UnitsGivenBack):
        reveal(3)
    assert reveal(1).secret == SECRETS[0]  # what was seen is seen
    assert looks() == [("K-1", {"unit": 1}), ("K-1", {"unit": 2})]


def test_after_a_refund_of_all_nothing_is_looked_at(shop):
    sold(secrets=SECRETS[:1])
    claim("K-1", "refund")
    assert revealing.shut(order=find("K-1"))
    with pytest.raises(revealing.UnitsGivenBack):
        reveal(1)
    assert looks() == []


def test_of_a_look_and_a_refund_at_once_one_comes_first(final):
    """Whichever: never both the money for a unit and a look at it."""
    for turn in range(4):
        number = f"K-{turn}"
        sold(number, sku="final", secrets=(f"code-{turn}",))
        together(lambda no=number: reveal(1, no), lambda no=number: claim(no, "refund"))
        seen = CardKey.objects.filter(order__order_no=number, revealed_at__isnull=False).exists()
        paid = find(number).remedies.exists()
        assert (seen, paid) in ((True, False), (False, True))


def test_two_looks_at_once_are_one_in_the_record(shop):
    sold()
    answers = together(*[lambda: reveal(1) for _ in range(4)])
    assert {answer.secret for answer in answers} == {SECRETS[0]}
    assert len({answer.revealed_at for answer in answers}) == 1
    assert looks() == [("K-1", {"unit": 1})]


def test_a_look_waits_for_the_decision_on_its_line(shop):
    """Under the line's lock: no look between the facts of a decision and its refund."""
    sold(secrets=SECRETS[:1])
    held, may_end, order = threading.Event(), threading.Event(), []

    def decide():
        with transaction.atomic():
            deciding.lock_line(find("K-1"))
            held.set()
            may_end.wait(5)
            order.append("decided")

    def look():
        held.wait(5)
        threading.Timer(0.3, may_end.set).start()
        reveal(1)
        order.append("seen")

    assert together(decide, look) == [None, None]
    assert order == ["decided", "seen"]


def test_stock_is_nobodys_to_look_at(shop, client_as):
    sold(secrets=SECRETS[:1])
    stocked(*SPARE)
    for client in (client_as("guest:K-1"), client_as("ops"), Client()):
        assert SPARE[0].encode() not in client.get(API).content
    assert stock() == 3
