"""Who sees whose figures, in pages and in the API; and the file that goes with them."""

import csv
import io

import pytest
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import User
from accounts.services import people, tokens
from common import clock
from orders.models import Product
from tests.developers.conftest import filed
from tests.developers.counted import recounted

pytestmark = pytest.mark.django_db
API = "/api/v1/developers/me/dashboard/"
# role or name, whom they ask for, answer of the page, of the API. Forbidden looks like absent.
TABLE = [
    ("yun", "", 200, 200), ("yun", "yun", 200, 200), ("yun", "bo", 404, 404),
    ("ops", "yun", 200, 200), ("ops", "", 404, 404), ("ops", "ops", 404, 404), ("ops", "nobody-here", 404, 404),
    ("ops", "%00", 404, 422),
    ("buyer", "yun", 404, 403), ("panel", "yun", 404, 403), ("shop", "yun", 404, 403), ("nobody", "yun", 302, 401),
]  # fmt: skip


@pytest.fixture
def cast(goods):
    for role in ("ops", "panel", "shop"):
        people.ensure_user(username=role, role=role, password="pass")
    buyer = people.ensure_buyer(external_id="b-1")
    people.ensure_user(username="buyer", role="buyer", password="pass", buyer=buyer)


def page_as(name):
    recounted()
    client = Client()
    if name != "nobody":
        client.force_login(
            User.objects.get(username=name), backend="accounts.services.log_in.LoopbackDemoBackend"
        )
    return client


def api_as(name):
    recounted()
    client = APIClient()
    if name != "nobody":
        token, _ = tokens.issue_for(user=User.objects.get(username=name), now=clock.now())
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    return client


@pytest.mark.parametrize(("name", "asked", "page", "api"), TABLE)
def test_who_sees_whose(cast, name, asked, page, api):
    query = f"?developer={asked}" if asked else ""
    answers = [
        page_as(name).get(f"/developers/{query}").status_code,
        page_as(name).get(f"/developers/claims.csv{query}").status_code,
        api_as(name).get(f"{API}{query}").status_code,
    ]
    assert answers == [page, page, api]


def test_the_api_gives_the_same_figures_with_buyers_masked(cast):
    ticket = filed("LD20261120-15", left=600)
    filed("B-1", sku="stamps")
    found = api_as("yun").get(f"{API}?period=months_3").json()
    assert [(row["reason"], row["group"], row["claims"], row["real"]) for row in found["reasons"]] == [
        ("drop", "defect", 1, 1)
    ]
    assert found["still_open"] == {"fen": 5000, "units": 1000}
    row = found["newest"][0]
    shown = (row["no"], row["order_no"], row["buyer"], row["sku"], row["still_open"])
    assert shown == (ticket.no, "LD2…0-15", "林**", "likes", {"fen": 5000, "units": 1000})
    assert ([row["sku"] for row in found["goods"]], found["goods_made"]) == (["likes"], 2)


def test_a_period_that_there_is_not(cast):
    answer = api_as("yun").get(f"{API}?period=century")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "period")
    assert (
        'aria-current="page">本月</a>' in page_as("yun").get("/developers/?period=century").content.decode()
    )


def file_of(name):
    answer = page_as(name).get("/developers/claims.csv?period=months_3")
    text = b"".join(answer.streaming_content).decode("utf-8")
    return answer, text, list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))


def test_the_file_opens_in_a_spreadsheet_and_runs_nothing(cast):
    Product.objects.filter(sku="likes").update(title="=HYPERLINK(1)")
    ticket = filed("202611200001", left=600, buyer_external_id="b-9", buyer_name="@林")
    filed("B-1", sku="stamps")
    answer, text, rows = file_of("yun")
    assert (text[0], answer["Content-Type"]) == ("\ufeff", "text/csv; charset=utf-8")
    assert answer["Content-Disposition"].startswith('attachment; filename="claims-yun-')
    opened = f"{clock.shanghai(ticket.opened_at):%Y-%m-%d %H:%M}"
    assert rows[0][:4] == ["售后单", "订单（已遮）", "买家（已遮）", "商品"]
    ids = "、".join(str(row["id"]) for row in ticket.decision.sources["counts"])
    assert rows[1:] == [
        [
            ticket.no, "…0001", "'@**", "'=HYPERLINK(1)", "likes", "掉赞", "货的问题", "是", "正在办理", opened, "",
            "0.00", "0", "50.00", "1000", "掉赞第三档", f"计数第 {ids} 号",
        ]
    ]  # fmt: skip


def test_a_file_without_claims_has_its_headings(cast):
    assert len(file_of("bo")[2]) == 1


def test_a_developer_without_goods_reads_what_will_be_there(cast):
    people.ensure_user(username="new", role="developer", password="pass")
    page = page_as("new").get("/developers/").content.decode()
    assert ("还没有您的商品" in page, "导出" in page) == (True, False)


def test_after_the_log_in_a_developer_is_there(cast, client):
    answer = client.post("/login/", {"username": "yun", "password": "pass"})
    assert (answer.status_code, answer["Location"]) == (302, "/developers/")


def test_the_page_is_english_for_who_reads_english(cast):
    filed("A-1")
    page = page_as("yun").get("/developers/", headers={"Accept-Language": "en"}).content.decode()
    assert ("1 problem with your goods" in page, "Why people came" in page) == (True, True)
