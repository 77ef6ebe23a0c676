"""The order page of lines that belong together: others on the same link, and gifts; each in at most twelve queries."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.rules import Guest
from accounts.services import guest_access
from common import clock
from tests.claims.conftest import claim, count, settle_up

pytestmark = pytest.mark.django_db
POST = "https://v.example/one-post"


@pytest.fixture
def opened(settings):
    """opened("A-1")("A-2"): the page of that order in a browser where A-1 was opened, and what it asked."""
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    cache.clear()

    def of(order_no):
        guest_access.set_many(passwords={order_no: "secret-1"})
        browser = Client()
        session = browser.session
        token, _ = guest_access.guest_token(Guest(order_no=order_no), clock.now())
        session["opened_orders"] = {order_no: token}
        session.save()

        def page(no, language="zh-hans"):
            browser.get(f"/orders/{no}/")
            with CaptureQueriesContext(connection) as asked:
                answer = browser.get(f"/orders/{no}/", headers={"Accept-Language": language})
            assert answer.status_code == 200
            assert len(asked) <= 12, [query["sql"][:150] for query in asked]
            return answer.content.decode()

        return page

    return of


def test_others_on_the_same_link_are_said(fell, opened):
    fell("A-1", target=POST, paid_at=clock.now() - timedelta(hours=60))
    fell("A-2", target=POST, baseline=1020)
    count("A-2", 2000, ago=17)
    count("A-1", 1700, ago=1)
    claim("A-1")
    page = opened("A-1")("A-1")
    assert "同一个链接上还有 1 单，一起数；少了的，按各单的数量分。" in page
    other = opened("A-2")("A-2", "en")
    assert "There is 1 more order on the same link." in other


def test_a_line_alone_says_nothing_of_others(fell, opened):
    fell("A-1", 850)
    page = opened("A-1")("A-1")
    assert ("同一个链接上" in page, "赠送" in page) == (False, False)


def test_a_gift_and_its_order_lead_to_each_other(fell, work, opened):
    fell("A-1", 700)
    ticket = claim("A-1")
    work()
    settle_up(ticket)
    browser = opened("A-1")
    order = browser("A-1")
    assert ("这一单赠送的" in order, 'href="/orders/A-1-G1/"' in order) == (True, True)
    gift = browser("A-1-G1")
    assert ("因哪一单赠送" in gift, 'href="/orders/A-1/"' in gift, "¥0.00" in gift) == (True, True, False)
    assert ("质保到" in gift, "现在数不出来" in gift, "还没有数过" in gift) == (False, False, False)
    count("A-1", 1580, ago=-0.01)
    fallen = browser("A-1-G1")
    # One for one: neither tiers nor a refund.
    assert ("120" in fallen, "倍补" in fallen, "全额退款" in fallen) == (True, False, False)
