"""A developer writes tutorials of their own goods; another's, and everybody else's pages, are absent."""

import pytest

from accounts.services import people
from orders.models import Tutorial
from tests.developers.test_access import page_as
from tests.orders.tutorial_case import WORDS, newest, write

pytestmark = pytest.mark.django_db
LIST = "/developers/tutorials/"


@pytest.fixture
def made(goods):
    for role in ("ops", "panel", "shop", "buyer"):
        people.ensure_user(username=role, role=role, password="pass")
    return write(by="yun")


# who, the list, a new one, yun's own
TABLE = [
    ("yun", 200, 200, 200), ("bo", 200, 200, 404), ("ops", 404, 404, 404), ("panel", 404, 404, 404),
    ("shop", 404, 404, 404), ("buyer", 404, 404, 404), ("nobody", 302, 302, 302),
]  # fmt: skip


@pytest.mark.parametrize(("name", "all_", "new", "one"), TABLE)
def test_who_reads_and_writes_which(made, name, all_, new, one):
    client, own = page_as(name), f"{LIST}{made.no}/"
    found = [client.get(address).status_code for address in (LIST, f"{LIST}new/", own)]
    assert found == [all_, new, one]
    changed = client.post(own, WORDS | {"title": "换掉"})
    made.refresh_from_db()
    assert (changed.status_code, made.newest) == ((302, 2) if name == "yun" else (one, 1))


def test_a_list_shows_ones_own_with_their_share(made):
    write("stamps", title="别人的", by="bo")
    row = newest(made).tally
    row.shown, row.helped, row.not_helped = 25, 9, 11
    row.save()
    page = page_as("yun").get(LIST).content.decode()
    assert ("怎么看补了没有" in page, "别人的" in page) == (True, False)
    assert ("45%（20 人）" in page, "帮到的不到一半，请改写" in page) == (True, True)


def test_a_new_one_is_for_ones_own_goods_only(made):
    yun = page_as("yun")
    assert yun.post(f"{LIST}new/", WORDS | {"sku": "licence", "title": "装不上"}).status_code == 302
    made = Tutorial.objects.latest("id")
    assert (made.product.sku, made.kind, newest(made).written_by) == ("licence", "", "yun")
    refused = yun.post(f"{LIST}new/", WORDS | {"sku": "stamps", "text": "写过的"})
    page = refused.content.decode()
    assert (refused.status_code, Tutorial.objects.count()) == (422, 2)
    assert ("请选一件商品，或选一个种类。" in page, ">写过的</textarea>" in page) == (True, True)


def test_it_is_withdrawn_and_published_again(made):
    yun, own = page_as("yun"), f"{LIST}{made.no}/"
    for button, state in (("withdraw", "withdrawn"), ("publish", "published")):
        yun.post(own, WORDS | {button: ""})
        made.refresh_from_db()
        assert (made.state, made.newest) == (state, 1)
