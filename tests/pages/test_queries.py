"""A buyer's page asks the database at most twelve times, whether it shows one row or thirty."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from accounts.rules import Guest
from accounts.services import guest_access
from compensation.models import DeliveredUnit, Remedy
from compensation.services import intake
from shop_aftersales.demo import DEFAULTS, LIKES
from tests.pages import stages
from tests.pages.cases import file
from tickets.services import conversation

pytestmark = pytest.mark.django_db
MOST = 12
NOW = stages.NOW


@pytest.fixture
def town(settings, time_machine):
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    cache.clear()
    time_machine.move_to(NOW, tick=False)
    stages.open_shop(now=NOW)
    return stages.Town(outside=None)


def own_orders(town, rows):
    for number in range(rows):
        stages.sell(town, f"own-{number}", now=NOW, buyer_external_id="lin")
    return "/", ""


def products(town, rows):
    for number in range(rows):
        fields = (
            DEFAULTS | LIKES | {"developer": None, "specification": {f"第 {n} 项": "有" for n in range(rows)}}
        )
        intake.put_product(sku=f"likes-{number}", fields=fields, now=NOW)
    return "/products/", ""


def product(town, rows):
    products(town, rows)
    return "/products/likes-0/", ""


def order(town, rows):
    """Its cases, and what each of them gives."""
    stages.sell(town, "one", *stages.fell(850), now=NOW)
    number = town.orders["one"]
    reasons = [
        "drop",
        "fake_units",
        "question",
        "suggestion",
        "other",
        "delay",
        "not_as_described",
        "compatibility",
    ]
    for count in range(rows):
        ticket = file(town, str(count), find(number), at=NOW, reason=reasons[count % 8], text="请看")
        ticket.state = "closed"
        ticket.save(update_fields=["state"])
    return f"/orders/{number}/", number


def ticket(town, rows):
    stages.sell(town, "one", *stages.fell(850), now=NOW)
    number = town.orders["one"]
    made = file(town, "drop", find(number), at=NOW - timedelta(minutes=40))
    for minute in range(rows):
        conversation.say(
            ticket=made, text=f"第 {minute} 句", actor="buyer", name="ma", internal=False,
            now=NOW - timedelta(minutes=35 - minute),
        )  # fmt: skip
    return f"/tickets/{made.no}/", number


def records(town, rows):
    _, number = order(town, rows)
    remedy = Remedy.objects.get()
    Remedy.objects.update(delivered=rows, state="processing")
    DeliveredUnit.objects.bulk_create(
        DeliveredUnit(order=remedy.order, remedy=remedy, n=n + 1, account_id=f"31{n:06d}", delivered_at=NOW)
        for n in range(rows)
    )
    return f"/orders/{number}/records/", number


def find(number):
    return stages.Order.objects.select_related("product", "rollup", "buyer").get(order_no=number)


def asked(path, order_no):
    """How often the page asks, for a signed-in buyer or for the guest of an order."""
    client = Client()
    if order_no:
        session = client.session
        token, _ = guest_access.guest_token(Guest(order_no=order_no), NOW)
        session["opened_orders"] = {order_no: token}
        session.save()
    else:
        client.force_login(
            User.objects.get(username="lin"), backend="accounts.services.log_in.LoopbackDemoBackend"
        )
    client.get(path)  # what is read once and kept is kept
    with CaptureQueriesContext(
        connection,
    ) as queries:
        answer = client.get(path)
    assert answer.status_code == 200
    return [query["sql"] for query in queries.captured_queries]


@pytest.mark.parametrize("page", [own_orders, products, product, order, ticket, records])
@pytest.mark.parametrize("rows", [1, 30])
def test_at_most_twelve_queries(town, page, rows):
    said = asked(*page(town, rows))
    assert len(said) <= MOST, "\n".join(sql[:200] for sql in said)
