"""Two developers, a thing of each, and claims on it at chosen moments."""

from datetime import timedelta

import pytest

from accounts.models import User
from accounts.services import people
from common import clock
from compensation.services import intake
from evidence.models import Entry
from orders.models import ListedSpecification, Product
from tests import kept
from tests.orders.conftest import PAID, PRODUCT, client_as, shop
from tests.tickets.case import claim, fallen

__all__ = ["client_as", "shop"]


@pytest.fixture
def goods(shop):
    """likes and licence are yun's, stamps are bo's."""
    goods_again()


def goods_again():
    kept.again("goods", _open_goods, User, Product, ListedSpecification, Entry)


def _open_goods():
    for name in ("yun", "bo"):
        people.ensure_user(username=name, role="developer", password="pass")
    for sku, title, owner in (("likes", "说说点赞", "yun"), ("stamps", "邮票赞", "bo")):
        intake.put_product(sku=sku, fields=PRODUCT | {"title": title, "developer": owner}, now=PAID)
    licence = {"title": "激活码", "kind": "licence", "policy": "licence-standard", "developer": "yun"}
    intake.put_product(sku="licence", fields=PRODUCT | licence, now=PAID)


@pytest.fixture
def yun(goods):
    return User.objects.get(username="yun")


@pytest.fixture
def bo(goods):
    return User.objects.get(username="bo")


def filed(number, reason="drop", *, ago=timedelta(0), **changes):
    """A claim so long ago on a line that fell by 15 percent."""
    fallen(number, **changes)
    return claim(number, reason, at=clock.now() - ago)
