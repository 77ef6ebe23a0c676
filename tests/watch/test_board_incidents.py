"""Incidents on the board: a chart by the day, the same figures beside it, and those that wait, then the newest."""

from datetime import timedelta

import pytest

from common import clock
from compensation.services import intake
from orders.models import Product, Supplier
from tests.orders.conftest import PRODUCT
from tests.watch.test_board import cells, drawn, heads, page
from watch.models import Incident

pytestmark = pytest.mark.django_db


def happened(lines, *, days_ago=0, hours_ago=0, state="released", **whose):
    at = clock.now() - timedelta(days=days_ago, hours=hours_ago)
    return Incident.objects.create(lines=lines, opened_at=at, state=state, **whose)


def goods(n):
    for i in range(n):
        intake.put_product(sku=f"p-{i}", fields=PRODUCT | {"title": f"商品{i}"}, now=clock.now())
    return list(Product.objects.filter(sku__startswith="p-").order_by("sku"))


@pytest.fixture
def likes(shop):
    return Product.objects.get(sku="likes")


def test_lines_held_by_day_and_subject(likes, by_day):
    source = Supplier.objects.create(code="nan", title="南方供货", named_at=clock.now())
    happened(300, days_ago=2, product=likes)
    happened(220, days_ago=2, product=likes, about="effect")
    happened(900, hours_ago=13, supplier=source, state="open")  # eleven in the evening of the day before
    happened(5000, days_ago=30, product=likes)
    html = page().content.decode()
    assert "30 天里 3 起，一共压过 1420 单。1 起等人看。" in html
    assert heads(html, "incidents") == ["始于", "南方供货", "说说点赞"]
    assert cells(html, "incidents") == [["11-23", "900", "0"], ["11-22", "0", "520"]]
    chart = drawn(html, "incidents")
    assert (chart["kind"], len(chart["x"]), chart["x"][-1]) == ("stack", 30, "11-24")
    assert chart["series"] == [
        {"name": "南方供货", "data": [900 if day == 28 else 0 for day in range(30)]},
        {"name": "说说点赞", "data": [520 if day == 27 else 0 for day in range(30)]},
    ]
    assert [row[1:4] for row in cells(html, "newest")] == [
        ["供货商 南方供货", "一起掉", "900"],  # waits
        ["说说点赞", "一起掉", "5000"],
        ["说说点赞", "一起缺互动", "220"],
        ["说说点赞", "一起掉", "300"],
    ]


def test_more_than_eight_are_in_the_sum_and_under_one_name(likes, by_day):
    for n, one in enumerate(goods(10)):
        happened(300 - n, days_ago=1, product=one)
    html = page().content.decode()
    assert "30 天里 10 起，一共压过 2955 单。</p>" in html
    assert heads(html, "incidents") == ["始于", *(f"商品{n}" for n in range(8)), "其余的"]
    assert cells(html, "incidents") == [["11-23", *(str(300 - n) for n in range(8)), "583"]]


def test_what_waits_is_listed_first_however_many_came_after_it(likes, by_day):
    happened(250, days_ago=40, product=likes, state="open")
    for n, one in enumerate(goods(9)):
        happened(300 + n, days_ago=1, product=one)
    rows = [row[1:4] for row in cells(page().content.decode(), "newest")]
    assert rows == [
        ["说说点赞", "一起掉", "250"], *([f"商品{n}", "一起掉", str(300 + n)] for n in range(8, 1, -1)),
    ]  # fmt: skip


def test_what_is_older_is_listed_and_not_drawn(likes, by_day):
    happened(250, days_ago=40, product=likes, state="open")
    html = page().content.decode()
    assert drawn(html, "incidents") is None
    assert "30 天里没有。一件商品、一家供货商的货" in html
    assert [row[1:4] for row in cells(html, "newest")] == [["说说点赞", "一起掉", "250"]]
