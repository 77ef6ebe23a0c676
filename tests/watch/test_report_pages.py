"""Who reads a report, by what; the survey that is said once; the command; what ops see."""

import re
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.signing import Signer
from django.test import Client

from accounts.models import Buyer, InboxMessage
from accounts.services import people
from compensation.models import Remedy
from evidence.models import Entry
from tests.tickets.case import claim
from tests.watch.report_case import OCTOBER, SEPTEMBER, buy, report_all, report_of, returning
from watch import queries
from watch.models import MonthlyReport, ReportRun, SurveyAnswer
from watch.rules import report_months
from watch.rules.report_figures import Day
from watch.services import reporting_figures
from watch.web import report_curve, report_page

pytestmark = pytest.mark.django_db
SLOWLY = (1000, 986, 979, 975, 974, 974, 972, 972, *range(971, 965, -1))
NOVEMBER = report_months.begins((2026, 11))


@pytest.fixture
def report(shop, by_day):
    """Of a month with a fall of 15 % that was made good."""
    returning()
    by_day.move_to(OCTOBER + timedelta(days=6))
    claim(buy("A-3", days=(850,)).order_no)
    by_day.move_to(NOVEMBER + timedelta(hours=10))
    Remedy.objects.update(delivered=180)
    report_all()
    return report_of()


def signed_in(username, role="buyer", buyer="b-1", **rights):
    owner = Buyer.objects.get(external_id=buyer) if role == "buyer" else None
    user = people.ensure_user(username=username, role=role, password="pass", buyer=owner, **rights)
    client = Client()
    client.force_login(user)
    return client


def text_of(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def link(kind="report"):
    return InboxMessage.objects.get(kind=kind).link


# ---- the page


def test_the_link_of_the_message_opens_the_report_and_nothing_else(report):
    page = Client().get(link())
    told = text_of(page)
    assert page.status_code == 200
    for words in (
        "2026 年 10 月使用报告", "您 2026 年 9、10 月付款的 3 单，数到月底为止。",
        "送到 3000 个，月底还有 2790 个：留住了 93%。", "最多时少了 210 个，共 3 单", "补量 180 个", "售后单 1 张",
        "您申请：掉赞 10-07，订单 A-3", "互动 22 次",
        "连续 2 个月有单。再连着 1 个月，就是长期用户", "每 100 个带来 1.8 次评论和转发（3000 个，55 次）。",
        "规则保证每 100 个至少 5 次", "说说满不满意",
    ):  # fmt: skip
        assert words in told, words
    html = page.content.decode()
    assert ("/orders/" in html, "/tickets/" in html) == (False, False)  # which this reader could not open
    for address in ("/reports/", f"/reports/{report.no}/", "/orders/A-3/"):
        assert Client().get(address).status_code == 404, address


def test_each_figure_opens_to_what_is_behind_it_for_the_buyer_and_for_ops(report):
    for client in (signed_in("lin"), signed_in("qiao", role="ops", is_staff=True)):
        html = client.get(f"/reports/{report.no}/").content.decode()
        behind = set(re.findall(r'href="(/(?:orders|tickets)/[^"#]+)', html))
        assert {"/orders/A-3/counts/", "/orders/b-1-S/counts/", "/orders/b-1-O/counts/"} < behind
        assert [client.get(address).status_code for address in behind] == [200] * 4


@pytest.mark.parametrize("who", ["nobody", "another", "developer", "panel", "shop", "guest"])
def test_to_everybody_else_there_is_no_such_page(report, who, client_as):
    if who == "guest":
        api = client_as("guest:A-3")
        assert api.get("/api/v1/me/reports/").json()["results"] == []
        assert api.get(f"/api/v1/me/reports/{report.no}/").status_code == 404
        assert api.get("/api/v1/me/inbox/").json()["results"] == []
        return
    buy("Z-1", buyer="b-2")
    client = {
        "nobody": Client, "another": lambda: signed_in("ma", buyer="b-2"),
    }.get(who, lambda: signed_in("x", role=who))()  # fmt: skip
    assert client.get(f"/reports/{report.no}/").status_code == 404
    assert client.get("/reports/").status_code == (200 if who == "another" else 404)


def test_a_buyers_list_and_where_it_is_empty_what_will_come(report):
    buy("Z-1", buyer="b-2")
    assert "2026 年 10 月使用报告 3 单，写于 2026-11-01" in text_of(signed_in("lin").get("/reports/"))
    told = text_of(signed_in("ma", buyer="b-2").get("/reports/"))
    assert ("下个月 1 日上午就有一份：留住了多少" in told, told.count("留住了多少")) == (True, 1)
    assert 'href="/reports/"' in signed_in("lin").get("/").content.decode()


def test_after_sixty_days_the_link_says_so_and_the_buyers_own_page_stays(report, by_day):
    by_day.move_to(report.expires_at)
    assert "使用报告" in text_of(Client().get(link()))
    by_day.shift(timedelta(seconds=1))
    told = text_of(Client().get(link()))
    assert ("这个链接过期了" in told, "留住了" in told) == (True, False)
    own = signed_in("lin")
    assert ["留住了" in text_of(own.get(path)) for path in (link(), f"/reports/{report.no}/")] == [True, True]


def forged(report):
    return [
        "", "1", f"{report.pk}:x", Signer(salt="watch.claim-link").sign(str(report.pk)),
        queries.survey_token(report), queries.report_token(report) + "x", "9" * 300,
        Signer(salt="watch.report-link").sign("99"), Signer(salt="watch.report-link").sign("x"),
    ]  # fmt: skip


def test_a_forged_link_opens_nothing(report):
    for token in forged(report)[1:]:
        assert Client().get(f"/report/{token}/").status_code == 404, token
    assert Client().get(f"/survey/{queries.report_token(report)}/").status_code == 404


def test_a_link_that_is_not_whole_says_where_the_whole_one_is_and_what_does_without(report):
    """For a warning the order's own page, for a report the buyer's own list, signed in or on the way to it."""
    lead = "这个链接打不开 多半是复制时少了几个字。请回到收到的那条消息，直接点开链接。 还是打不开，"
    own = signed_in("lin")
    for client, path, instead, address in (
        (Client(), "/claim/12/", "就凭订单号和查询密码查订单，照样可以申请。 查订单", "/"),
        (Client(), "/report/12/", "登录以后在「每月的报告」里看。 账号登录", "/login/?next=/reports/"),
        (Client(), "/survey/12/", "登录以后在「每月的报告」里看。 账号登录", "/login/?next=/reports/"),
        (own, "/report/12/", "在「每月的报告」里看。 每月的报告", "/reports/"),
    ):
        answer = client.get(path)
        html = answer.content.decode()
        assert (answer.status_code, lead + instead in text_of(answer)) == (404, True), path
        assert re.search(r'<a class="btn" href="([^"]+)"', html)[1] == address, path
        assert ("noindex" in html, answer.headers["Referrer-Policy"]) == (True, "strict-origin"), path


def test_empty_parts_say_what_will_be_there_and_when(shop):
    buy("A-1", at=SEPTEMBER, sku="licence", quantity=1, baseline=0, target="")
    buy("A-2", sku="licence", quantity=1, baseline=0, target="")
    report_all()
    told = text_of(Client().get(link()))
    for words in ("点赞这类能数的商品送完、数过以后，下一份报告里画在这里。", "这个月没有补过什么",
                  "数到以后，下一份报告里写每 100 个带来几次。"):  # fmt: skip
        assert words in told, words
    assert InboxMessage.objects.get().text == "您 2026 年 10 月的使用报告好了，点开看一眼。"


@pytest.mark.parametrize(
    ("kept", "labels"),
    [
        ((1000, 919), ["100%"]),  # what its dot says stands on the half
        (SLOWLY, ["100%"]),  # where the half would be named stand the curve and what its dot says
        ((1000, 990, 980, 900, 800, 700, 600), ["100%", "75%"]),
    ],
)
def test_no_line_of_the_curve_is_without_its_words(kept, labels):
    drawn = report_curve.draw([Day(day, 3, 1000, present) for day, present in enumerate(kept)])
    assert drawn is not None
    assert [mark.label for mark in drawn.marks] == labels


def test_what_is_said_where_the_line_comes_down_stands_below_it():
    steep, flat = [[Day(day, 3, 1000, kept) for day, kept in enumerate(run)] for run in ((1000, 919), SLOWLY)]
    drawn = [report_curve.draw(run) for run in (steep, flat)]
    assert [float(one.dot.text_y) > float(one.dot.y) for one in drawn] == [True, False]


@pytest.mark.parametrize(
    ("counted", "said"),
    [
        (0, "您 2026 年 9、10 月付款的 3 单，数到月底为止。"),
        (2, "您 2026 年 9、10 月付款的 3 单（其中 2 单能数），数到月底为止。"),
        (3, "您 2026 年 9、10 月付款的 3 单，数到月底为止。"),
    ],
)
def test_how_many_of_them_can_be_counted_is_said_where_it_is_not_all(report, counted, said):
    report.figures |= {"metered": counted}
    assert report_page.present(report, own=True, asks=True, now=report.made_at).intro == said


def test_in_english(report):
    told = text_of(Client(HTTP_ACCEPT_LANGUAGE="en").get(link()))
    assert re.findall(r"[一-鿿]+", told.replace("说说点赞", "").replace("中文", "")) == []


def test_the_same_by_the_api(report, client_as):
    api = client_as("buyer")
    listed = api.get("/api/v1/me/reports/").json()["results"]
    assert listed == [{"no": report.no, "month": "2026-10", "made_at": listed[0]["made_at"]}]
    said = api.get(f"/api/v1/me/reports/{report.no}/").json()["figures"]
    assert (said["kept"], said["made_good"]["sums"], said["days"][0]) == (
        {"lines": 3, "delivered": 3000, "present": 2790}, [{"kind": "top_up", "promised": 180, "came": 180}],
        {"day": 0, "lines": 3, "delivered": 3000, "present": 3000},
    )  # fmt: skip


# ---- the survey


def survey(report):
    return f"/survey/{queries.survey_token(report)}/"


def answers():
    return list(SurveyAnswer.objects.values_list("stars", "text"))


def test_it_is_said_once_and_counted(report):
    page, first = survey(report), Client()
    assert first.get(page).status_code == 200
    assert answers() == []  # a look changes nothing
    said = first.post(page, {"stars": "4", "text": " 夜里掉的没人说 "})
    assert ("谢谢您的评价" in text_of(said), answers()) == (True, [(4, "夜里掉的没人说")])
    again = Client().post(page, {"stars": "1"})
    assert (again.status_code, "您已经评价过了，这次没有记" in text_of(again), len(answers())) == (
        409,
        True,
        1,
    )
    assert "谢谢，已经收到您的评价" in text_of(first.get(page))
    assert queries.survey_figures(month="2026-10") == {1: 0, 2: 0, 3: 0, 4: 1, 5: 0}
    entry = Entry.objects.get(kind="survey")
    assert ('"stars":4' in entry.body.replace(" ", ""), "夜里" in entry.body) == (True, False)
    assert "您的评价" in text_of(Client().get(link()))


def test_whoever_said_it_is_not_asked(report, by_day):
    Client().post(survey(report), {"stars": "5"})
    by_day.shift(timedelta(days=4))
    report_all()
    assert InboxMessage.objects.filter(kind="survey").count() == 0


def test_the_link_of_the_question_opens_the_survey(report, by_day):
    by_day.shift(timedelta(days=4))
    report_all()
    assert "售后办得怎么样" in text_of(Client().get(link("survey")))


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        *((each, "还没选星，请点一到五颗。") for each in ({}, {"stars": "0"}, {"stars": "6"})),
        ({"stars": "x", "text": "好"}, "还没选星，请点一到五颗。"),
        ({"stars": "5", "text": "好" * 1001}, "请不要超过 1000 个字。"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_beside_it_and_what_was_typed_stays(report, typed, says):
    answer = Client().post(survey(report), typed)
    assert (answer.status_code, says in text_of(answer), answers()) == (422, True, [])
    assert typed.get("text", "") in answer.content.decode()


def test_after_its_time_it_takes_nothing(report, by_day):
    by_day.move_to(report.expires_at + timedelta(seconds=1))
    assert "这个链接过期了" in text_of(Client().get(survey(report)))
    assert (Client().post(survey(report), {"stars": "5"}).status_code, answers()) == (409, [])


# ---- the command, and what ops see


def run(*given):
    """(exit status, what it said)."""
    out, err = StringIO(), StringIO()
    try:
        call_command("monthly_reports", *given, stdout=out, stderr=err)
    except SystemExit as end:
        return end.code, err.getvalue().strip()
    return 0, out.getvalue().strip()


def test_the_command_makes_what_is_missing_and_says_how_many(shop):
    returning()
    assert [run(), run("--month", "2026-10")] == [(0, "2026-10：做好 1 份。")] * 2
    assert MonthlyReport.objects.count() == 1


@pytest.mark.parametrize(
    ("month", "says"),
    [
        ("2026-13", "--month 要写成 2026-10 这样，不能是 2026-13。"),
        ("", "不能是空的"),
        ("2026-11", "这个月还没过完"),
    ],
)
def test_the_command_refuses_a_month_that_is_none(shop, month, says):
    status, said = run("--month", month)
    assert (status, says in said) == (2, True)


def test_the_command_says_what_could_not_be_made(shop, monkeypatch):
    returning()
    monkeypatch.setattr(reporting_figures, "_of_one", lambda *_: 1 / 0)
    status, said = run()
    assert (status, "1 份没有做成" in said) == (1, True)


def test_ops_see_runs_reports_and_answers(report):
    Client().post(survey(report), {"stars": "2", "text": "太慢"})
    ReportRun.objects.create(month="2026-09", state="running", cursor=30, last=60, at=report.made_at)
    ops = signed_in("qiao", role="ops", is_staff=True)
    pages = {
        name: text_of(ops.get(f"/admin/watch/{name}/"))
        for name in ("reportrun", "monthlyreport", "surveyanswer")
    }
    for name, words in (("reportrun", "50%"), ("monthlyreport", report.no), ("surveyanswer", "太慢")):
        assert words in pages[name], name
