"""Ops run a draft over past decisions on a page: every state it can be in, who may, one run however often asked."""

import csv
import io
import re
from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Buyer
from common import clock
from compensation import queries
from compensation.models import BacktestRun, DecisionRecord, PolicyDraft
from compensation.rules.policy import Policy
from compensation.services import backtest_runs, backtesting, drafts
from tests.tickets.case import claim, fallen
from tests.tickets.desk_pages import person, words

pytestmark = pytest.mark.django_db
CODE = "metered-standard"
HX = {"HX-Request": "true"}


@pytest.fixture
def draft(shop):
    """A draft whose second tier goes to 40 %, over three decisions: the third is about nothing lost."""
    for number, left in enumerate((850, 700, 1003), 1):
        fallen(f"A-{number}", left, buyer_external_id=f"b-{number}")
        claim(f"A-{number}")
    made = drafts.begin(version=queries.newest_policy(CODE), by="qiao", now=clock.now())
    PolicyDraft.objects.filter(pk=made.pk).update(data=made.data | {"tier_b_rate": [40, 100]})
    made.refresh_from_db()
    return made


def at(draft, run=None, tail=""):
    address = f"/admin/compensation/policydraft/{draft.pk}/backtest/"
    return address if run is None else f"{address}{run.pk}/{tail}"


def days(first=2):
    today = clock.shanghai(clock.now())
    return {
        "from": f"{today - timedelta(days=first):%Y-%m-%d}",
        "to": f"{today + timedelta(days=1):%Y-%m-%d}",
    }


def within():
    return backtesting.period(*days().values())


def asked(draft, **changes):
    given = {"draft": draft, "within": within(), "all_of_kind": False, "by": "qiao", "now": clock.now()}
    return backtest_runs.start(**given | changes)


@pytest.fixture
def queued(monkeypatch, draft):
    """Too many for the page to wait for: a run that no worker has taken yet."""
    monkeypatch.setattr(backtest_runs, "AT_ONCE", 1)
    return asked(draft)


def test_before_the_first_it_says_what_to_do_and_offers_ninety_days(draft):
    page = person().get(at(draft))
    today = clock.shanghai(clock.now())
    assert page.context["typed"]["from"] == f"{today - timedelta(days=90):%Y-%m-%d}"
    assert page.context["typed"]["to"] == f"{today + timedelta(days=1):%Y-%m-%d}"
    assert "还没有回测过。选一段时间，看看照这份草稿那时会怎样。" in words(page)


def test_a_short_one_is_done_when_the_page_comes(draft):
    client = person()
    page = client.post(at(draft), days(), follow=True)
    run = BacktestRun.objects.get()
    assert page.redirect_chain == [(f"{at(draft)}?run={run.pk}", 302)]
    assert (run.state, run.total, run.done, run.by, run.tries) == ("done", 3, 3, "qiao", 1)
    figures = {figure.label: figure.value for figure, _ in page.context["figures"]}
    assert figures == {
        "算过的决定": "3", "现金": "−¥50.00", "个数": "−640", "多得的买家": "0", "少得的买家": "1", "改由人看": "0",
    }  # fmt: skip
    assert "policydraft" not in "".join(re.findall(r'hx-get="([^"]*)', page.content.decode()))


def test_figures_lead_to_their_tables(draft):
    text = person().post(at(draft), days(), follow=True).content.decode()
    anchors = set(re.findall(r'href="#(\w+)"', text))
    assert (
        {"accounts", "worse", "persons"}
        <= anchors
        <= set(re.findall(r'<section class="desk-card" id="(\w+)"', text))
    )


def test_a_long_one_waits_for_a_worker_and_the_page_asks_for_itself(queued, draft):
    client = person()
    page = client.get(at(draft))
    assert f'hx-get="{at(draft, queued)}"' in page.content.decode()
    assert {"排队", "共 3 个决定，马上开始。"} <= set(words(page))
    BacktestRun.objects.update(state="running", done=2)
    part = client.get(at(draft, queued), headers=HX)
    assert {"回测中", "2 / 3 个决定"} <= set(words(part))
    assert part.content.decode().lstrip().startswith("<section")
    backtest_runs.go_on(run_id=queued.pk, now=clock.now())
    part = client.get(at(draft, queued), headers=HX)
    assert "hx-get" not in part.content.decode()
    assert "−¥50.00" in words(part)


def test_one_that_failed_says_why(queued, draft, monkeypatch):
    def broken(**_):
        raise ValueError("broken on purpose")

    monkeypatch.setattr(backtesting, "run", broken)
    backtest_runs.go_on(run_id=queued.pk, now=clock.now())
    page = person().get(at(draft))
    assert {"没做成", "程序出了错，已停下，原因在日志里。修好以后再跑一次即可。"} <= set(words(page))


def test_a_database_that_is_away_is_no_failure_of_the_run(queued, monkeypatch):
    def away(**_):
        raise OperationalError("away")

    with monkeypatch.context() as patched:
        patched.setattr(backtesting, "run", away)
        with pytest.raises(OperationalError):
            backtest_runs.go_on(run_id=queued.pk, now=clock.now())
    queued.refresh_from_db()
    assert queued.state == "running"
    backtest_runs.run_due(now=clock.now() + backtest_runs.LEASE + timedelta(seconds=1))
    queued.refresh_from_db()
    assert (queued.state, queued.tries, queued.report["total"]["decisions"]) == ("done", 2, 3)


def test_asked_for_twice_it_is_one(queued, draft):
    assert asked(draft).pk == queued.pk
    assert asked(draft, all_of_kind=True).pk != queued.pk
    PolicyDraft.objects.filter(pk=draft.pk).update(title="另一个名字")
    draft.refresh_from_db()
    assert asked(draft).pk != queued.pk


def test_two_workers_take_it_once(queued, draft):
    now = clock.now()
    stale = BacktestRun.objects.get(pk=queued.pk)
    assert backtest_runs._taken(queued, now)
    assert not backtest_runs._taken(stale, now)
    backtest_runs.go_on(run_id=queued.pk, now=now)  # it is held: nothing happens
    queued.refresh_from_db()
    assert (queued.state, queued.tries, queued.report) == ("running", 1, None)


def test_a_worker_that_was_given_up_changes_nothing_more(queued, monkeypatch):
    """Its lease ran out while it slept; another one is at it when it wakes."""
    run, real = backtesting.run, backtesting.run

    def slept(*, policy, among, seen):
        monkeypatch.setattr(backtesting, "run", real)
        backtest_runs.go_on(run_id=queued.pk, now=clock.now() + backtest_runs.LEASE + timedelta(seconds=1))
        return run(policy=policy, among=among, seen=seen)

    monkeypatch.setattr(backtesting, "run", slept)
    backtest_runs.go_on(run_id=queued.pk, now=clock.now())
    queued.refresh_from_db()
    assert (queued.state, queued.done, queued.tries) == ("done", 3, 2)


def test_the_sweep_leaves_the_message_its_head_start_then_does_it(queued):
    backtest_runs.run_due(now=queued.at)
    queued.refresh_from_db()
    assert queued.state == "waiting"
    backtest_runs.run_due(now=queued.at + timedelta(seconds=11))
    queued.refresh_from_db()
    assert (queued.state, queued.total, queued.lease_until) == ("done", 3, None)


def test_one_that_kills_whoever_takes_it_is_stopped(queued):
    now = clock.now()
    for n in range(1, 5):
        now += backtest_runs.LEASE + timedelta(seconds=1)
        queued.refresh_from_db()
        assert backtest_runs._taken(queued, now) is (n < 4)
    assert (queued.state, queued.why) == (
        "failed", "跑这次回测的进程 3 次被系统结束，已停下。请选短一些的时间再试。",
    )  # fmt: skip


def test_what_was_tried_stays_as_it_was_when_the_draft_is_written_on(draft):
    client = person()
    client.post(at(draft), days())
    said = "草稿后来改过，这是改之前的结果：再回测一次看新的。"
    assert said not in words(client.get(at(draft)))
    PolicyDraft.objects.filter(pk=draft.pk).update(data=draft.data | {"tier_b_rate": [20, 100]})
    assert said in words(client.get(at(draft)))
    assert Policy.from_data(BacktestRun.objects.get().data).tier_b_rate == (40, 100)


def test_a_period_without_decisions_says_so(draft):
    page = person().post(at(draft), {"from": "2020-01-01", "to": "2020-02-01"}, follow=True)
    assert "这段时间里没有作过决定。换一段时间，或勾上同类商品的所有规则。" in words(page)


def test_a_draft_that_can_not_be_read_is_refused_with_what_was_typed(draft):
    PolicyDraft.objects.filter(pk=draft.pk).update(data=draft.data | {"clauses": ["closed"]})
    page = person().post(at(draft), days())
    assert (page.status_code, BacktestRun.objects.count()) == (422, 0)
    assert "这份草稿还读不懂，回测不了：先在草稿里改好。" in words(page)


def test_days_that_are_none_are_named_where_they_were_typed(draft):
    page = person().post(at(draft), {"from": "2026-13-01", "to": "x"})
    assert (page.status_code, BacktestRun.objects.count()) == (422, 0)
    assert words(page).count("请写成 2026-09-01 这样的日期。") == 2
    page = person().post(at(draft), {"from": "2026-02-02", "to": "2026-02-01"})
    assert "结束的日期要在开始的后面。" in words(page)


def test_the_file_holds_the_same_tables_and_nothing_that_runs(draft):
    Buyer.objects.filter(external_id="b-2").update(name="=1+1")
    client = person()
    client.post(at(draft), days())
    answer = client.get(at(draft, BacktestRun.objects.get(), "report.csv"))
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[2] == ["争议基金", "3", "50.00", "0.00", "-50.00", "1180", "540", "-640"]
    assert ["'=1+1", "1", "-50.00", "-640", "A-2"] in rows
    made = DecisionRecord.objects.get(order__order_no="A-2").pk
    row = ["掉赞第三档", "掉赞第二档", "50.00", "0.00", "1000", "360"]
    assert ["花费由谁承担", "争议基金", "决定数", "A-2", str(made), *row] in rows


@pytest.mark.parametrize("role", ["developer", "panel", "shop", "buyer"])
def test_to_others_there_is_no_such_page(draft, role):
    run = asked(draft)
    client = person("other", role)
    for address in (at(draft), at(draft, run), at(draft, run, "report.csv")):
        assert client.get(address).status_code == 404
    assert client.post(at(draft), days()).status_code == 404
    assert BacktestRun.objects.count() == 1


def test_strangers_are_asked_to_log_in(draft):
    answer = person(role=None).get(at(draft))
    assert (answer.status_code, answer.url.split("?")[0]) == (302, "/admin/login/")


def test_a_run_is_found_under_its_own_draft_only(draft):
    run = asked(draft)
    other = drafts.begin(version=queries.newest_policy("licence-standard"), by="qiao", now=clock.now())
    client = person()
    for address in (
        at(other, run),
        at(other, run, "report.csv"),
        f"{at(other)}?run={run.pk}",
        at(draft) + "999/",
    ):
        assert client.get(address).status_code == 404


def test_one_row_and_three_cost_the_page_as_many_questions(draft):
    client, counts = person(), []
    for order_no in (["A-2"], ["A-1", "A-2", "A-3"]):
        found = list(DecisionRecord.objects.filter(order__order_no__in=order_no).values_list("pk", flat=True))
        run = asked(draft)
        among = backtesting.chosen(policy=drafts.policy_of(draft), within=within())
        among = backtesting.Chosen(among.ids[:0] + type(among.ids)("q", found), among.terms)
        report = backtesting.run(policy=drafts.policy_of(draft), among=among).as_data()
        BacktestRun.objects.filter(pk=run.pk).update(report=report)
        with CaptureQueriesContext(connection) as asked_for:
            assert client.get(f"{at(draft)}?run={run.pk}").status_code == 200
        counts.append(len(asked_for))
    assert counts[0] == counts[1]


def test_readers_of_english_find_no_chinese_but_what_people_wrote(draft):
    client = person()
    client.post(at(draft), days())
    page = client.get(at(draft), headers={"accept-language": "en"})
    written = {draft.title, "林", "中文"}
    own = page.content.decode().partition('<div class="desk">')[2].partition('<script src="/static/unfold')[0]
    chinese = set(re.findall(r"[\u4e00-\u9fff]+", own))
    assert {text for text in chinese if not any(text in one for one in written)} == set()
    assert {"Buyers who get less", "−¥50.00"} <= set(words(page))
