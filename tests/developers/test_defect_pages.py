"""The pages of defects: who sees them, what they say, and that what was typed stays."""

import csv
import io
from datetime import timedelta

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.test.utils import CaptureQueriesContext

from common import clock
from developers.models import AnswerOwed, Defect
from tests.developers.conftest import filed
from tests.developers.defect_case import SAID, assert_sums_are_those_of_the_members, broken, worked
from tests.developers.recall_case import user
from tests.developers.test_access import cast, page_as
from tickets.models import Ticket
from tickets.services import grading

__all__ = ["cast"]
pytestmark = pytest.mark.django_db
LIST = "/developers/defects/"
# yun's, as each is answered: list, one, its cases, both files; a form sent.
SEEN = [
    ("yun", [200, 200, 200, 200, 200], 302), ("ops", [200, 200, 200, 200, 200], 302),
    ("bo", [200, 404, 404, 200, 404], 404), ("buyer", [404] * 5, 404), ("panel", [404] * 5, 404),
    ("shop", [404] * 5, 404), ("nobody", [302] * 5, 302),
]  # fmt: skip


@pytest.fixture
def two(cast):
    user("qiao")
    cases = [
        broken("K-1"),
        broken("K-2", "激活码换电脑失效，打 13812345678"),
        broken("K-3", "安装到一半闪退"),
    ]
    worked()
    return [*Defect.objects.order_by("pk"), cases]


def sent(client, defect, do, **given):
    defect.refresh_from_db()
    return client.post(f"{LIST}{defect.no}/act/", {"do": do, "version": defect.version, **given})


@pytest.mark.parametrize(("name", "pages", "form"), SEEN)
def test_who_sees_them(two, name, pages, form):
    client, one = page_as(name), f"{LIST}{two[0].no}/"
    addresses = [LIST, one, f"{one}cases/", "/developers/defects.csv", f"{one}cases.csv"]
    assert [client.get(address).status_code for address in addresses] == pages
    assert sent(client, two[0], "rename", title="换电脑打不开").status_code == form


@pytest.mark.parametrize("query", ["?developer=bo", "?developer=%00", "?developer=nobody-here"])
def test_another_developers_list_looks_absent(two, query):
    assert page_as("yun").get(LIST + query).status_code == 404


def test_the_list_and_one_of_them(two):
    page = page_as("yun").get(LIST).content.decode()
    assert [page.count(text) for text in (SAID, "安装到一半闪退", "还没答复</span>")] == [1, 1, 2]
    assert "没有这样的缺陷" in page_as("yun").get(f"{LIST}?state=late").content.decode()
    assert "还没有缺陷" in page_as("bo").get(LIST).content.decode()
    one = page_as("yun").get(f"{LIST}{two[0].no}/").content.decode()
    assert ("13812345678" in one, "打 …" in one, "K-1" in one, "…1 林**" in one) == (False, True, False, True)
    assert 'name="do" value="close"' not in one
    ops = page_as("ops").get(f"{LIST}{two[0].no}/").content.decode()
    assert ('value="answer"' in ops, 'value="close"' in ops) == (False, True)


@pytest.mark.parametrize("sort", ["size", "trend", "cost", "newest", "weather"])
@pytest.mark.parametrize("page", ["", "2", "x", "999"])
def test_every_order_and_page_answers(two, sort, page):
    assert page_as("yun").get(f"{LIST}?sort={sort}&page={page}&sku=licence").status_code == 200


def test_answered_and_announced_through_the_form(two):
    client, today = page_as("yun"), str(clock.shanghai(clock.now()).date())
    wrong = sent(
        client, two[0], "announce", text="少了一张表", fix_version="1.2", fixed_on="昨天", advice="换成新版"
    )
    page = wrong.content.decode()
    assert wrong.status_code == 422
    assert [
        text in page for text in ("少了一张表", "换成新版", "请写一年以内的日期", "1.2 版上也有人遇到")
    ] == [True] * 4
    assert ("有几处填得不对，改好再提交。" in page, page.count(" autofocus")) == (True, 1)
    empty = sent(client, two[0], "announce", text="少了一张表", fixed_on=today, advice="换成新版")
    assert empty.context["errors"] == {"fix_version": "请填写修复版本。"}
    done = sent(
        client, two[0], "announce", text="少了一张表", fix_version="1.3", fixed_on=today, advice="换成新版"
    )
    assert (done.status_code, done["Location"]) == (302, f"{LIST}{two[0].no}/")
    worked()
    page = client.get(f"{LIST}{two[0].no}/").content.decode()
    assert ("已经告诉了 2 位买家。" in page, "1.3 版修好" in page, "已宣布修复" in page) == (True, True, True)
    stale = client.post(f"{LIST}{two[0].no}/act/", {"do": "answer", "version": 0, "text": "再说一句"})
    assert (stale.status_code, "再说一句" in stale.content.decode()) == (409, True)


def graded(order_no):
    """It proves to be major after it was filed."""
    ticket = Ticket.objects.get(order__order_no=order_no)
    return grading.make_major(ids=[ticket.pk], why={"of": "product"}, now=clock.now())


def test_what_proves_to_be_major_later_is_so_here_and_owed_an_answer_at_once(cast):
    user("qiao")
    for number in ("F-1", "F-2"):
        filed(number)
    worked()
    one, client = Defect.objects.get(), page_as("yun")

    def shown():
        page, cases = (
            client.get(f"{LIST}{one.no}/{more}").content.decode() for more in ("", "cases/?what=real")
        )
        return [text.count('<span class="state must">重大</span>') for text in (page, cases)]

    assert (shown(), AnswerOwed.objects.count()) == ([0, 0], 0)
    assert graded("F-1") == 1
    worked()
    assert (shown(), AnswerOwed.objects.get().defect) == ([1, 1], one)
    assert_sums_are_those_of_the_members()
    worked()
    assert list(one.members.order_by("pk").values_list("major", "seq")) == [(True, 1), (False, 0)]


def test_what_proved_to_be_major_before_is_so_here_too(cast):
    filed("F-1")
    worked()
    graded("F-1")
    module = __import__("developers.migrations.0016_major_found_later", fromlist=["as_graded"])
    module.as_graded(MigrationExecutor(connection).loader.project_state().apps, None)
    one = Defect.objects.get()
    assert (one.touched, one.members.get().major) == (True, True)


def test_regrouped_through_the_form(two):
    client, (here, there, cases) = page_as("yun"), two
    none = sent(client, here, "split", title="第二种", reason="不一样")
    assert (none.status_code, "请先勾上" in none.content.decode(), "第二种" in none.content.decode()) == (
        422,
        True,
        True,
    )
    made = sent(client, here, "split", title="第二种", reason="不一样", tickets=[cases[1].no])
    assert made.status_code == 302
    assert sent(client, there, "merge", to=here.no, reason="一回事").status_code == 302
    assert sent(client, there, "merge", to="D-0000000000", reason="一回事").status_code == 404
    found = [(one.title, one.state, one.real) for one in Defect.objects.order_by("pk")]
    assert found == [("", "open", 2), ("", "merged", 0), ("第二种", "open", 1)]
    assert "已并到" in client.get(f"{LIST}{there.no}/").content.decode()
    assert sent(client, here, "fly").status_code == 404


def test_figures_open_to_as_many_rows(two):
    client, one = page_as("yun"), two[0]
    for what, rows in (("real", 2), ("checking", 0), ("cost", 0)):
        page = client.get(f"{LIST}{one.no}/cases/?what={what}").content.decode()
        assert page.count('class="sheet"') == rows
    lately = [
        client.get(f"{LIST}{one.no}/cases/?what={what}").content.decode() for what in ("this", "before")
    ]
    shown = client.get(f"/api/v1/developers/me/defects/{one.no}/").json()["trend"]
    assert [page.count('class="sheet"') for page in lately] == [shown["this"], shown["before"]]


def test_the_files_have_a_row_each_and_run_nothing(two):
    Defect.objects.filter(pk=two[0].pk).update(title="=1+1")

    def rows(address):
        answer = page_as("yun").get(address)
        text = b"".join(answer.streaming_content).decode().removeprefix("\ufeff")
        return list(csv.reader(io.StringIO(text)))

    assert [(row[1], row[7]) for row in rows("/developers/defects.csv")] == [
        ("名称", "属实"), ("'=1+1", "2"), ("安装到一半闪退", "1")
    ]  # fmt: skip
    cases = rows(f"{LIST}{two[0].no}/cases.csv")
    assert [(row[1], row[-3], row[-2]) for row in cases] == [
        ("订单（已遮）", "说明", "商品版本"), ("…2", "激活码换电脑失效，打 …", "1.2"), ("…1", SAID, "1.2")
    ]  # fmt: skip


def test_three_cost_what_one_costs(cast):
    user("qiao")
    client, costs = page_as("yun"), []
    for n in (1, 2, 3):
        broken(f"K-{n}", "激活码失效，换电脑")
        broken(f"L-{n}", "甲乙丙"[n - 1] * 4)
        worked()
        one = Defect.objects.filter(symptoms__0="激活码失效，换电脑").get()
        with CaptureQueriesContext(connection) as made:
            for address in (LIST, f"{LIST}?sort=trend", f"{LIST}{one.no}/", f"{LIST}{one.no}/cases/"):
                assert client.get(address).status_code == 200
        costs.append(len(made))
    assert costs[0] == costs[1] == costs[2]


def test_ops_see_what_was_not_answered_in_time(cast):
    for n in (1, 2, 3):
        filed(f"F-{n}", buyer_external_id=f"f-{n}")
    worked()
    now = clock.now()
    AnswerOwed.objects.update(owed_at=now - timedelta(days=6), due_at=now - timedelta(days=1))
    page = page_as("ops").get(f"{LIST}?state=late").content.decode()
    assert "以前答复，已经过了" in page


def test_the_pages_are_english_for_who_reads_english(two):
    for address in (LIST, f"{LIST}{two[0].no}/", f"{LIST}{two[0].no}/cases/"):
        page = page_as("yun").get(address, headers={"Accept-Language": "en"}).content.decode()
        assert "属实" not in page
