"""What the shop's calls answer: statuses, bodies, who may call, limits, pages, instants in UTC."""

import json
from datetime import timedelta

import pytest
from django.test import override_settings

from common import clock
from compensation.models import PolicyVersion
from orders.models import Observation, Order
from tests.orders.conftest import PAID, PRODUCT, at, z

BODY = {
    "order_no": "A-1", "sku": "likes", "buyer": {"external_id": "b-1", "name": "林", "contact": "lin@shop.example"},
    "quantity": 1000, "paid_fen": 5000, "list_fen": 6000, "paid_at": z(PAID), "target": "t-1", "baseline": 20,
    "query_password": "secret", "payment": {"gateway": "shop", "reference": "P-1"},
}  # fmt: skip
SHOP_CALLS = [
    ("put", "/api/v1/products/likes/"), ("post", "/api/v1/orders/"), ("post", "/api/v1/deliveries/"),
    ("post", "/api/v1/observations/"), ("put", "/api/v1/orders/A-1/query-password/"),
]  # fmt: skip


def push(api, body, url="/api/v1/orders/"):
    return api.post(url, body, format="json")


def observe(api, rows):
    return push(api, rows, "/api/v1/observations/")


def seen(hours, count, order_no="A-1", **more):
    return {"order_no": order_no, "observed_at": z(at(hours)), "count": count, **more}


def problem(status, code, title, detail, errors=()):
    return {
        "type": "about:blank", "title": title, "status": status, "code": code, "detail": detail,
        "errors": [dict(zip(("field", "code", "detail"), error, strict=True)) for error in errors],
    }  # fmt: skip


def refused(response, expected):
    assert response["Content-Type"] == "application/problem+json"
    assert (response.status_code, response.json()) == (expected["status"], expected)


# ---- orders


def shown(**changes):
    policy = PolicyVersion.objects.get(code="metered-standard")
    return {
        "order_no": "A-1", "sku": "likes", "title": "说说点赞", "kind": "metered", "quantity": 1000, "paid_fen": 5000,
        "list_fen": 6000, "paid_at": "2025-03-01T04:00:00Z", "target": "t-1", "baseline": 20,
        "deadline_at": "2025-03-04T04:00:00Z",
        "policy": {"code": "metered-standard", "version": 1, "hash": policy.hash},
        "long_term": False, "streak_months": 1, "streak_needed": 3,
        "gift_of": None,
        "count": {
            "completed_at": "2025-03-04T04:00:00Z", "delivered": None, "present": None, "observed_at": None,
            "window_ends_at": "2025-03-05T04:00:00Z", "warranty_ends_at": "2025-04-03T04:00:00Z",
        },
        "licences": [],
    } | changes  # fmt: skip


def test_an_order_is_201_the_same_again_200_another_409(shop, api):
    first, again = push(api, BODY), push(api, BODY | {"query_password": "other"})
    assert (first.status_code, first.json()) == (201, shown())
    assert (again.status_code, again.json()) == (200, shown())
    refused(
        push(api, BODY | {"quantity": 999}),
        problem(
            409,
            "order_conflict",
            "这个订单号已经用过",
            "这个订单号已有另一份内容，没有改动。请核对，或换一个订单号。",
        ),
    )
    assert Order.objects.get().quantity == 1000


def test_the_same_instant_in_another_zone_is_the_same_order(shop, api):
    push(api, BODY)
    assert push(api, BODY | {"paid_at": "2025-03-01T12:00:00+08:00"}).status_code == 200


def test_a_line_before_completion_shows_no_window(shop, api):
    paid = clock.now().replace(microsecond=0)
    answer = push(api, BODY | {"paid_at": z(paid)}).json()
    assert answer["count"] == dict.fromkeys(answer["count"])
    assert answer["deadline_at"] == z(paid + timedelta(days=3))


@pytest.mark.parametrize(
    ("change", "errors"),
    [
        (
            {"sku": "nothing"},
            [("sku", "unknown_sku", "没有货号「nothing」，请先用 PUT /products/ 建好商品。")],
        ),
        (
            {"paid_at": "2025-03-01T12:00:00"},
            [("paid_at", "no_zone", "时刻要带时区，例如 2026-11-22T05:05:00Z。")],
        ),
        ({"paid_at": "2999-01-01T00:00:00Z"}, [("paid_at", "in_future", "paid_at 比现在还晚，请核对时钟。")]),
        (
            {"deadline_at": "9999-12-31T23:59:59Z"},
            [("deadline_at", "out_of_range", "deadline_at 要在 1970 到 2200 年之间。")],
        ),
    ],
)
def test_what_a_rule_refuses_is_422(shop, api, change, errors):
    refused(
        push(api, BODY | change),
        problem(422, "invalid", "有几处填得不对", "请按下面逐项改好后再提交。", errors),
    )
    assert not Order.objects.exists()


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({"order_no": "A/1"}, ["order_no"]),
        ({"order_no": "A" * 65}, ["order_no"]),
        ({"buyer": {}}, ["buyer.external_id"]),
        ({"quantity": 0, "paid_fen": -1}, ["quantity", "paid_fen"]),
        ({"quantity": 1.5}, ["quantity"]),
        ({"payment": {"gateway": "\ud800"}}, ["payment.gateway"]),
        ({"quantity": 10**12 + 1}, ["quantity"]),
        ({"paid_at": "yesterday"}, ["paid_at"]),
        ({"target": "a\0"}, ["target"]),
        ({"target": "a\ud800"}, ["target"]),
        ({"payment": {"gateway": "cash"}}, ["payment.gateway"]),
        ({"paid_at": "0001-01-01T00:00:00+14:00"}, ["paid_at"]),
    ],
)
def test_fields_that_are_wrong_are_named(shop, api, change, fields):
    answer = api.post("/api/v1/orders/", json.dumps(BODY | change), content_type="application/json")
    assert (answer.status_code, [error["field"] for error in answer.json()["errors"]]) == (422, fields)


def test_an_order_needs_no_optional_field(shop, api):
    body = {name: BODY[name] for name in ("order_no", "sku", "quantity", "paid_fen", "paid_at")}
    assert push(api, body | {"buyer": {"external_id": "b-1"}}).status_code == 201
    stored = Order.objects.get()
    assert (stored.gateway, stored.list_fen, stored.baseline, stored.target) == ("manual", 5000, 0, "")


@pytest.mark.parametrize("path", ["orders/%00/", "orders/A-9/", "products/%00/", "orders/A-9/observations/"])
def test_what_is_not_there_is_404(shop, api, path):
    answer = api.get(f"/api/v1/{path}")
    assert (answer.status_code, answer.json()["status"]) == (404, 404)


# ---- products


def test_a_product_is_made_then_replaced(shop, api):
    body = {"title": "评论数", "kind": "metered", "policy": "metered-standard"}
    whole = {
        "sku": "new", "title": "评论数", "kind": "metered", "policy": "metered-standard", "developer": None,
        "unit_price_fen": 0, "description": "", "specification": {}, "tutorial": "", "warranty_days": 30,
        "delivery_seconds": 259200, "duration_seconds": None, "revocable": True, "price_tiers": None,
        "credit_policy": None,
    }  # fmt: skip
    made = api.put("/api/v1/products/new/", body | {"unit_price_fen": 5}, format="json")
    assert (made.status_code, made.json()) == (201, whole | {"unit_price_fen": 5})
    replaced = api.put("/api/v1/products/new/", body, format="json")
    assert (replaced.status_code, replaced.json()) == (200, whole)


def test_an_unknown_policy_or_developer_is_422(shop, api):
    for name, errors in (
        ("policy", [("policy", "unknown_policy", "没有这份售后规则，请核对代码。")]),
        ("developer", [("developer", "unknown_developer", "没有开发者「nobody」。")]),
    ):
        body = {name: value for name, value in PRODUCT.items() if value is not None} | {name: "nobody"}
        refused(
            api.put("/api/v1/products/new/", body, format="json"),
            problem(422, "invalid", "有几处填得不对", "请按下面逐项改好后再提交。", errors),
        )


@pytest.mark.parametrize("said", ["4K", ["4K"], 5, {" ": "4K"}])
def test_a_specification_that_names_no_claims_is_422(shop, api, said):
    body = {name: value for name, value in PRODUCT.items() if value is not None} | {"specification": said}
    detail = "商品说明要写成“名称: 内容”的一组，每一条都要有名称。"
    refused(
        api.put("/api/v1/products/new/", body, format="json"),
        problem(
            422,
            "invalid",
            "有几处填得不对",
            "请按下面逐项改好后再提交。",
            [("specification", "not_claims", detail)],
        ),
    )
    assert api.get("/api/v1/products/new/").status_code == 404


# ---- counts and deliveries


def test_counts_answer_row_by_row(sell, api):
    sell()
    rows = [seen(4, 1020), seen(4, 1020), seen(4, 7), seen(5, 900, "A-9"), {"order_no": "A-1"}, seen(6, 920)]
    answer = observe(api, rows)
    assert (answer.status_code, answer.json()) == (
        200,
        {
            "accepted": 2, "duplicates": 1,
            "rejected": [
                {"index": 2, "code": "conflict", "detail": "同一订单同一时刻已有另一个数，先到的算数。"},
                {"index": 3, "code": "unknown_order", "detail": "没有订单 A-9，请先推送订单。"},
                {"index": 4, "code": "required", "detail": "缺少 observed_at。"},
            ],
        },
    )  # fmt: skip
    count = api.get("/api/v1/orders/A-1/").json()["count"]
    assert count == {
        "completed_at": "2025-03-01T08:00:00Z", "delivered": 1000, "present": 900,
        "observed_at": "2025-03-01T10:00:00Z", "window_ends_at": "2025-03-02T08:00:00Z",
        "warranty_ends_at": "2025-03-31T08:00:00Z",
    }  # fmt: skip


def test_deliveries_answer_alike(sell, api):
    sell()
    row = {
        "order_no": "A-1",
        "delivered_at": z(at(4)),
        "quantity": 600,
        "final": True,
        "units": [{"account_id": "u"}],
    }
    first, again = (push(api, [row], "/api/v1/deliveries/") for _ in range(2))
    assert first.json() == {"accepted": 1, "duplicates": 0, "rejected": []}
    assert again.json() == {"accepted": 0, "duplicates": 1, "rejected": []}
    assert api.get("/api/v1/orders/A-1/").json()["count"]["completed_at"] == "2025-03-01T08:00:00Z"


@pytest.mark.parametrize("url", ["/api/v1/observations/", "/api/v1/deliveries/"])
@pytest.mark.parametrize("body", [{}, {"order_no": "A-1"}, "A-1", 5, None])
def test_a_feed_is_a_list(api, url, body):
    answer = api.post(url, json.dumps(body), content_type="application/json")
    refused(answer, problem(400, "malformed", "请求的写法不对", "请提交一个列表，每行一个对象。"))


def test_ten_thousand_rows_and_not_one_more(api):
    assert observe(api, [5] * 10_000).json()["accepted"] == 0
    refused(
        observe(api, [5] * 10_001),
        problem(422, "invalid", "有几处填得不对", "一次最多 10000 行，请分几次提交。"),
    )


@pytest.mark.parametrize(
    "body",
    [
        "[{", "[1,]", "[NaN]", '{"a": 1} x', "\xff",
        "[" * 100_000,
    ],
    ids=lambda body: repr(body[:9]),
)  # fmt: skip
@pytest.mark.parametrize("url", ["/api/v1/observations/", "/api/v1/orders/"])
def test_what_is_no_json_is_400(api, url, body):
    answer = api.post(url, body.encode("latin-1"), content_type="application/json")
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")


@pytest.mark.parametrize("key", [None, "k-1"])
@override_settings(DATA_UPLOAD_MAX_MEMORY_SIZE=1000)
def test_too_large_a_body_is_413(api, key):
    headers = {"HTTP_IDEMPOTENCY_KEY": key} if key else {}
    answer = api.post("/api/v1/observations/", [seen(1, 1)] * 50, format="json", **headers)
    assert (answer.status_code, answer["Content-Type"]) == (413, "application/problem+json")


@pytest.mark.parametrize(
    "kind", ["text/csv", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]
)
@pytest.mark.parametrize("url", ["/api/v1/observations/", "/api/v1/deliveries/", "/api/v1/orders/"])
def test_another_content_type_is_415(api, url, kind):
    answer = api.post(url, b"a=1", content_type=kind)
    refused(answer, problem(415, "unsupported_media_type", "读不了这种格式", "请用 application/json 提交。"))


@pytest.mark.parametrize(("method", "url"), SHOP_CALLS)
@pytest.mark.parametrize(
    ("role", "status"),
    [("nobody", 401), ("buyer", 403), ("ops", 403), ("panel", 403), ("developer", 403), ("guest:A-1", 403)],
)
def test_only_the_shop_feeds_in(sell, client_as, role, status, method, url):
    sell()
    answer = getattr(client_as(role), method)(url, {}, format="json")
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")


def test_an_idempotency_key_gives_the_first_answer_again(sell, api):
    sell()
    answers = [
        api.post("/api/v1/observations/", [seen(1, 5)], format="json", HTTP_IDEMPOTENCY_KEY="k-1").json()
        for _ in range(2)
    ]
    assert answers == [{"accepted": 1, "duplicates": 0, "rejected": []}] * 2


# ---- lists


def pages(api, url):
    """Every page's results, by the links alone."""
    while url:
        body = api.get(url).json()
        assert set(body) == {"next", "previous", "results"}
        yield body["results"]
        url = body["next"]


def test_counts_are_paged_newest_first_in_utc(sell, api):
    sell()
    observe(api, [seen(hour, 20 + hour) for hour in range(5)])
    found = list(pages(api, "/api/v1/orders/A-1/observations/?page_size=2"))
    assert [[row["count"] for row in page] for page in found] == [[24, 23], [22, 21], [20]]
    assert found[2][0] == {
        "id": Observation.objects.order_by("observed_at").first().pk,
        "observed_at": "2025-03-01T04:00:00Z", "count": 20, "comments": None, "shares": None, "measurable": True,
    }  # fmt: skip
    second = api.get(api.get("/api/v1/orders/A-1/observations/?page_size=2").json()["next"]).json()
    assert [row["count"] for row in api.get(second["previous"]).json()["results"]] == [24, 23]


def test_orders_are_paged_newest_first(sell, api):
    for number in range(5):
        sell(f"A-{number}")
    found = list(pages(api, "/api/v1/orders/?page_size=2"))
    assert [[row["order_no"] for row in page] for page in found] == [["A-4", "A-3"], ["A-2", "A-1"], ["A-0"]]


@pytest.mark.parametrize(
    ("role", "reached"),
    [("shop", 2), ("ops", 2), ("buyer", 1), ("guest:A-2", 1), ("developer", 0), ("panel", 0)],
)
def test_readers_see_what_is_theirs(sell, client_as, role, reached):
    sell("A-1")
    sell("A-2", buyer_external_id="b-2")
    client = client_as(role)
    listed = [row["order_no"] for row in client.get("/api/v1/orders/").json()["results"]]
    opened = [n for n in ("A-2", "A-1") if client.get(f"/api/v1/orders/{n}/observations/").status_code == 200]
    assert (len(listed), opened) == (reached, listed)


def test_a_stranger_lists_nothing(client_as):
    assert client_as("nobody").get("/api/v1/orders/").status_code == 401


def test_as_many_queries_for_three_rows_as_for_one(sell, api, django_assert_num_queries):
    spent = []
    for numbers in (["A-1"], ["A-2", "A-3"]):
        for number in numbers:
            sell(number)
            observe(api, [seen(h, 20 + h, number) for h in range(3)])
        with django_assert_num_queries(3 if not spent else spent[0]) as queries:
            assert len(api.get("/api/v1/orders/").json()["results"]) == Order.objects.count()
        spent.append(len(queries))
    for page_size in (1, 3):
        with django_assert_num_queries(spent[0]):
            answer = api.get(f"/api/v1/orders/A-1/observations/?page_size={page_size}")
            assert len(answer.json()["results"]) == page_size
    assert Observation.objects.count() == 9
