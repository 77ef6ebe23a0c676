"""Which rows a decision rests on: kept with it, shown on its page and by the API, found again under their numbers."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.services import people
from common import clock
from common.clock import rfc3339
from compensation.models import DecisionRecord
from compensation.services import intake
from orders.models import Delivery, Observation, Order, UsageReport
from orders.services.deliveries import take_deliveries
from orders.services.observations import take_observations
from orders.services.usage import take_usage
from tests.claims.test_usage import GOODS
from tests.orders.conftest import PRODUCT, client_as, new_order, sell, shop
from tickets.services import claims

__all__ = ["client_as", "sell", "shop"]
pytestmark = pytest.mark.django_db


def claim(order_no, reason, **more):
    order = Order.objects.select_related("product", "buyer", "rollup").get(order_no=order_no)
    return claims.open_claim(
        order=order,
        reason=reason,
        text="",
        quantity=None,
        channel="web",
        actor="b-1",
        now=clock.now(),
        **more,
    )


@pytest.fixture
def fallen(sell):
    """Three counts: one at completion, one of the window, one in between."""
    now = clock.now()
    sell(baseline=20, paid_at=now - timedelta(hours=40))
    rows = [
        {"order_no": "A-1", "observed_at": (now - timedelta(hours=ago)).isoformat(), "count": count}
        for ago, count in ((18, 1020), (9, 900), (1, 870))
    ]
    assert take_observations(raw_rows=rows, now=now).accepted == 3
    return list(Observation.objects.order_by("observed_at"))


def counted(row):
    return {
        "id": row.pk, "at": rfc3339(row.observed_at), "count": row.count, "measurable": row.measurable, "own": True,
    }  # fmt: skip


def test_a_drop_rests_on_the_count_of_completion_and_the_newest(fallen):
    first, _, last = fallen
    assert claim("A-1", "drop").decision.sources["counts"] == [counted(first), counted(last)]


def test_an_answer_rests_on_no_count(fallen):
    sources = claim("A-1", "other").decision.sources
    assert "counts" not in sources


def test_nothing_counted_is_nothing_kept(sell):
    sell(paid_at=clock.now() - timedelta(hours=40))
    assert "counts" not in claim("A-1", "drop").decision.sources


def test_a_count_that_can_not_be_trusted_is_named_too(sell):
    now = clock.now()
    sell(baseline=20, paid_at=now - timedelta(hours=100))
    row = {"order_no": "A-1", "observed_at": (now - timedelta(hours=1)).isoformat(), "measurable": False}
    take_observations(raw_rows=[row], now=now)
    ticket = claim("A-1", "drop")
    only = Observation.objects.get()
    assert ticket.decision.sources["counts"] == [counted(only)]


@pytest.fixture
def course(shop):
    """Twenty lessons handed over in two batches, used as three reports say."""
    now = clock.now()
    intake.put_product(sku="lessons", fields=PRODUCT | {"title": "课"} | GOODS["course"], now=now)
    new = new_order("C-1", sku="lessons", quantity=20, paid_at=now - timedelta(days=3))
    intake.take_order(new=new, now=now)
    handed = [
        {"order_no": "C-1", "delivered_at": (now - timedelta(hours=ago)).isoformat(), "quantity": 10}
        for ago in (60, 50)
    ]
    take_deliveries(raw_rows=handed, now=now)
    said = [
        {"order_no": "C-1", "observed_at": (now - timedelta(hours=ago)).isoformat(), **figure}
        for ago, figure in ((40, {"revealed_units": 1}), (30, {"used_units": 1}), (20, {"used_units": 5}))
    ]
    assert take_usage(raw_rows=said, now=now).accepted == 3


def test_a_refund_rests_on_the_reports_that_say_each_figure(course):
    sources = claim("C-1", "refund").decision.sources
    revealed, _, used = UsageReport.objects.order_by("observed_at")
    assert [row["id"] for row in sources["usage"]] == [revealed.pk, used.pk]
    handed = Delivery.objects.order_by("delivered_at")
    assert sources["deliveries"] == [{"id": row.pk, "at": rfc3339(row.delivered_at)} for row in handed]


@pytest.mark.parametrize("goods", ["counts", "usage"])
def test_it_costs_one_statement_whatever_the_history(request, goods):
    request.getfixturevalue({"counts": "fallen", "usage": "course"}[goods])
    no, reason = {"counts": ("A-1", "drop"), "usage": ("C-1", "refund")}[goods]
    with CaptureQueriesContext(connection) as seen:
        claim(no, reason)
    table = {"counts": "orders_observation", "usage": "orders_usagereport"}[goods]
    asked = [each["sql"] for each in seen if table in each["sql"] and "INSERT" not in each["sql"]]
    assert len([sql for sql in asked if 'observed_at" IN' in sql or "UNION" in sql]) == 1


# ---- shown


@pytest.fixture
def buyer(shop):
    client = Client()

    def signed_in():
        order = Order.objects.select_related("buyer").first()
        client.force_login(people.ensure_user(username="b-one", role="buyer", buyer=order.buyer))
        return client

    return signed_in


def test_the_ticket_names_the_rows_and_leads_to_them(fallen, buyer):
    ticket = claim("A-1", "drop")
    client, last = buyer(), fallen[-1]
    page = client.get(f"/tickets/{ticket.no}/").content.decode()
    assert f"数到 870（第 {last.pk} 号记录）" in page
    href = f"/orders/A-1/counts/?at={rfc3339(last.observed_at).replace(':', '%3A')}#count-{last.pk}"
    assert f'href="{href}"' in page
    with CaptureQueriesContext(connection) as seen:
        counts = client.get(href.split("#")[0]).content.decode()
    assert len(seen) <= 12
    assert [f'id="count-{row.pk}"' in counts for row in fallen] == [True] * 3
    assert "870 − 开始前 20 = 850 个" in counts


def test_the_rows_of_a_refund_are_there_too(course, buyer):
    ticket = claim("C-1", "refund")
    client = buyer()
    page = client.get(f"/tickets/{ticket.no}/").content.decode()
    assert page.count("依据的用量：") == 2
    assert page.count("依据的送达：") == 2
    counts = client.get("/orders/C-1/counts/").content.decode()
    assert (counts.count("usage-"), counts.count('id="delivery-')) == (3, 2)
    assert [each in counts for each in ("看过 1 节", "学了 5 节", "交出 10 节", " 份")] == [
        True,
        True,
        True,
        False,
    ]


def test_many_counts_go_page_by_page(sell, buyer):
    now = clock.now()
    sell(paid_at=now - timedelta(hours=200))
    rows = [
        {"order_no": "A-1", "observed_at": (now - timedelta(hours=ago)).isoformat(), "count": 100}
        for ago in range(1, 121)
    ]
    take_observations(raw_rows=rows, now=now)
    client, seen, address = buyer(), [], "/orders/A-1/counts/"
    while address:
        page = client.get(address).content.decode()
        seen += [line.split('"')[0] for line in page.split('id="count-')[1:]]
        older = page.partition('href="?at=')[2].partition('"')[0]
        address = f"/orders/A-1/counts/?at={older}" if older else ""
    newest_first = Observation.objects.order_by("-observed_at").values_list("pk", flat=True)
    assert seen == [str(pk) for pk in newest_first]


@pytest.mark.parametrize("at", ["", "x", "2026-01-01", "0001-01-01T00:00:00+14:00", "%00"])
def test_an_address_that_says_no_instant(fallen, buyer, at):
    assert buyer().get(f"/orders/A-1/counts/?at={at}").status_code == 200


def test_another_buyers_rows_look_absent(fallen, sell, shop):
    other = sell("B-1", buyer_external_id="b-2")
    client = Client()
    client.force_login(people.ensure_user(username="b-two", role="buyer", buyer=other.buyer))
    assert client.get("/orders/A-1/counts/").status_code == 404
    assert Client().get("/orders/A-1/counts/").status_code == 404


def test_the_api_gives_the_same_numbers(fallen, client_as):
    ticket = claim("A-1", "drop")
    client = client_as("buyer")
    told = client.get(f"/api/v1/tickets/{ticket.no}/").json()["decision"]["sources"]
    kept = DecisionRecord.objects.get().sources
    assert told == kept
    listed = client.get("/api/v1/orders/A-1/observations/").json()["results"]
    assert {row["id"] for row in told["counts"]} <= {row["id"] for row in listed}
