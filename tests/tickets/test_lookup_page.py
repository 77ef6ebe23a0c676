"""The page that every buyer starts from: what can be looked up, and what stays after a mistake."""

import pytest
from django.core.cache import cache

from accounts.rules import TRIES_PER_ORDER
from orders.models import Product
from tests.tickets.case import fallen

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh(shop):
    cache.clear()


def kinds(client):
    return [(row.when, row.then) for row in client.get("/").context["kinds"]]


def test_one_line_for_each_kind_of_goods_on_sale(client):
    assert [what for what, _ in kinds(client)] == ["点赞、播放", "卡密、激活码"]
    Product.objects.exclude(sku="licence").delete()
    assert kinds(client) == [("卡密、激活码", "没用过的退多少，用不了怎么办")]
    Product.objects.update(kind="game_item")
    assert kinds(client) == [("游戏道具", "没用过的能不能退")]
    Product.objects.all().delete()
    assert kinds(client) == []


@pytest.mark.parametrize(
    ("password", "tries", "status", "heading"),
    [
        ("", 1, 422, "掉量、失效、没送到，都在这里查"),
        ("wrong", 1, 422, "没有查到这一单"),
        ("wrong", TRIES_PER_ORDER + 1, 429, "先歇一会儿再查"),
    ],
    ids=["no password", "wrong password", "too often"],
)
def test_the_number_that_was_typed_stays_and_the_password_never(client, password, tries, status, heading):
    fallen("A-1")
    for _ in range(tries):
        answer = client.post("/", {"order_no": " A-1 ", "query_password": password})
    page = answer.content.decode()
    assert (answer.status_code, answer.context["lookup"].order_no, answer.context["lookup"].heading) == (
        status, "A-1", heading,
    )  # fmt: skip
    assert ('value="A-1"' in page, 'value="wrong"' in page) == (True, False)
