"""Each figure of a developer's page opens to what it is made of: as many rows as it says, masked, page by page."""

import html
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from common import clock
from compensation.models import DecisionRecord, Remedy
from developers import queries
from developers.web.behind import A_PAGE
from tests.developers.conftest import filed
from tests.developers.counted import recounted
from tests.developers.test_access import TABLE, cast, page_as
from tests.tickets.conftest import outside

__all__ = ["cast", "outside"]
pytestmark = pytest.mark.django_db


def apart(number, reason="drop", **more):
    return filed(number, reason, target=f"https://v.example/{number}", **more)


def opened(name, query, client=None):
    """By a client that is there already nothing is counted first."""
    answer = (client or page_as(name)).get(f"/developers/behind/?{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def rows(page):
    return page.count('<section class="sec"')


@pytest.mark.parametrize(("name", "asked", "page", "api"), TABLE)
def test_who_opens_whose(cast, name, asked, page, api):
    query = f"?developer={asked}" if asked else ""
    assert page_as(name).get(f"/developers/behind/{query}").status_code == page


@pytest.fixture
def some(yun, bo):
    """Two drops, a question and a refused refund of hers, a drop of his."""
    for number, reason in (("Y-1", "drop"), ("Y-2", "drop"), ("Y-3", "question")):
        apart(number, reason)
    apart("B-1", sku="stamps")


OPENED = [
    ("what=all", 3), ("what=real", 2), ("what=questions", 1), ("reason=drop", 2), ("reason=refund", 0),
    ("sku=likes", 3), ("sku=stamps", 0), ("sku=%00", 0), ("reason=%00", 0), ("what=magic", 3), ("", 3),
]  # fmt: skip


@pytest.mark.parametrize(("query", "found"), OPENED)
def test_as_many_rows_as_the_figure_says(some, query, found):
    assert rows(opened("yun", query)) == found


def test_every_link_of_the_page_opens_what_it_counts(some, yun):
    page = page_as("yun").get("/developers/").content.decode()
    board = queries.board(developer=yun, code="month", now=clock.now())
    links = re.findall(r'href="(/developers/behind/[^"]*)">(\d+)</a>', page)
    assert (len(links), board.total.claims) == (
        10,
        3,
    )  # three figures, twice two reasons, three of the goods
    for address, count in links:
        shown = page_as("yun").get(html.unescape(address)).content.decode()
        assert rows(shown) == int(count), address


def test_a_row_has_clause_sum_and_records_and_nobodys_name(some):
    page, record = opened("yun", "reason=drop"), DecisionRecord.objects.order_by("id").first()
    ids = "、".join(str(row["id"]) for row in record.sources["counts"])
    assert f"凭的记录：计数第 {ids} 号" in page
    assert "掉赞第二档" in page
    assert record.body["explanation"][0]["text"] in html.unescape(page)
    assert [word for word in ("Y-1", "Y-2", "lin@shop", "b-1") if word in page] == []
    assert "林**" in page


def test_a_cost_opens_to_its_remedies(yun):
    apart("Y-1")
    apart("Y-2")
    now = clock.now()
    Remedy.objects.update(state="settled", delivered=180, ended_at=now, settled_at=now)
    recounted()
    board = queries.board(developer=yun, code="month", now=clock.now())
    page = opened("yun", "what=cost")
    assert (board.cost.units, rows(page), page.count("<b>补 180 个</b>")) == (360, 2, 2)
    assert rows(opened("yun", "what=cost&sku=licence")) == 0


def test_page_by_page_each_once(yun, monkeypatch):
    monkeypatch.setattr("developers.web.pages.A_PAGE", 2)
    monkeypatch.setattr("developers.web.behind.A_PAGE", 2)
    made = [apart(f"Y-{n}", ago=timedelta(minutes=n // 2)).no for n in range(5)]
    seen, query = [], "what=all"
    while query:
        page = opened("yun", query)
        seen += re.findall(r"T-[0-9A-Z]{10}(?= )", page)
        older = re.search(r'href="\?([^"]*)">更早的', page)
        query = html.unescape(older[1]) if older else ""
    assert sorted(set(seen)) == sorted(made)
    assert A_PAGE == 30


@pytest.mark.parametrize("query", ["at=x&id=1", "at=2026-01-01&id=1", "at=2026-01-01T00:00:00Z&id=x", "id=1"])
def test_a_place_that_is_none_begins_anew(some, query):
    assert rows(opened("yun", query)) == 3


def test_as_many_queries_for_three_rows_as_for_one(yun):
    client, counts = page_as("yun"), []
    for number in ("Y-1", "Y-2", "Y-3"):
        apart(number)
        recounted()
        with CaptureQueriesContext(connection) as seen:
            opened("yun", "what=all", client)
        counts.append(len(seen))
    assert counts[0] == counts[2] <= 12


def test_the_file_names_clause_and_records(some):
    answer = page_as("yun").get("/developers/claims.csv")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert text.splitlines()[0].endswith("条款,凭的记录")
    assert text.count("掉赞第二档,计数第 ") == 2


def test_a_stranger_is_sent_to_log_in(goods):
    assert Client().get("/developers/behind/").status_code == 302
