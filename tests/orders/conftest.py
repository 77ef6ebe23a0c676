"""A shop with goods under the default policies, orders of a thousand likes, and clients of each role."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.cache import cache
from rest_framework.test import APIClient

from accounts.services import guest_access, people, tokens
from common import clock
from compensation.models import PolicyVersion
from compensation.services import intake, policies
from evidence.models import Entry
from orders.models import ListedSpecification, Order, Product
from orders.services import rollups
from orders.services.deliveries import take_deliveries
from orders.services.intake import NewOrder
from orders.services.observations import take_observations
from tests import kept

PAID = datetime(2025, 3, 1, 4, 0, tzinfo=UTC)
LATER = PAID + timedelta(days=60)
PRODUCT = {
    "title": "说说点赞", "kind": "metered", "policy": "metered-standard", "developer": None, "unit_price_fen": 5,
    "description": "", "specification": {}, "tutorial": "", "warranty_days": 30, "delivery_seconds": 259200,
    "duration_seconds": None, "revocable": True,
}  # fmt: skip


def z(at):
    """The instant as the API writes it."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def at(hours, seconds=0):
    """So long after the usual payment."""
    return PAID + timedelta(hours=hours, seconds=seconds)


@pytest.fixture
def all_is_news(monkeypatch):
    """Counts are taken `LATER` than they were made, and are none the less what the watch is to look at."""
    monkeypatch.setattr(rollups, "NEWS", LATER - PAID)


def new_order(order_no="A-1", **changes):
    usual = {
        "sku": "likes", "buyer_external_id": "b-1", "buyer_name": "林", "buyer_contact": "lin@shop.example",
        "quantity": 1000, "paid_fen": 5000, "list_fen": 5000, "paid_at": PAID, "baseline": 20,
    }  # fmt: skip
    return NewOrder(order_no=order_no, **usual | changes)


@pytest.fixture
def shop(db):
    """The goods that the tests sell: likes and a licence."""
    shop_again()


def shop_again():
    kept.again("shop", _open_shop, PolicyVersion, Product, ListedSpecification, Entry)


def _open_shop():
    policies.load_defaults(now=PAID)
    intake.put_product(sku="likes", fields=dict(PRODUCT), now=PAID)
    licence = PRODUCT | {"title": "激活码", "kind": "licence", "policy": "licence-standard"}
    intake.put_product(sku="licence", fields=licence, now=PAID)


@pytest.fixture
def sell(shop):
    """An order over the real service."""

    def make(order_no="A-1", **changes) -> Order:
        return intake.take_order(new=new_order(order_no, **changes), now=LATER)[0]

    return make


@pytest.fixture
def look():
    """Counts over the real service: look("A-1", {hours: count}); a count of None can't be trusted."""

    def take(order_no, counts, now=LATER):
        rows = [
            {"order_no": order_no, "observed_at": z(at(h)), "count": n, "measurable": n is not None}
            for h, n in counts.items()
        ]
        return take_observations(raw_rows=rows, now=now)

    return take


@pytest.fixture
def hand_over():
    def take(order_no, hours, quantity, final=False):
        row = {"order_no": order_no, "delivered_at": z(at(hours)), "quantity": quantity, "final": final}
        return take_deliveries(raw_rows=[row], now=LATER)

    return take


@pytest.fixture
def rollup():
    """The stored rollup as plain values: (completed in hours, by, delivered, window, newest)."""

    def read(order_no="A-1"):
        row = Order.objects.select_related("rollup").get(order_no=order_no).rollup
        return (
            (row.completed_at - PAID) / timedelta(hours=1), row.completed_by, row.delivered,
            row.window_present, row.newest_present,
        )  # fmt: skip

    return read


@pytest.fixture
def client_as(db, settings):
    """client_as("shop") carries a token of that role; client_as("guest:A-1") of one order's guest."""
    # In memory, so that counted queries are the view's own.
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    cache.clear()

    def make(role):
        client = APIClient()
        if role.startswith("guest:"):
            guest_access.set_many(passwords={role[6:]: "secret"})
            token, _ = guest_access.guest_token(guest_access.Guest(order_no=role[6:]), clock.now())
        elif role == "nobody":
            return client
        else:
            buyer = people.ensure_buyer(external_id="b-1") if role == "buyer" else None
            user = people.ensure_user(username=f"the-{role}", role=role, password="pass", buyer=buyer)
            token, _ = tokens.issue_for(user=user, now=clock.now())
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
        return client

    return make


@pytest.fixture
def api(client_as):
    return client_as("shop")
