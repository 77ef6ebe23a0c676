"""Every figure of a backtest opens: to decisions, each with its facts and its sums under both versions."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common import clock
from compensation import queries
from compensation.models import BacktestRun, DecisionRecord
from compensation.services import drafts
from tests.compensation.test_backtest_page import asked, at, draft
from tests.tickets.desk_pages import person, words

__all__ = ["draft"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def run(draft):
    return asked(draft)


def opened(client, draft, run, opens):
    return client.get(at(draft, run, f"behind/{opens}/"))


def test_every_figure_of_every_table_opens_but_those_of_nothing(draft, run):
    page = person().get(at(draft)).content.decode()
    cells = re.findall(r'<td class="backtest-number">(?:<a href="([^"]+)">)?([^<]+)', page)
    assert {figure for address, figure in cells if not address} == {
        "0"
    }  # nobody changes hands, nothing piles up
    addresses = {address for address, _ in cells if address}
    assert {address.split("/")[-2] for address in addresses} == {
        "accounts.0",
        "reasons.0",
        "moves.0",
        "worse.0",
    }
    assert {person().get(address).status_code for address in addresses} == {200}


def test_the_decisions_behind_a_figure_those_that_differ_most_first(draft, run):
    page = opened(person(), draft, run, "accounts.0")
    first, *others = page.context["rows"]
    assert [row["order"] for row in (first, *others)] == ["A-2", "A-1", "A-3"]
    assert {name: first[name] for name in ("clauses", "cash", "units", "person")} == {
        "clauses": ("掉赞第三档", "掉赞第二档", True), "cash": ("¥50.00", "¥0.00", True),
        "units": ("1,000", "360", True), "person": ("照规则", "照规则", False),
    }  # fmt: skip
    assert {"花费由谁承担 · 争议基金", "决定数：3"} <= set(words(page))
    assert at(draft, run, f"decision/{first['ref']}/") in page.content.decode()


def test_more_than_are_kept_say_so(draft, run):
    run.report["accounts"][0]["amounts"]["decisions"] = 90
    BacktestRun.objects.update(report=run.report)
    assert "决定数：90，这里是其中 3 个" in words(opened(person(), draft, run, "accounts.0"))


def test_a_decision_is_explained_by_both_versions_with_its_facts_and_rows(draft, run):
    record = DecisionRecord.objects.get(order__order_no="A-2")
    page = person().get(at(draft, run, f"decision/{record.pk}/"))
    said = words(page)
    assert {"点赞类商品标准售后 第 1 版", "照这份草稿", "现在的数量", "700"} <= set(said)
    assert "凭的记录：" in said
    for row in record.sources["counts"]:
        address = f"/orders/A-2/counts/?at={row['at'].replace(':', '%3A')}#count-{row['id']}"
        assert f'<a href="{address}">计数第 {row["id"]} 号</a>' in page.content.decode()
        assert f'id="count-{row["id"]}"' in person().get(address.partition("#")[0]).content.decode()
    before, after = page.context["before"]["steps"], page.context["after"]["steps"]
    assert [step.as_data() for step in before] == record.body["explanation"]
    assert [step.as_data() for step in after] != record.body["explanation"]
    ticket = record.tickets.get()
    assert (
        f'<a href="/admin/tickets/ticket/{ticket.pk}/change/">售后单 {ticket.no}</a>' in page.content.decode()
    )


def test_a_decision_without_a_case_opens_to_its_row(draft, run):
    record = DecisionRecord.objects.get(order__order_no="A-2")
    record.tickets.all().delete()
    page = person().get(at(draft, run, f"decision/{record.pk}/"))
    assert f'<a href="/admin/compensation/decisionrecord/{record.pk}/change/">' in page.content.decode()
    assert "售后单" not in "".join(page.context["links"][0])


def test_a_report_of_before_opens_what_it_kept(draft, run):
    """Those stored earlier have samples behind three tables, and nothing behind the others."""
    report = run.report
    for row in (*report["accounts"], *report["reasons"], *report["buyers"]["worse"]["most"]):
        del row["behind"]
    del report["apart"]
    BacktestRun.objects.update(report=report)
    client = person()
    text = client.get(at(draft)).content.decode()
    assert set(re.findall(r"/behind/([\w.]+)/", text)) == {"moves.0", "worse.0"}
    assert client.get(at(draft, run, "report.csv")).status_code == 200
    assert opened(client, draft, run, "accounts.0").status_code == 404


def test_what_could_not_be_tried_opens_too(draft):
    row = DecisionRecord.objects.get(order__order_no="A-1")
    row.pk, row.facts = None, row.facts | {"mood": 1}
    row.save()
    client, run = person(), asked(draft)
    assert [row["clauses"] for row in opened(client, draft, run, "apart.facts").context["rows"]] == [
        ("掉赞第二档", "没有算", False)
    ]
    page = client.get(at(draft, run, f"decision/{row.pk}/"))
    assert (page.status_code, "没有算：别的种类的商品，或者事实读不懂。" in words(page)) == (200, True)


def test_only_what_the_report_names_is_shown_and_only_to_ops(draft, run):
    other = drafts.begin(version=queries.newest_policy("licence-standard"), by="qiao", now=clock.now())
    record = DecisionRecord.objects.get(order__order_no="A-2")
    tails = ("behind/accounts.0/", f"decision/{record.pk}/")
    client = person()
    assert {client.get(at(other, run, tail)).status_code for tail in tails} == {404}
    assert {client.get(at(draft, run, tail)).status_code for tail in ("behind/x/", "decision/99999/")} == {
        404
    }
    for role in ("developer", "panel", "shop", "buyer"):
        stranger = person(role, role)
        assert {stranger.get(at(draft, run, tail)).status_code for tail in tails} == {404}


def test_one_decision_and_three_cost_as_many_questions(draft, run):
    client, counts = person(), []
    for opens in ("moves.0", "accounts.0"):
        with CaptureQueriesContext(connection) as seen:
            assert opened(client, draft, run, opens).status_code == 200
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_the_pages_in_english_hold_no_chinese_but_what_people_wrote(draft, run):
    record = DecisionRecord.objects.get(order__order_no="A-2")
    client = person()
    for tail in ("behind/accounts.0/", f"decision/{record.pk}/"):
        page = client.get(at(draft, run, tail), headers={"accept-language": "en"})
        own = (
            page.content.decode()
            .partition('<div class="desk">')[2]
            .partition('<script src="/static/unfold')[0]
        )
        written = (draft.title, record.order.product.title)
        for one in written:
            own = own.replace(one, "")
        assert re.findall(r"[\u4e00-\u9fff]+", own) == []
