"""The page, the API and the file of a developer's credit: the same figures, each opened, and nobody else's."""

import csv
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from developers.queries import credit as queries
from developers.rules.credit import Counts
from orders.models import Product
from tests.developers.conftest import filed
from tests.developers.test_access import api_as, cast, page_as
from tests.developers.test_credit import MONTH, asked, defect, made, sold
from tests.tickets.desk_case import act

__all__ = ["cast"]
pytestmark = pytest.mark.django_db
API, PAGE, FILE = "/api/v1/developers/me/credit/", "/developers/credit/", "/developers/credit.csv"
BEHIND = "/developers/credit/behind/"


@pytest.fixture
def figures(cast, monkeypatch):
    """figures(counts, …): yun's months with such counts, the last of them the newest."""
    yun = User.objects.get(username="yun")

    def write(*several):
        left = list(several)
        with monkeypatch.context() as patched:
            patched.setattr(queries, "counted", lambda **_: (left.pop(0), []))
            return [made(yun, f"2026-{n:02d}") for n in range(1, len(several) + 1)]

    return write


READERS = [
    ("yun", "", 200, 200), ("yun", "?developer=yun", 200, 200), ("yun", "?developer=bo", 404, 404),
    ("ops", "?developer=yun", 200, 200), ("ops", "", 404, 404), ("ops", "?developer=%00", 404, 404),
    ("buyer", "?developer=yun", 404, 403), ("panel", "", 404, 403), ("shop", "", 404, 403),
    ("nobody", "?developer=yun", 302, 401), ("yun", "?month=2026-13", 404, 404), ("yun", "?month=%00", 404, 404),
]  # fmt: skip


@pytest.mark.parametrize(("name", "query", "page", "api"), READERS)
def test_who_reads_whose(figures, name, query, page, api):
    figures(Counts(100))
    parted = f"{query}{'&' if query else '?'}part=sales"
    answers = (
        page_as(name).get(PAGE + query),
        page_as(name).get(FILE + query),
        page_as(name).get(BEHIND + parted),
    )
    assert [answer.status_code for answer in answers] == [page, page, page]
    assert api_as(name).get(API + query).status_code == api


def test_before_the_first_one_it_says_what_will_be_there(cast):
    page = page_as("yun").get(PAGE)
    assert (page.status_code, "还没有算过信用" in page.content.decode()) == (200, True)
    found = api_as("yun").get(API).json()
    assert (found["month"], found["total"], found["grade"], found["history"]) == (None, None, "none", [])
    assert [page_as("yun").get(path).status_code for path in (FILE, f"{BEHIND}?part=sales")] == [404, 404]


def test_the_api_says_it_with_its_sums(figures):
    figures(Counts(40), Counts(1000, 60, 1, 2))
    found = api_as("yun").get(API).json()
    assert (found["month"], found["total"], found["grade"], found["raises_protection"]) == (
        "2026-02",
        438,
        "low",
        True,
    )
    assert [(part["name"], part["bad"], part["whole"], part["points"], part["most"]) for part in found["parts"]] == [
        ("defects", 60, 1000, 38, 600), ("answers", 1, 2, 250, 250), ("refusals", 0, 0, 150, 150),
    ]  # fmt: skip
    assert [step["result"] for step in found["explanation"]] == ["够算信用", "38", "250", "150", "438，低"]
    assert found["advice"][0] == "同样卖 1000 单，货有毛病的不超过 44 单就是「中」，现在是 60 单。"
    assert [(row["month"], row["total"]) for row in found["history"]] == [("2026-02", 438), ("2026-01", None)]
    earlier = api_as("yun").get(f"{API}?month=2026-01").json()
    assert (earlier["total"], earlier["grade"], earlier["advice"]) == (
        None, "none", ["再卖 10 单就有信用。在这之前，买家看到的规则不因此改变。"],
    )  # fmt: skip


def test_the_page_says_the_same(figures):
    figures(Counts(1000), Counts(1000, 60, 1, 2))
    answer = page_as("yun").get(PAGE)
    page, text = answer.context["page"], answer.content.decode()
    assert "<h1>信用 438，低</h1>" in text
    assert [(part.bad, part.whole, part.points) for part in page.parts] == [
        (60, 1000, "38 / 600"), (1, 2, "250 / 250"), (0, 0, "150 / 150"),
    ]  # fmt: skip
    assert (page.chart["x"], page.chart["series"][0]["data"]) == (["2026-01", "2026-02"], [1000, 438])
    assert "您商品的新订单按保障更强的规则卖" in text
    assert "Credit 438, Low" in page_as("yun").get(PAGE, headers={"Accept-Language": "en"}).content.decode()


def test_one_month_draws_no_chart(figures):
    figures(Counts(1000))
    answer = page_as("yun").get(PAGE)
    assert (answer.context["page"].chart, "echarts" in answer.content.decode()) == ({}, False)


def test_each_figure_opens_to_its_rows_and_the_file_has_them(cast):
    Product.objects.filter(sku="licence").update(title="=HYPERLINK(1)")
    sold(50)
    broken, late = defect("202611200001"), asked("202611200002", answered=False)
    filed("202611200003", sku="stamps", buyer_external_id="b-9")  # bo's
    made(User.objects.get(username="yun"))
    rows = {
        part: [(row.no, row.order, row.title) for row in page_as("yun").get(f"{BEHIND}?part={part}").context["rows"]]
        for part in ("defects", "answers", "refusals")
    }  # fmt: skip
    assert rows == {
        "defects": [(broken.no, "…0001", "=HYPERLINK(1)")], "answers": [(late.no, "…0002", "=HYPERLINK(1)")],
        "refusals": [],
    }  # fmt: skip
    answer = page_as("yun").get(FILE)
    assert answer["Content-Disposition"] == f'attachment; filename="credit-yun-{MONTH}.csv"'
    text = b"".join(answer.streaming_content).decode("utf-8")
    lines = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
    assert [line[:5] for line in lines[1:]] == [
        ["货的毛病", "货有毛病、属实", broken.no, "…0001", "'=HYPERLINK(1)"],
        ["按时答复", "没有按时答复", late.no, "…0002", "'=HYPERLINK(1)"],
    ]
    assert page_as("yun").get(f"{BEHIND}?part=nothing").status_code == 404


def test_sales_are_read_page_by_page_and_each_once(cast):
    sold(50)
    made(User.objects.get(username="yun"))
    first = page_as("yun").get(f"{BEHIND}?part=sales").context
    then = page_as("yun").get(f"{BEHIND}?{first['more']}").context
    shown = [row.order for row in (*first["rows"], *then["rows"])]
    assert (len(first["rows"]), len(shown), len(set(shown)), then["more"]) == (30, 50, 50, "")


def test_ops_keep_whose_it_is_on_every_link(figures):
    figures(Counts(1000))
    text = page_as("ops").get(f"{PAGE}?developer=yun").content.decode()
    links = [link for link in text.split('href="')[1:] if link.startswith(("/developers/", "?"))]
    assert links
    assert [link for link in links if "developer=yun" not in link.split('"')[0]] == []


def test_three_rows_ask_what_one_asks(cast):
    yun = User.objects.get(username="yun")

    def asks(month, *numbers):
        for number in numbers:
            act(filed(number), "set_responsibility", party="developer")
        made(yun, month)
        found = []
        for path in (f"{PAGE}?month={month}", f"{BEHIND}?part=defects&month={month}"):
            client = page_as("yun")
            client.get(path)
            with CaptureQueriesContext(connection) as seen:
                assert client.get(path).status_code == 200
            found.append(len(seen))
        return found

    later = f"{int(MONTH[:4]) + (MONTH[5:] == '12')}-{int(MONTH[5:]) % 12 + 1:02d}"
    assert asks(MONTH, "A-1") == asks(later, "A-2", "A-3")


def test_the_public_page_says_it_only_where_enough_was_sold(figures, client):
    few, enough = Counts(49, 9), Counts(1000, 3)
    figures(few)
    assert "开发者信用" not in client.get("/products/likes/").content.decode()
    sample = "开发者信用：好（近 6 个月卖了 1000 单，货有毛病、属实的 3 单）。"
    assert figures(few, enough)[0] is None  # was written before
    assert sample in client.get("/products/likes/").content.decode()
    assert "开发者信用" not in client.get("/products/stamps/").content.decode()
