"""The calculator: what the engine itself says of the figures typed, each fault at its field, and nothing is kept."""

import re

import pytest
from django.test import Client

from common import clock
from compensation.models import DecisionRecord, PolicyVersion, Remedy
from compensation.services import policies
from integrations.models import Intent

pytestmark = pytest.mark.django_db


@pytest.fixture
def rules(db):
    policies.load_defaults(now=clock.now())


def ask(code, query="", **headers):
    return Client().get(f"/rules/{code}-standard/calculator/{query}", **headers)


def said(answer):
    given = answer.context["answer"]
    return f"{given.lead}{given.figure}{given.unit}"


ANSWERS = {
    "as it opens": ("metered", "", "补给您180个"),
    "a share": ("metered", "?n=1000&gone=10&gone-unit=percent", "补给您100个"),
    "a part of one": ("metered", "?n=15&gone=10&gone-unit=percent", "补给您1个"),
    "so many": ("metered", "?n=1000&gone=101&gone-unit=units", "补给您122个"),
    "still there": ("metered", "?n=1000&gone=850&gone-unit=left", "补给您180个"),
    "more than were bought": ("metered", "?n=1000&gone=1100&gone-unit=left", "没有可退、可补的"),
    "long-term": ("metered", "?gone=15&long=1", "补给您225个"),
    "too much": ("metered", "?gone=20.1&paid=50", "退给您¥50.00"),
    "at the window's end": ("metered", "?since=24&since-unit=hour", "补给您180个"),
    "a minute later": ("metered", "?since=1441&since-unit=minute", "补给您150个"),
    "after the warranty": ("metered", "?since=31&since-unit=day", "这样不能退，也不能补"),
    "as people type": ("metered", "?n=1,000 个&paid=￥５０&gone=15%25", "补给您180个"),
    "not all came": ("metered", "?about=short&came=800", "退给您¥10.00"),
    "faulty": ("metered", "?about=defect", "退给您¥50.00"),
    "a new one": ("licence", "?about=defect&wants=replacement", "给您换新5个"),
    "cooling off": ("licence", "", "退给您¥80.00"),
    "too late": ("licence", "?since=25", "这样不能退，也不能补"),
    "a trial": ("course", "?used=2", "退给您¥200.00"),
    "a trial before": ("course", "?used=2&taken=1", "退给您¥180.00"),
    "pro rata": ("course", "", "退给您¥170.00"),
    "an item": ("game-item", "", "退给您¥100.00"),
    "a used item": ("game-item", "?used=1", "这样不能退，也不能补"),
    "a subscription": ("subscription", "", "退给您¥20.00"),
    "with an outage": ("subscription", "?outage=2&outage-unit=day", "退给您¥22.00"),
    "just tried": ("subscription", "?since=1&since-unit=day&used=1", "退给您¥30.00"),
    "over": ("subscription", "?since=40", "没有可退、可补的"),
    "a matter it hasn't": ("licence", "?about=drop", "退给您¥80.00"),
    "other names": ("metered", "?utm_source=x", "补给您180个"),
}  # fmt: skip


@pytest.mark.parametrize("name", ANSWERS)
def test_what_one_would_get(rules, name):
    code, query, expected = ANSWERS[name]
    answer = ask(code, query)
    assert answer.status_code == 200, answer.context["fields"]
    assert said(answer) == expected


FAULTS = {
    "empty": ("metered", "?n=&paid=&gone=&since=", ["n", "paid", "gone", "since"]),
    "no number": ("metered", "?n=abc&paid=x&gone=y&since=z", ["n", "paid", "gone", "since"]),
    "negative": ("metered", "?n=-1000&paid=-5&gone=-1&since=-3", ["n", "paid", "gone", "since"]),
    "nothing bought": ("metered", "?n=0", ["n"]),
    "too many": ("metered", f"?n={10**13}&gone=1", ["n"]),
    "absurdly many": ("metered", f"?n={'9' * 5000}&gone=1", ["n"]),
    "absurdly much": ("metered", "?paid=99999999999", ["paid"]),
    "a thousandth": ("metered", "?paid=1.005", ["paid"]),
    "more than all": ("metered", "?gone=101&gone-unit=percent", ["gone"]),
    "more than were bought": ("metered", "?n=10&gone=11&gone-unit=units", ["gone"]),
    "a unit of one's own": ("metered", "?gone-unit=x&since-unit=year", ["gone", "since"]),
    "for ever": ("metered", "?since=9999999&since-unit=day", ["since"]),
    "delivered more": ("metered", "?about=short&n=10&came=11", ["came"]),
    "used more": ("licence", "?n=5&used=6", ["used"]),
    "a half": ("licence", "?n=2.5", ["n"]),
    "no time bought": ("subscription", "?total=0", ["total"]),
    "a wish of one's own": ("licence", "?about=defect&wants=gold", ["wants"]),
    "Indian digits": ("metered", "?n=١٠", ["n"]),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_what_can_not_be_read_is_named_at_its_field(rules, name):
    code, query, expected = FAULTS[name]
    answer = ask(code, query)
    assert answer.status_code == 422
    assert [each.name for each in answer.context["fields"] if each.error] == expected
    page = answer.content.decode()
    assert page.count('aria-invalid="true"') == len(expected)
    assert page.count("autofocus") == (expected != ["wants"])
    assert "还算不出来" in page


@pytest.mark.parametrize("code", ["metered", "licence", "game-item", "course", "subscription"])
def test_what_was_typed_stays(rules, code):
    asked = [each.name for each in ask(code).context["fields"] if each.sort not in ("flag", "choice")]
    answer = ask(code, "?" + "&".join(f"{name}=<{name}>" for name in asked))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert re.findall(r'value="&lt;(\w+)&gt;"', page) == asked


def test_every_fault_has_english(rules):
    for code, query, _ in FAULTS.values():
        errors = [
            each.error for each in ask(code, query, HTTP_ACCEPT_LANGUAGE="en").context["fields"] if each.error
        ]
        assert not [text for text in errors if re.search("[一-鿿]", text)]


def test_each_step_and_the_clause_are_shown(rules):
    given = ask("metered").context["answer"]
    assert given.basis.startswith("依据：掉赞第二档：24 小时内掉赞超过 10%、不超过 20% 的")
    assert [step.result for step in given.steps][-2:] == ["180 个", "180 个"]


def rows(answer):
    return [[(r.case, r.gets, r.edge, r.own) for r in table.rows] for table in answer.context["tables"]]


def test_the_limits_stand_beside(rules):
    assert rows(ask("metered", "?gone=10")) == [
        [
            ("99 个", "补 99 个", False, False), ("100 个", "补 100 个", False, True),
            ("101 个", "补 122 个", True, False), ("200 个", "补 240 个", False, False),
            ("201 个", "退 ¥50.00，另送优质 1000 个", True, False),
        ],
        [
            ("24 小时内", "补 100 个", False, False), ("超过 24 小时", "补 100 个", True, False),
            ("超过 30 天", "不补", True, False),
        ],
    ]  # fmt: skip
    assert rows(ask("game-item")) == [
        [("用掉 0 / 5", "退 ¥100.00", False, True), ("用掉 1 / 5", "不退", True, False)],
        [("2 小时内", "退 ¥100.00", False, False), ("超过 2 小时", "不退", True, False)],
    ]
    assert rows(ask("metered", "?about=defect")) == []


def test_neighbours_that_can_not_be_are_left_out(rules):
    assert [row[0] for row in rows(ask("metered", "?n=1&gone=100"))[0]] == ["0 个", "1 个"]
    assert [row[0] for row in rows(ask("licence", "?n=1&used=1"))[0]] == ["用掉 0 / 1", "用掉 1 / 1"]


@pytest.mark.parametrize("query", ["?gone=9", "?gone=x"])
def test_what_comes_by_itself_is_the_answer_and_the_faults_alone(rules, query):
    answer = ask("metered", query, HTTP_HX_REQUEST="true")
    page = answer.content.decode()
    assert (answer.status_code, "<html" in page, "HX-Request" in answer["Vary"]) == (200, False, True)
    assert page.count('hx-swap-oob="true"') == 4  # n, paid, gone, since
    assert ("还算不出来" in page) == (query == "?gone=x")


def test_another_matter_keeps_what_both_ask(rules):
    tabs = ask("metered", "?n=77&paid=7.70&gone=x").context["tabs"]
    assert [tab["address"] for tab in tabs] == [
        f"?about={matter}&n=77&paid=7.70" for matter in ("drop", "short", "defect")
    ]


def test_a_version_of_its_own(rules):
    old = PolicyVersion.objects.get(code="licence-standard")
    data = old.data | {"version": 2, "cooling_off_seconds": 172_800}
    PolicyVersion.objects.create(
        code=old.code,
        version=2,
        kind=old.kind,
        title=old.title,
        data=data,
        hash="x",
        published_at=old.published_at,
    )
    assert said(ask("licence", "?since=25")) == "退给您¥80.00"
    answer = ask("licence", "?since=25&version=1")
    assert said(answer) == "这样不能退，也不能补"
    assert '<input type="hidden" name="version" value="1">' in answer.content.decode()


def test_nothing_is_kept(rules):
    for code, query, _ in ANSWERS.values():
        ask(code, query)
    assert (DecisionRecord.objects.count(), Remedy.objects.count(), Intent.objects.count()) == (0, 0, 0)


def test_a_post_is_none_of_it(rules):
    assert Client().post("/rules/metered-standard/calculator/").status_code == 405
