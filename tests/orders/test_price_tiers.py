"""From a unit price on another policy: kept with product or kind, pinned with the order, shown with its sums."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.services import people
from compensation.models import PolicyVersion
from compensation.rules.policy import Policy
from compensation.services import intake, policies
from orders.models import Order, Product
from tests.orders.conftest import LATER, PAID, PRODUCT, new_order

pytestmark = pytest.mark.django_db
BODY = {"title": "说说点赞", "kind": "metered", "policy": "metered-standard", "unit_price_fen": 5}
VIP, TEN_YUAN = "metered-vip", 1000
TIERS = [{"from_fen": TEN_YUAN, "policy": VIP}]


def write(code, version=1, like="metered-standard", **changes):
    data = PolicyVersion.objects.get(code=like, version=1).data
    policy = Policy.from_data({**data, "code": code, "version": version, "title": code} | changes)
    return PolicyVersion.objects.create(
        code=code, version=version, kind=policy.kind, title=policy.title, data=policy.as_data(),
        hash=policy.hash, published_at=PAID,
    )  # fmt: skip


@pytest.fixture
def vip(shop):
    """Better rules from ten yuan a unit on."""
    row = write(VIP, factor_b=[3, 2])
    intake.put_product(sku="likes", fields=PRODUCT | {"price_tiers": TIERS}, now=PAID)
    return row


def put(api, **changes):
    return api.put("/api/v1/products/likes/", BODY | changes, format="json")


def told(answer):
    return answer.status_code, [(error["field"], error["code"]) for error in answer.json()["errors"]]


# ---- the shop writes them


def test_tiers_come_with_the_product_and_go_with_the_next_put(shop, api):
    write(VIP)
    assert put(api, price_tiers=TIERS).json()["price_tiers"] == TIERS
    assert put(api, price_tiers=[]).json()["price_tiers"] == []
    assert put(api).json()["price_tiers"] is None


REFUSED = {
    "unknown policy": ([{"from_fen": 1, "policy": "nobody"}], [("price_tiers.0.policy", "unknown_policy")]),
    "of another kind": (
        [{"from_fen": 1, "policy": "licence-standard"}], [("price_tiers.0.policy", "policy_of_other_kind")],
    ),
    "negative": ([{"from_fen": -1, "policy": VIP}], [("price_tiers.0.from_fen", "below_one")]),
    "nothing": ([{"from_fen": 0, "policy": VIP}], [("price_tiers.0.from_fen", "below_one")]),
    "twice": ([{"from_fen": 9, "policy": VIP}] * 2, [("price_tiers.1.from_fen", "not_rising")]),
    "falling": (
        [{"from_fen": 9, "policy": VIP}, {"from_fen": 8, "policy": VIP}], [("price_tiers.1.from_fen", "not_rising")],
    ),
    "too many": (
        [{"from_fen": n, "policy": VIP} for n in range(1, 12)], [("price_tiers.10.from_fen", "too_many")],
    ),
    "none at all": ([None], [("price_tiers.0", "null")]),
    "half said": ([{"from_fen": 9}], [("price_tiers.0.policy", "required")]),
    "no list": ("dear", [("price_tiers.non_field_errors", "not_a_list")]),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_tier_is_named(shop, api, name):
    write(VIP)
    before = Product.objects.values().get(sku="likes")
    tiers, errors = REFUSED[name]
    assert told(put(api, price_tiers=tiers)) == (422, errors)
    assert Product.objects.values().get(sku="likes") == before


# ---- an order pins one of them

# paid, list, units → policy; ten yuan a unit is the limit
PINNED = [
    (2997, 2999, 3, "metered-standard"), (3000, 3000, 3, VIP), (3001, 3001, 3, VIP),
    (2999, 2999, 3, "metered-standard"),
    (2500, 3000, 3, VIP),  # a coupon takes no protection away
    (3000, 2500, 3, VIP),
    (0, 0, 1, "metered-standard"), (0, 1000, 1, VIP),
]  # fmt: skip


@pytest.mark.parametrize(("paid", "listed", "units", "code"), PINNED)
def test_an_order_pins_the_policy_of_its_unit_price(vip, sell, paid, listed, units, code):
    order = sell(quantity=units, paid_fen=paid, list_fen=listed)
    row = PolicyVersion.objects.get(code=code)
    assert (order.policy_code, order.policy_version, order.policy_hash) == (code, 1, row.hash)


def test_a_coupon_leads_to_the_cheaper_tier_where_that_is_the_kinder(shop, sell):
    write("metered-strict", factor_b=[1, 1])
    tiers = [{"from_fen": TEN_YUAN, "policy": "metered-strict"}]
    intake.put_product(sku="likes", fields=PRODUCT | {"price_tiers": tiers}, now=PAID)
    codes = [
        sell(f"A-{n}", quantity=1, paid_fen=paid, list_fen=1000).policy_code
        for n, paid in enumerate((999, 1000))
    ]
    assert codes == ["metered-standard", "metered-strict"]


def test_orders_keep_theirs_when_the_tiers_change(vip, sell):
    sell(quantity=1, paid_fen=1000, list_fen=1000)
    intake.put_product(sku="likes", fields=PRODUCT | {"price_tiers": []}, now=LATER)
    order, fresh = intake.take_order(new=new_order(quantity=1, paid_fen=1000, list_fen=1000), now=LATER)
    assert (fresh, order.policy_code) == (False, VIP)
    assert sell("A-2", quantity=1, paid_fen=1000, list_fen=1000).policy_code == "metered-standard"


def test_many_orders_ask_no_more_than_one(vip):
    def asked(count):
        new = [
            new_order(f"{count}-{n}", quantity=1, paid_fen=fen, list_fen=fen)
            for n, fen in enumerate((999, 1000, 1001)[:count] if count > 1 else (1000,))
        ]
        with CaptureQueriesContext(connection) as seen:
            intake.take_orders(new=new, now=LATER)
        return sum("policyversion" in query["sql"] for query in seen)

    asked(3)  # the versions themselves are read once by a process
    assert (asked(1), asked(3)) == (1, 2)
    assert set(Order.objects.values_list("paid_fen", "policy_code")) == {
        (999, "metered-standard"), (1000, VIP), (1001, VIP),
    }  # fmt: skip


# ---- the kind's, where a product says nothing

KIND = "/api/v1/kinds/metered/price-tiers/"


def test_a_product_that_says_nothing_follows_its_kind(shop, api, client_as, sell):
    write(VIP)
    assert client_as("nobody").get(KIND).json() == {"price_tiers": []}
    answer = api.put(KIND, {"price_tiers": TIERS}, format="json")
    assert (answer.status_code, answer.json()) == (200, {"price_tiers": TIERS})
    assert client_as("nobody").get(KIND).json() == {"price_tiers": TIERS}
    assert sell("A-1", quantity=1, paid_fen=1000, list_fen=1000).policy_code == VIP
    put(api, price_tiers=[])  # this one says that it has none
    assert sell("A-2", quantity=1, paid_fen=1000, list_fen=1000).policy_code == "metered-standard"


def test_the_tiers_of_a_kind_are_checked_and_the_shops_alone(shop, api, client_as):
    wrong = {"price_tiers": [{"from_fen": 1, "policy": "licence-standard"}]}
    assert told(api.put(KIND, wrong, format="json")) == (
        422,
        [("price_tiers.0.policy", "policy_of_other_kind")],
    )
    assert told(api.put(KIND, {}, format="json")) == (422, [("price_tiers", "required")])
    assert (
        api.put("/api/v1/kinds/nothing/price-tiers/", {"price_tiers": []}, format="json").status_code == 404
    )
    assert client_as("nobody").get("/api/v1/kinds/nothing/price-tiers/").status_code == 404
    statuses = [
        client_as(role).put(KIND, {"price_tiers": []}, format="json").status_code
        for role in ("nobody", "buyer", "developer", "ops")
    ]
    assert statuses == [401, 403, 403, 403]


# ---- a policy of a tier is sold as any other


def test_a_policy_of_a_tier_is_not_retired_under_the_goods(vip):
    with pytest.raises(policies.StillSold) as refused:
        policies.retire(code=VIP, version=1, reason="不用了", by="ops-an", now=LATER)
    assert refused.value.detail == (
        f"还有 1 件商品按「{VIP}」卖，停用后就没有规则可用：请先发一个新版，或给这些商品换一份规则。"
    )
    write(VIP, version=2)
    policies.retire(code=VIP, version=1, reason="不用了", by="ops-an", now=LATER)


def test_nor_under_a_kind_that_has_no_goods_yet(shop):
    write("course-vip", like="course-standard", title="好课")
    intake.put_kind_tiers(kind="course", tiers=[{"from_fen": 1, "policy": "course-vip"}], now=PAID)
    with pytest.raises(policies.StillSold) as refused:
        policies.retire(code="course-vip", version=1, reason="不用了", by="ops-an", now=LATER)
    assert refused.value.detail == "「课程」按单价分的规则里还有「好课」：请先把那一档改掉，或发一个新版。"


# ---- what a reader sees


def test_the_api_tells_each_band_in_words_and_sums(vip, client_as):
    found = client_as("nobody").get("/api/v1/products/likes/").json()
    by_price = found["after_sales_by_price"]
    assert [(band["from_fen"], band["below_fen"], band["after_sales"]["code"]) for band in by_price] == [
        (0, 1000, "metered-standard"), (1000, None, VIP),
    ]  # fmt: skip
    assert found["after_sales"] == by_price[0]["after_sales"]
    sums = [
        [row["gets"] for row in band["after_sales"]["examples"] if row["gets"] != row["gets_long_term"]]
        for band in by_price
    ]
    assert sums[0] != sums[1]


def test_the_price_on_the_tag_decides_which_rules_come_first(vip, api, client_as):
    put(api, price_tiers=TIERS, unit_price_fen=1000)
    found = client_as("nobody").get("/api/v1/products/likes/").json()
    assert found["after_sales"]["code"] == VIP


def test_ten_tiers_ask_no_more_than_one(shop):
    def asked(count):
        tiers = [{"from_fen": 10 * n, "policy": f"tier-{n}"} for n in range(1, count + 1)]
        intake.put_product(sku="likes", fields=PRODUCT | {"price_tiers": tiers}, now=PAID)
        Client().get("/products/likes/")
        with CaptureQueriesContext(connection) as seen:
            Client().get("/products/likes/")
        return len(seen)

    for n in range(1, 11):
        write(f"tier-{n}")
    assert asked(1) == asked(3) == asked(10)


def test_without_tiers_nothing_is_said_of_prices(shop, client_as):
    assert client_as("nobody").get("/api/v1/products/likes/").json()["after_sales_by_price"] == []
    page = Client().get("/products/likes/").content.decode()
    assert "单价" not in page


def test_the_page_shows_each_price_with_its_rules(vip):
    with CaptureQueriesContext(connection) as seen:
        page = Client().get("/products/likes/").content.decode()
    assert len(seen) <= 12
    assert "下面先写单价不到 ¥10.00的" in page
    assert '<h2 id="price-1">单价 ¥10.00 以上：</h2>' in page
    assert f'href="/rules/{VIP}/1/"' in page
    assert "以 1000 个（¥10000.00）为例，您会得到" in page


def test_the_list_of_rules_names_the_goods_of_a_tier(vip):
    page = Client().get("/rules/").content.decode()
    assert page.count('href="/products/likes/"') == 2


def test_the_admin_shows_the_tiers(vip):
    client = Client()
    client.force_login(people.ensure_user(username="s-ops", role="ops", is_staff=True))
    intake.put_kind_tiers(kind="metered", tiers=TIERS, now=PAID)
    product = Product.objects.get(sku="likes")
    for path in ("product/", f"product/{product.pk}/change/", "kindtiers/"):
        assert f"¥10.00 以上 {VIP}" in client.get(f"/admin/orders/{path}").content.decode()
