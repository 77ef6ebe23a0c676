"""Tutorials: versions that stay, whom they are for, and readers that count once."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from accounts.services import people
from common import clock
from common.refusals import Invalid
from orders import queries
from orders.models import Order, Tutorial, TutorialReading, TutorialVersion
from orders.services import tutorials
from tests.orders.tutorial_case import WORDS, newest, tally, titles, write

pytestmark = pytest.mark.django_db


def test_the_products_own_come_first_then_those_of_its_kind(shop):
    write(sku=None, kind="metered", title="通用")
    write(title="自己的")
    write("licence", title="别的商品的")
    write(title="收回的", state="withdrawn")
    write(title="别的症状", symptom="defect")
    assert titles() == ["自己的", "别的症状", "通用"]
    assert titles(symptom="question") == ["自己的", "通用"]
    assert titles("licence", symptom="question") == ["别的商品的"]


def test_what_is_written_again_is_the_next_version_and_the_first_stays(shop):
    made = write()
    write(tutorial=made, title="改过的")
    made.refresh_from_db()
    rows = TutorialVersion.objects.values_list("number", "title").order_by("number")
    assert (made.newest, list(rows), titles()) == (2, [(1, "怎么看补了没有"), (2, "改过的")], ["改过的"])
    with pytest.raises(IntegrityError), transaction.atomic():
        TutorialVersion.objects.filter(number=1).update(title="换掉")


def test_the_same_words_again_and_a_withdrawal_are_no_version(shop):
    made = write()
    write(tutorial=made, state="withdrawn", symptom="other")
    made.refresh_from_db()
    assert (made.newest, made.state, made.symptom, titles()) == (1, "withdrawn", "other", [])
    write(tutorial=made)
    assert titles() == ["怎么看补了没有"]


@pytest.mark.parametrize(
    ("sku", "kind", "code"), [(None, "", "required"), ("likes", "metered", "choose_one")]
)
def test_it_is_for_a_product_or_for_a_kind(shop, sku, kind, code):
    with pytest.raises(Invalid) as refused:
        write(sku, kind=kind)
    assert [each["code"] for each in refused.value.errors] == [code]


def test_there_are_only_so_many_of_the_same_goods(shop, monkeypatch):
    monkeypatch.setattr("orders.rules.tutorials.MOST", 1)
    made = write()
    with pytest.raises(Invalid) as refused:
        write(title="第二篇")
    assert [each["code"] for each in refused.value.errors] == ["too_many"]
    assert write(tutorial=made, title="改写").newest == 2
    assert write(title="第二篇", state="withdrawn").state == "withdrawn"


def test_a_reader_counts_once_with_the_last_word(sell):
    sell("A-1")
    sell("A-2")
    made = write()
    first, second = Order.objects.order_by("pk")
    for order, said, counted in (
        (first, "", (1, 0, 0)), (first, "", (1, 0, 0)), (first, "helped", (1, 1, 0)), (first, "", (1, 1, 0)),
        (second, "helped", (2, 2, 0)), (second, "helped", (2, 2, 0)), (first, "not_helped", (2, 1, 1)),
    ):  # fmt: skip
        tutorials.record(order=order, versions=[newest(made)], said=said, now=clock.now())
        assert tally(made) == counted
    assert TutorialReading.objects.count() == 2


def test_a_new_version_begins_to_count_anew(sell):
    order, made = sell(), write()
    tutorials.record(order=order, versions=[newest(made)], said="helped", now=clock.now())
    write(tutorial=made, text="换一个办法")
    made.refresh_from_db()
    assert tally(made) == (0, 0, 0)
    tutorials.record(order=order, versions=[newest(made)], said="not_helped", now=clock.now())
    assert tally(made) == (1, 0, 1)


@pytest.mark.parametrize(
    ("no", "number"), [("J-0000000000", 1), ("\0", 1), (None, 2), (None, 0), (None, 2**40)]
)
def test_a_version_that_there_is_not(sell, no, number):
    order, made = sell(), write()
    with pytest.raises(queries.tutorials.TutorialAbsent):
        queries.tutorial_shown(order=order, no=no or made.no, number=number)


def test_another_goods_tutorial_was_not_shown(sell):
    order, made = sell(), write("licence")
    with pytest.raises(queries.tutorials.TutorialAbsent):
        queries.tutorial_shown(order=order, no=made.no, number=1)


@pytest.fixture
def ops(shop):
    client = Client()
    client.force_login(people.ensure_user(username="s-ops", role="ops", is_staff=True))
    return client


LIST = "/admin/orders/tutorial/"


def test_ops_write_one_and_change_it(ops):
    form = WORDS | {"product": "", "kind": "metered"}
    assert ops.post(f"{LIST}add/", form).status_code == 302
    made = Tutorial.objects.get()
    change = ops.post(f"{LIST}{made.pk}/change/", WORDS | {"text": "新的办法"})
    made.refresh_from_db()
    said = (change.status_code, made.newest, made.kind, newest(made).text, newest(made).written_by)
    assert said == (302, 2, "metered", "新的办法", "s-ops")
    assert 'value="怎么看补了没有"' in ops.get(f"{LIST}{made.pk}/change/").content.decode()


def test_what_is_wrong_stands_beside_the_field(ops):
    page = ops.post(f"{LIST}add/", WORDS | {"product": "", "kind": "", "text": ""}).content.decode()
    assert ("请选一件商品，或选一个种类。" in page, Tutorial.objects.count()) == (True, 0)


def test_ops_see_the_share_and_which_to_write_anew(ops):
    made = write()
    row = newest(made).tally
    for helped, not_helped, shown in ((0, 0, "—"), (1, 1, "50%（2 人）"), (9, 11, "45%（20 人），请改写")):
        row.shown, row.helped, row.not_helped = helped + not_helped, helped, not_helped
        row.save()
        assert f">{shown}<" in "".join(ops.get(LIST).content.decode().split("\n"))


def test_nobody_else_on_the_staff_finds_the_page_and_nothing_is_deleted(ops):
    made = write()
    panel = Client()
    panel.force_login(people.ensure_user(username="s-panel", role="panel", is_staff=True))
    assert [panel.get(LIST).status_code, panel.post(f"{LIST}add/", WORDS).status_code] == [403, 403]
    assert ops.post(f"{LIST}{made.pk}/delete/", {"post": "yes"}).status_code == 403


def test_figures_cost_the_same_for_many(ops, django_assert_max_num_queries):
    for number in range(5):
        write(title=f"第 {number} 篇")
    with django_assert_max_num_queries(12):
        ops.get(LIST)


def test_words_are_of_their_time(shop):
    at = clock.now() - timedelta(days=3)
    made = tutorials.write(tutorial=None, product=None, kind="course", fields=dict(WORDS), by="qiao", now=at)
    assert (newest(made).written_at, made.updated_at) == (at, at)
