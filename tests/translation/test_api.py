"""What the API refuses, in the language that was asked for; what programs read is the same in both."""

import pytest
from django.utils.translation import override

from common.language import spoken
from common.phrases import phrase
from common.refusals import Invalid, Refusal
from tests.orders.conftest import client_as, shop
from tests.translation.chinese_only import TODAY
from tests.translation.extracting import CHINESE

__all__ = ["client_as", "shop"]

A_COUNT = {"order_no": "A-1", "observed_at": "2025-03-02T00:00:00Z"}
AN_ORDER = {"order_no": "A-1", "sku": "likes", "buyer": {"external_id": "b"}, "quantity": 1, "paid_fen": 1}

# (who, method, path, body, headers) → status, title, detail, errors; Chinese first.
REFUSED = [
    (
        ("nobody", "get", "/orders/A-1/", None, {}), 401,
        ("请先验明身份", "请带上有效的令牌，或先登录。", []),
        ("Please identify yourself", "Please send a valid token, or log in first.", []),
    ),
    (
        ("buyer", "get", "/ledger/trial-balance/", None, {}), 403,
        ("您没有这项权限", "这项操作要由别的角色来做。", []),
        ("You don't have permission", "This takes another role.", []),
    ),
    (
        ("shop", "get", "/orders/no-such/", None, {}), 404,
        ("没有找到", "没有找到这一单，请核对订单号。", []),
        ("Not found", "This order was not found. Please check its number.", []),
    ),
    (
        ("shop", "get", "/no-such/", None, {}), 404,
        ("没有找到", "没有找到，请核对编号。", []),
        ("Not found", "Not found. Please check the number.", []),
    ),
    (
        ("shop", "delete", "/orders/", None, {}), 405,
        ("这里不接受这种请求", "请按接口说明换一种方法。", []),
        ("Method not allowed", "Please use another method, as the API documentation says.", []),
    ),
    (
        ("shop", "post", "/observations/", {}, {}), 400,
        ("请求的写法不对", "请提交一个列表，每行一个对象。", []),
        ("Malformed request", "Please send a list with one object per row.", []),
    ),
    (
        ("shop", "post", "/orders/", AN_ORDER | {"paid_at": "2025-03-01T00:00:00"}, {}), 422,
        ("有几处填得不对", "请按下面逐项改好后再提交。", ["时刻要带时区，例如 2026-11-22T05:05:00Z。"]),
        ("Some fields need another look", "Please correct the fields below and send it again.",
         ["A moment needs its time zone, as in 2026-11-22T05:05:00Z."]),
    ),
    (  # the framework's own words
        ("shop", "post", "/orders/", {name: AN_ORDER[name] for name in AN_ORDER if name != "sku"}, {}), 422,
        ("有几处填得不对", "请按下面逐项改好后再提交。", ["该字段是必填项。", "该字段是必填项。"]),
        ("Some fields need another look", "Please correct the fields below and send it again.",
         ["This field is required.", "This field is required."]),
    ),
    (  # the filters' own words
        ("ops", "get", "/remedies/?kind=nonsense", None, {}), 422,
        ("有几处填得不对", "请按下面逐项改好后再提交。", ["选择一个有效的选项。 nonsense 不在可用的选项中。"]),
        ("Some fields need another look", "Please correct the fields below and send it again.",
         ["Select a valid choice. nonsense is not one of the available choices."]),
    ),
    (
        ("shop", "post", "/observations/", [], {"HTTP_IDEMPOTENCY_KEY": "k" * 201}), 422,
        ("Idempotency-Key 不合用", "Idempotency-Key 要有 1 到 200 个可见字符。", []),
        ("Idempotency-Key not usable", "An Idempotency-Key has 1 to 200 visible characters.", []),
    ),
    (
        ("nobody", "post", "/auth/order-access/", {"order_no": "A-1", "query_password": "x"}, {}), 401,
        ("订单号和查询密码对不上",
         "订单号和查询密码对不上。请核对这两处，大小写也算。还可以再试 4 次，之后要等 15 分钟。", []),
        ("Order number and query password don't match",
         "The order number and the query password don't match. Please check both; upper and lower case count. "
         "You have 4 more tries; after that there is a wait of 15 minutes.", []),
    ),
    (
        ("nobody", "get", "/evidence/entries/5/proof/", None, {}), 404,
        ("没有找到", "这里封存了 0 条，序号从 0 数起，没有第 5 条。", []),
        ("Not found", "0 entries are sealed here, counted from 0; there is no entry 5.", []),
    ),
]  # fmt: skip


def refused(client_as, call, language):
    who, method, path, body, headers = call
    if language:
        headers = headers | {"HTTP_ACCEPT_LANGUAGE": language}
    sent = {"data": body, "format": "json"} if body is not None else {}
    return getattr(client_as(who), method)(f"/api/v1{path}", **sent, **headers)


@pytest.mark.parametrize(("call", "status", "chinese", "english"), REFUSED)
@pytest.mark.parametrize("language", ["", "zh-CN", "en", "en-GB,zh;q=0.5", "fr"])
def test_refused_in_the_language_asked_for(shop, client_as, call, status, chinese, english, language):
    answer = refused(client_as, call, language)
    body, wanted = answer.json(), english if language.startswith("en") else chinese
    assert (answer.status_code, body["title"], body["detail"], [e["detail"] for e in body["errors"]]) == (
        status, *wanted,
    )  # fmt: skip
    assert answer["Content-Language"] == ("en" if language.startswith("en") else "zh-hans")
    assert {"Accept-Language", "Cookie"} <= {name.strip() for name in answer["Vary"].split(",")}


@pytest.mark.parametrize(("call", "status", "chinese", "english"), REFUSED)
def test_what_programs_read_does_not_depend_on_the_language(shop, client_as, call, status, chinese, english):
    def codes(language):
        body = refused(client_as, call, language).json()
        return body["type"], body["status"], body["code"], [(e["field"], e["code"]) for e in body["errors"]]

    assert codes("en") == codes("zh-CN")


def test_a_row_that_was_not_taken_says_why_in_both(shop, client_as):
    rows = [A_COUNT | {"count": 1}, A_COUNT | {"count": -1}, {}]

    def said(language):
        body = client_as("shop").post("/api/v1/observations/", rows, format="json",
                                      HTTP_ACCEPT_LANGUAGE=language).json()  # fmt: skip
        return [row["detail"] for row in body["rejected"]]

    assert said("zh-CN") == [
        "没有订单 A-1，请先推送订单。", "count 要在 0 到 1000000000000 之间。", "缺少 observed_at。",
    ]  # fmt: skip
    assert said("en") == [
        "There is no order A-1; please send the order first.",
        "count must be between 0 and 1000000000000.",
        "observed_at is missing.",
    ]


def test_an_answer_that_was_kept_is_given_again_as_it_was(shop, client_as):
    client, bad = client_as("shop"), [{}]

    def send(language):
        return client.post("/api/v1/observations/", bad, format="json", HTTP_ACCEPT_LANGUAGE=language,
                           HTTP_IDEMPOTENCY_KEY="k-1").json()  # fmt: skip

    assert send("en") == send("zh-CN")
    assert send("zh-CN")["rejected"][0]["detail"] == "observed_at is missing."


def everyone(of=Refusal):
    for each in of.__subclasses__():
        yield each
        yield from everyone(each)


def test_every_refusal_of_the_house_has_english():
    ours = {c for c in everyone() if c.__module__.split(".")[0] not in {"tests", *TODAY}} | {Refusal}
    with override("en"):
        said = {c.__name__: (spoken(c.title), spoken(c.detail)) for c in ours}
    assert len(said) > 15
    assert {name: words for name, words in said.items() if CHINESE.search("".join(words))} == {}


def test_a_refusal_is_chinese_where_it_is_kept_and_logged():
    with override("en"):
        refusal = Invalid(phrase("缺少 {name}。", name="sku"))
        assert (str(refusal), refusal.detail, str(Invalid())) == (
            "缺少 sku。", "缺少 sku。", "请按下面逐项改好后再提交。",
        )  # fmt: skip
        assert spoken(refusal.detail) == "sku is missing."
