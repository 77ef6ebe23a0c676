"""While a maker's credit is low their goods are sold under another policy, which may only raise what the buyer gets."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.services import people
from compensation.services import credit_tiers, intake, policies
from orders.models import KindTiers, MakerStanding, Product
from orders.services import makers
from tests.orders.conftest import LATER, PAID, PRODUCT, new_order
from tests.orders.test_price_tiers import TEN_YUAN, VIP, told, write

pytestmark = pytest.mark.django_db
PLUS = "metered-plus"
LOW_FROM = PAID + timedelta(days=10)
LOW_UNTIL = PAID + timedelta(days=20)
KIND = "/api/v1/kinds/metered/credit-policy/"
BODY = {"title": "说说点赞", "kind": "metered", "policy": "metered-standard", "unit_price_fen": 5}


@pytest.fixture
def yun(shop):
    """likes are hers; better rules for a bad time, which began on the tenth day and ended on the twentieth."""
    yun = people.ensure_user(username="yun", role="developer", password="pass")
    write(PLUS, factor_b=[3, 2], title="加强售后")
    for raised, at in ((True, LOW_FROM), (False, LOW_UNTIL)):
        assert makers.stand(developer=yun, raised=raised, now=at)
    return yun


def put(api, **changes):
    return api.put("/api/v1/products/likes/", BODY | {"developer": "yun"} | changes, format="json")


def goods(**changes):
    return intake.put_product(sku="likes", fields=PRODUCT | {"developer": "yun"} | changes, now=PAID)[0]


# when it was paid → the policy that it pins
PINNED = [
    (LOW_FROM - timedelta(seconds=1), "metered-standard"), (LOW_FROM, PLUS),
    (LOW_UNTIL - timedelta(seconds=1), PLUS), (LOW_UNTIL, "metered-standard"),
]  # fmt: skip


@pytest.mark.parametrize(("at", "code"), PINNED)
def test_an_order_pins_what_held_when_it_was_paid(yun, sell, at, code):
    goods(credit_policy=PLUS)
    assert sell(paid_at=at).policy_code == code


def test_goods_of_others_and_goods_without_such_a_policy_are_sold_as_before(yun, sell):
    goods()
    assert sell("A-1", paid_at=LOW_FROM).policy_code == "metered-standard"
    goods(credit_policy=PLUS, developer=None)
    assert sell("A-2", paid_at=LOW_FROM).policy_code == "metered-standard"
    people.ensure_user(username="bo", role="developer", password="pass")
    goods(credit_policy=PLUS, developer="bo")
    assert sell("A-3", paid_at=LOW_FROM).policy_code == "metered-standard"


def test_the_kinds_holds_where_a_product_says_nothing(yun, sell):
    goods()
    credit_tiers.put_kind_credit_policy(kind="metered", code=PLUS, now=PAID)
    assert sell("A-1", paid_at=LOW_FROM).policy_code == PLUS
    goods(credit_policy="")  # this one says that it has none
    assert sell("A-2", paid_at=LOW_FROM).policy_code == "metered-standard"


def test_a_dear_tier_that_gives_more_is_never_lowered(yun, sell):
    """The tier was written after the policy for low credit had been proven: the better of the two is pinned."""
    credit_tiers.put_kind_credit_policy(kind="metered", code=PLUS, now=PAID)
    write(VIP, factor_b=[2, 1])
    goods(price_tiers=[{"from_fen": TEN_YUAN, "policy": VIP}])
    codes = [
        sell(f"A-{fen}", quantity=1, paid_fen=fen, list_fen=fen, paid_at=LOW_FROM).policy_code
        for fen in (999, 1000)
    ]
    assert codes == [PLUS, VIP]


LESS = "同样的情况会少给：原来给 {more}，照这一版给 {fewer}。"
# what is changed in the policy → what is said against it
WEAKER = {
    "tier B": ({"factor_b": [11, 10]}, LESS.format(more="12 个", fewer="11 个")),
    "warranty": ({"warranty_days": 29}, "「质保天数」对买家更不利，不能在开发者信用低的时候用。"),
}


@pytest.mark.parametrize("name", WEAKER)
def test_what_gives_less_in_one_case_is_refused_with_it(yun, api, name):
    changes, said = WEAKER[name]
    write("metered-minus", **{"factor_b": [3, 2]} | changes)
    before = Product.objects.values().get(sku="likes")
    for answer in (
        put(api, credit_policy="metered-minus"), api.put(KIND, {"policy": "metered-minus"}, format="json"),
    ):  # fmt: skip
        assert told(answer) == (422, [("credit_policy", "gives_less")])
        assert answer.json()["detail"].startswith(f"和「点赞类商品标准售后」比：{said}")
    assert Product.objects.values().get(sku="likes") == before
    assert not KindTiers.objects.exists()


def test_it_is_held_against_each_price_tier_of_the_product(yun, api):
    write(VIP, factor_b=[2, 1])
    answer = put(api, credit_policy=PLUS, price_tiers=[{"from_fen": TEN_YUAN, "policy": VIP}])
    assert told(answer) == (422, [("credit_policy", "gives_less")])
    assert answer.json()["detail"].startswith(f"和「{VIP}」比：")
    assert "试算的事实：" in answer.json()["detail"]


def test_a_later_version_that_gives_less_is_not_published(yun):
    goods(credit_policy=PLUS)
    weaker = write("other", factor_b=[11, 10]).data | {"code": PLUS, "version": 2}
    with pytest.raises(credit_tiers.GivesLess):
        credit_tiers.refuse_weaker_version(credit_tiers.Policy.from_data(weaker))
    better = weaker | {"factor_b": [2, 1]}
    credit_tiers.refuse_weaker_version(credit_tiers.Policy.from_data(better))


REFUSED = {
    "unknown": ("nobody", [("credit_policy", "unknown_policy")]),
    "of another kind": ("licence-standard", [("credit_policy", "policy_of_other_kind")]),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_policy_for_it_is_named(yun, api, name):
    code, errors = REFUSED[name]
    assert told(put(api, credit_policy=code)) == (422, errors)
    assert told(api.put(KIND, {"policy": code}, format="json")) == (422, errors)


def test_who_may_set_it(yun, api, client_as):
    assert (put(api, credit_policy=PLUS).json()["credit_policy"], put(api).json()["credit_policy"]) == (
        PLUS,
        None,
    )
    assert client_as("nobody").get(KIND).json() == {"policy": ""}
    assert api.put(KIND, {"policy": PLUS}, format="json").json() == {"policy": PLUS}
    assert client_as("nobody").get(KIND).json() == {"policy": PLUS}
    assert api.put(KIND, {"policy": ""}, format="json").json() == {"policy": ""}
    assert told(api.put(KIND, {}, format="json")) == (422, [("policy", "required")])
    absent = "/api/v1/kinds/nothing/credit-policy/"
    assert (api.put(absent, {"policy": PLUS}, format="json").status_code, api.get(absent).status_code) == (
        404,
        404,
    )
    roles = ("nobody", "buyer", "developer", "ops")
    assert [client_as(role).put(KIND, {"policy": PLUS}, format="json").status_code for role in roles] == [
        401, 403, 403, 403,
    ]  # fmt: skip


def test_it_is_not_retired_under_the_goods(yun):
    goods(credit_policy=PLUS)
    with pytest.raises(policies.StillSold):
        policies.retire(code=PLUS, version=1, reason="不用了", by="ops-an", now=LATER)
    goods()
    credit_tiers.put_kind_credit_policy(kind="metered", code=PLUS, now=PAID)
    Product.objects.all().delete()
    with pytest.raises(policies.StillSold) as refused:
        policies.retire(code=PLUS, version=1, reason="不用了", by="ops-an", now=LATER)
    assert (
        refused.value.detail
        == "「按个数计的商品」在开发者信用低的时候按「加强售后」卖：请先换一份，或发一个新版。"
    )


def test_the_page_and_the_api_say_what_an_order_would_pin(yun, client_as):
    goods(credit_policy=PLUS)
    page = Client().get("/products/likes/").content.decode()
    assert "开发者信用低的时候，改按「加强售后」卖" in page
    assert (
        client_as("nobody").get("/api/v1/products/likes/").json()["after_sales"]["code"] == "metered-standard"
    )
    makers.stand(developer=yun, raised=True, now=LATER)
    page = Client().get("/products/likes/").content.decode()
    assert ("现在下单按保障更强的「加强售后」" in page, f'href="/rules/{PLUS}/1/"' in page) == (True, True)
    assert client_as("nobody").get("/api/v1/products/likes/").json()["after_sales"]["code"] == PLUS


def test_bands_that_come_to_one_policy_are_one(yun, client_as):
    write(VIP, factor_b=[5, 4])
    goods(credit_policy=PLUS, price_tiers=[{"from_fen": TEN_YUAN, "policy": VIP}])
    makers.stand(developer=yun, raised=True, now=LATER)
    found = client_as("nobody").get("/api/v1/products/likes/").json()
    assert (found["after_sales_by_price"], found["after_sales"]["code"]) == ([], PLUS)


def test_three_orders_ask_of_their_maker_once(yun):
    goods(credit_policy=PLUS)

    def asked(*numbers):
        with CaptureQueriesContext(connection) as seen:
            intake.take_orders(new=[new_order(no, paid_at=LOW_FROM) for no in numbers], now=LATER)
        return sum("makerstanding" in query["sql"] for query in seen)

    assert (asked("A-1"), asked("A-2", "A-3", "A-4")) == (1, 1)


def test_the_same_standing_again_is_none(yun):
    assert makers.stand(developer=yun, raised=False, now=LATER) is False
    assert MakerStanding.objects.count() == 2
