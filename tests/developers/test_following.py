"""Figures by the day follow the record: whatever happens, killed anywhere, they are what counting anew gives."""

import itertools
import threading

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from hypothesis.stateful import initialize, rule

from accounts.services import people
from common import clock
from compensation.services import intake
from developers.models import Follower, GoodsDay, GoodsMonth, GoodsNow, MakerDay
from developers.services.figures import following
from evidence import queries as evidence
from evidence.services import sealing
from tests import killing
from tests.developers.conftest import filed
from tests.developers.counted import all_figures, counted, day_figures
from tests.orders.conftest import PAID, PRODUCT, new_order
from tests.tickets.case import claim, close, withdraw, work
from tests.tickets.conftest import outside
from tests.tickets.desk_case import act, unmeasured
from tests.tickets.test_desk_stateful import Desk
from tests.watch.test_races import at_once

__all__ = ["outside"]


def rebuilt():
    following.rebuild()
    counted()
    return all_figures()


class Followed(Desk):
    """All that the desk may do to the cases of a line, followed now and then, of goods that change hands."""

    @initialize()
    def has_makers(self):
        for name in ("yun", "bo"):
            people.ensure_user(username=name, role="developer", password="pass")
        self.numbers = itertools.count()

    @rule()
    def is_followed(self):
        counted()

    @rule(maker=st.sampled_from(["yun", "bo", None]))
    def changes_hands(self, maker):
        intake.put_product(sku="likes", fields=PRODUCT | {"developer": maker}, now=clock.now())

    @rule(asks=st.booleans())
    def is_sold(self, asks):
        with transaction.atomic():
            order_no = f"B-{next(self.numbers)}"
            intake.take_order(new=new_order(order_no, paid_at=clock.now()), now=clock.now())
            if asks:
                claim(order_no, "question")

    def the_books_balance_and_decisions_are_what_their_facts_give(self):
        """Held by TestDesk."""

    def teardown(self):
        try:
            counted()
            assert all_figures() == rebuilt()
        finally:
            super().teardown()


class TestFollowed(Followed.TestCase, TestCase):
    settings = settings(
        max_examples=4 if connection.vendor == "sqlite" else 2, stateful_step_count=15, deadline=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip


@pytest.mark.django_db
def test_what_is_counted(yun, outside):
    filed("A-1", left=700)  # tier C: refund and gift
    filed("A-2")
    filed("A-3", "question")
    filed("A-4", left=1000)
    counted()
    assert day_figures(MakerDay, developer=yun) == day_figures() == {
        "claims": 4, "real": 2, "questions": 1, "orders": 4, "sold": 4000,
    }  # fmt: skip
    assert GoodsNow.objects.values_list("owed_fen", "owed_units", "owed_gifts").get() == (5000, 1180, 1000)
    work()
    counted()
    assert day_figures(GoodsDay, reason="drop") == {
        "claims": 3, "real": 2, "fen": 5000, "units": 1180, "gifts": 1000,
    }  # fmt: skip
    assert day_figures(GoodsMonth)["units"] == 1180
    assert GoodsNow.objects.values_list("owed_fen", "owed_units", "owed_gifts").get() == (0, 0, 0)
    assert Follower.objects.get().seq == evidence.size()


@pytest.mark.django_db
def test_a_withdrawn_one_is_checked_no_more_and_a_found_one_is_real(goods):
    ticket = unmeasured()
    counted()
    assert day_figures(reason="drop") == {"claims": 1, "checking": 1}
    act(ticket, "establish", facts={"proof": "verified"})
    withdraw(ticket) if ticket.state == "waiting_ops" else None
    counted()
    assert day_figures(reason="drop") == {"claims": 1}


@pytest.mark.django_db
def test_goods_take_their_days_along_to_another_developer(yun, bo):
    filed("A-1")
    counted()
    before = day_figures(MakerDay, developer=yun)
    intake.put_product(sku="likes", fields=PRODUCT | {"developer": "bo"}, now=PAID)
    counted()
    assert (day_figures(MakerDay, developer=bo), MakerDay.objects.filter(developer=yun).count()) == (
        before,
        0,
    )
    intake.put_product(sku="likes", fields=PRODUCT | {"developer": None}, now=PAID)
    counted()
    assert MakerDay.objects.count() == 0


@pytest.mark.django_db
def test_killed_before_and_after_every_commit_and_run_again_it_is_the_same(yun, outside, monkeypatch):
    monkeypatch.setattr(following, "WALKED_AT_ONCE", 1)
    filed("A-1", left=700)  # with the line of its gift
    work()
    counted()
    expected = all_figures()

    def anew(axe):
        following.rebuild()
        killing.struck(axe, counted)
        counted()
        return all_figures()

    whole = killing.Axe()
    assert killing.undone(lambda: anew(whole)) == expected
    assert whole.commits == 3
    for axe in killing.each(whole):
        assert killing.undone(lambda axe=axe: anew(axe)) == expected, axe


@pytest.mark.django_db(transaction=True)
def test_workers_beside_each_other_count_everything_once(shop, monkeypatch):
    monkeypatch.setattr(following, "WALKED_AT_ONCE", 1)
    monkeypatch.setattr(following, "BATCH", 5)
    for number in range(4):
        filed(f"A-{number}", "question")

    def step(n):
        return filed(f"B-{n}", "question") if n % 4 == 0 else counted()

    at_once(step)
    counted()
    assert day_figures() == {"claims": 6, "questions": 6, "orders": 6, "sold": 6000}
    assert all_figures() == rebuilt()


@pytest.mark.django_db
def test_orders_of_before_are_walked_once_and_what_happens_meanwhile_is_not_lost(goods, monkeypatch):
    monkeypatch.setattr(following, "WALKED_AT_ONCE", 1)
    filed("A-1")
    ticket = filed("A-2", "question")
    following.step(now=clock.now())  # of a shop that was there before the figures were
    assert Follower.objects.get().walked is not None
    close(ticket)
    filed("A-3")
    counted()
    assert (Follower.objects.get().walked, day_figures()["claims"]) == (None, 3)
    assert all_figures() == rebuilt()


@pytest.mark.django_db
def test_where_nothing_happened_nothing_is_written(goods, django_assert_num_queries):
    filed("A-1")
    counted()
    with django_assert_num_queries(4):
        assert following.step(now=clock.now()) is False


@pytest.mark.django_db
def test_a_second_consumer_hears_of_each_order_that_changed(goods, monkeypatch):
    heard = []
    filed("A-1")
    counted()
    monkeypatch.setattr(following, "HEARERS", (lambda *, order_ids, now: heard.extend(order_ids),))
    ticket = filed("A-2")
    counted()
    assert heard == [ticket.order_id]


@pytest.mark.django_db(transaction=True)
def test_of_eight_followers_who_read_the_same_place_one_counts_and_the_hearer_hears_once(shop, monkeypatch):
    heard, both = [], threading.Barrier(8, timeout=20)
    told = evidence.orders_told_of

    def read_together(**asked):
        rows = told(**asked)
        both.wait()
        return rows

    filed("A-1")
    counted()
    ticket = filed("A-2")
    while sealing.seal_due(now=clock.now()):
        pass
    monkeypatch.setattr(following, "HEARERS", (lambda *, order_ids, now: heard.extend(order_ids),))
    monkeypatch.setattr(evidence, "orders_told_of", read_together)
    took = at_once(lambda n: following.step(now=clock.now()))
    assert (sorted(took), heard) == ([False] * 7 + [True], [ticket.order_id])
    monkeypatch.setattr(evidence, "orders_told_of", told)
    counted()
    assert (heard, day_figures()["claims"]) == ([ticket.order_id], 2)
