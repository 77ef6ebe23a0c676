"""What buyers ask and wish for, of own goods alone and masked; and what is shown while figures are counted."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from developers.services.figures import following
from tests.developers.conftest import filed
from tests.developers.counted import counted, recounted
from tests.developers.test_access import TABLE, api_as, cast, page_as
from tests.tickets.case import claim, fallen

__all__ = ["cast"]
pytestmark = pytest.mark.django_db
API = "/api/v1/developers/me/feedback/"


def asked(number, reason, text, **changes):
    fallen(number, **changes)
    return claim(number, reason, text=text)


@pytest.fixture
def some(cast):
    """A question and a wish of hers, a drop beside them, a question of his."""
    return [
        asked("LD20261120-21", "question", "怎么用？加我 13912345678"), asked("Y-2", "suggestion", "希望能选时段"),
        filed("Y-3"), asked("B-1", "question", "他家的", sku="stamps"),
    ]  # fmt: skip


@pytest.mark.parametrize(("name", "whose", "page", "api"), TABLE)
def test_who_reads_whose(cast, name, whose, page, api):
    query = f"?developer={whose}" if whose else ""
    answers = page_as(name).get(f"/developers/feedback/{query}"), api_as(name).get(f"{API}{query}")
    assert [answer.status_code for answer in answers] == [page, api]


def test_the_list_is_the_newest_first_apart_from_defects_and_masked(some):
    rows = api_as("yun").get(API).json()["results"]
    assert [(row["no"], row["reason"], row["text"]) for row in rows] == [
        (some[1].no, "suggestion", "希望能选时段"), (some[0].no, "question", "怎么用？加我 …"),
    ]  # fmt: skip
    assert (rows[1]["order_no"], rows[1]["buyer"], rows[1]["sku"]) == ("LD2…0-21", "林**", "likes")
    assert [row["no"] for row in api_as("yun").get(f"{API}?reason=question").json()["results"]] == [
        some[0].no
    ]
    assert api_as("yun").get(f"{API}?sku=stamps").json()["results"] == []
    assert api_as("yun").get(f"{API}?reason=drop").status_code == 422


def test_the_page_says_what_is_asked_most_and_nobodys_name(some):
    page = page_as("yun").get("/developers/feedback/").content.decode()
    assert ("希望能选时段" in page, "怎么用？加我 …" in page, "算到 " in page) == (True, True, True)
    assert [word for word in ("139123", "LD20261120-21", "他家的") if word in page] == []
    only = page_as("yun").get("/developers/feedback/?reason=suggestion").content.decode()
    assert ("希望能选时段" in only, "怎么用" in only) == (True, False)


def test_a_question_leads_to_a_tutorial_on_it(some):
    link = "/developers/tutorials/new/?sku=likes&symptom=question"
    page = page_as("yun").get("/developers/feedback/").content.decode()
    of_ops = page_as("ops").get("/developers/feedback/?developer=yun").content.decode()
    assert [each.count("/developers/tutorials/new/?") for each in (page, of_ops)] == [1, 0]
    assert link.replace("&", "&amp;") in page
    form = page_as("yun").get(link).context["form"]
    assert [code for code, _, chosen in (*form.goods, *form.symptoms) if chosen] == ["likes", "question"]


def test_as_many_queries_for_three_rows_as_for_one(cast):
    client, counts, asked_of_it = api_as("yun"), [], []
    client.get(API)  # who is signed in is asked for once
    for number in ("Y-1", "Y-2", "Y-3"):
        asked(number, "question", "怎么用")
        recounted()
        with CaptureQueriesContext(connection) as ran:
            counts.append(len(client.get(API).json()["results"]))
        asked_of_it.append(len(ran))
    assert (counts, len(set(asked_of_it))) == ([1, 2, 3], 1)


def test_while_it_is_counted_from_the_start_the_pages_say_so(some):
    clients = page_as("yun"), api_as("yun")
    following.rebuild()
    for path in ("/developers/", "/developers/feedback/"):
        assert "每天的数正在从头数" in clients[0].get(path).content.decode()
    found = clients[1].get("/api/v1/developers/me/dashboard/").json()
    assert (found["counting"], found["counted_until"]) == (True, None)


def test_up_to_when_it_counts_is_said_where_something_waits(some):
    api = api_as("yun")
    now = api.get("/api/v1/developers/me/dashboard/").json()["counted_until"]
    claim("B-1", "suggestion")  # not in its place yet
    assert api.get("/api/v1/developers/me/dashboard/").json()["counted_until"] < now


def test_what_waits_right_after_all_was_counted_anew_is_no_error(some):
    """Nothing has been counted since, so there is no instant to name: the pages say that it is being counted."""
    counted()
    client, api = page_as("yun"), api_as("yun")  # counts anew
    claim("B-1", "suggestion")
    for path in ("/developers/", "/developers/feedback/"):
        assert "每天的数正在从头数" in client.get(path).content.decode()
    found = api.get("/api/v1/developers/me/dashboard/").json()
    assert (found["counting"], found["counted_until"]) == (True, None)
