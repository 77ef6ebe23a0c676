"""What a line was given before and which keys were looked at: kept with the decision that counts them, and opened."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common import clock
from common.clock import rfc3339
from compensation.models import Remedy
from compensation.services import revealing
from compensation.services.recomputing import recomputed_differently
from orders.models import CardKey
from tests.claims.test_basis_of_people import page_of
from tests.orders import card_key_case
from tests.tickets.case import claim, confirm, count, fallen, order_of, work
from tests.tickets.conftest import client_as, outside, shop

__all__ = ["client_as", "outside", "shop"]
pytestmark = pytest.mark.django_db


def kept(remedy, *, delivered):
    return {
        "id": remedy.pk, "at": rfc3339(remedy.created_at), "key": str(remedy.key), "kind": remedy.kind,
        "amount_fen": remedy.amount_fen, "quantity": remedy.quantity, "delivered": delivered,
    }  # fmt: skip


def test_nothing_given_is_nothing_kept_and_asks_nothing(outside):
    fallen()
    with CaptureQueriesContext(connection) as seen:
        assert "given" not in claim().decision.sources
    assert [one["sql"] for one in seen if '"compensation_remedy"."id" IN' in one["sql"]] == []


@pytest.mark.parametrize(("seconds", "came"), [(0, 0), (240, 180)])
def test_a_second_drop_names_the_top_up_that_it_counts(outside, seconds, came):
    fallen()
    first = claim()
    if seconds:
        work(seconds)
        confirm(first)
    count("A-1", 840, clock.now() + timedelta(seconds=1))
    second = claim(reason="drop" if seconds else "refund", at=clock.now() + timedelta(minutes=1))
    if not seconds:  # a refund counts no top-up
        assert "given" not in second.decision.sources
        return
    remedy = first.decision.remedies.get()
    assert second.decision.facts["granted"] == 180
    assert second.decision.sources["given"] == [kept(remedy, delivered=came)]
    page = page_of(f"/tickets/{second.no}/")
    assert f"180 个，当时到了 {came} 个（第 {remedy.pk} 号）" in page
    assert f'href="/orders/A-1/records/?of={remedy.key}"' in page
    assert str(remedy.key) in page_of(f"/orders/A-1/records/?of={remedy.key}")
    assert list(recomputed_differently()) == []


@pytest.fixture
def bought(shop, settings, tmp_path):
    """Three codes for thirty yuan, an hour ago."""
    settings.DATA_DIR = tmp_path
    now = clock.now()
    card_key_case.sold(
        now=now, paid_at=now - timedelta(hours=1), paid_fen=3000, list_fen=3000, gateway="shop",
        payment_reference="PAY-K",
    )  # fmt: skip


def test_a_refund_names_the_money_that_went_back_before(bought):
    first = claim("K-1", "refund", quantity=1)
    remedy = Remedy.objects.get()
    type(first).objects.filter(pk=first.pk).update(state="resolved")  # out of the second's way
    second = claim("K-1", "refund", quantity=1)
    assert second.decision.facts["refunded_fen"] == 1000
    assert second.decision.sources["given"] == [kept(remedy, delivered=0)]
    page = page_of(f"/tickets/{second.no}/", "K-1")
    assert f"¥10.00（第 {remedy.pk} 号）" in page
    assert 'href="/orders/K-1/records/#refunds"' in page


def test_on_a_closed_line_the_refund_that_closed_it_is_named(bought):
    for quantity in (1, None):
        first = claim("K-1", "refund", quantity=quantity)
        type(first).objects.filter(pk=first.pk).update(state="resolved")  # out of the next one's way
    closing = first.decision.remedies.get()
    second = claim("K-1", "defect")
    assert (second.decision.clause, second.state) == ("closed", "refused")
    assert second.decision.sources["closed_by"] == [kept(closing, delivered=0)]
    page = page_of(f"/tickets/{second.no}/", "K-1")
    assert f"¥20.00（第 {closing.pk} 号）" in page
    assert 'href="/orders/K-1/records/#refunds"' in page
    assert list(recomputed_differently()) == []


def test_keys_that_were_looked_at_are_named_by_their_unit(bought):
    revealing.reveal(order=order_of("K-1"), unit=2, now=clock.now())
    ticket = claim("K-1", "refund")
    row = CardKey.objects.get(unit=2)
    assert ticket.decision.sources["keys"] == [{"id": 2, "at": rfc3339(row.revealed_at)}]
    assert "看过的卡密：第 2 份" in page_of(f"/tickets/{ticket.no}/", "K-1")
