"""The board of ops: figures equal to hand-counted ones, as many queries for any size, and what is suspended."""

import json
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Buyer
from accounts.services import people
from common import clock
from tests.tickets.case import claim, fallen, work
from tests.tickets.conftest import outside
from tests.watch.test_health import later, low, many, passed
from tickets.services import waiting
from watch.models import Incident, MonthlyReport, Proposal, SurveyAnswer
from watch.services import proposals

__all__ = ["low", "outside"]
pytestmark = pytest.mark.django_db
BOARD = "/admin/watch/board/"


def as_(role):
    user = people.ensure_user(username=f"of-{role}", role=role, password="x-2026-x", is_staff=True)
    client = Client()
    client.force_login(user)
    return client


def page():
    return as_("ops").get(BOARD)


def drawn(html, panel):
    """What the chart of a panel is drawn from; None where it is empty."""
    found = re.search(rf'<script id="{panel}-data" type="application/json">(.*?)</script>', html, re.S)
    return json.loads(found[1]) if found else None


def cells(html, panel):
    """The rows of its table, as they are read."""
    card = re.search(rf'<section class="desk-card" aria-labelledby="{panel}">(.*?)</section>', html, re.S)[1]
    rows = re.findall(r"<tr>(.*?)</tr>", card, re.S)[1:]
    return [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.S) for row in rows]


def heads(html, panel):
    card = re.search(rf'<section class="desk-card" aria-labelledby="{panel}">(.*?)</section>', html, re.S)[1]
    return re.findall(r'<th scope="col">(.*?)</th>', card)


def test_an_empty_shop_says_what_will_be_there(shop):
    html = page().content.decode()
    assert "data-chart" not in html
    said = re.findall(r'<p class="desk-soft">(.*?)</p>', html)
    assert len(said) == 12  # the line over all, ten panels, incidents


def test_stars_of_the_newest_reports(shop, by_day):
    def report(n, month):
        buyer = Buyer.objects.create(external_id=f"r-{n}", name=f"r-{n}")
        return MonthlyReport.objects.create(
            no=f"M-{n}", buyer=buyer, month=month, figures={}, made_at=clock.now(), expires_at=clock.now(),
        )  # fmt: skip

    for n, (month, stars) in enumerate([("2026-10", 5), ("2026-10", 5), ("2026-10", 3), ("2026-09", 1)]):
        SurveyAnswer.objects.create(report=report(n, month), stars=stars, text="", answered_at=clock.now())
    html = page().content.decode()
    assert "满意度：2026 年 10 月的报告" in html
    assert "3 位评了，平均 4.3 星。" in html
    assert cells(html, "satisfaction") == [["5", "2"], ["4", "0"], ["3", "1"], ["2", "0"], ["1", "0"]]
    assert drawn(html, "satisfaction")["series"] == [{"name": "几位", "data": [2, 0, 1, 0, 0]}]


def test_the_figures_are_the_hand_counted_ones(shop, by_day, outside):
    many(3, left=1000)
    fallen("B-1", left=700, target="B-1")
    claim("B-1")
    claim("A-1", "question", text="几时到")
    work()
    later(by_day, days=3)
    waiting.run_due(now=clock.now())
    later(by_day, minutes=20)
    claim("A-0", "question", text="再问一次")
    passed()
    html = page().content.decode()
    assert drawn(html, "map")["series"] == [
        {"name": "说说点赞", "data": [300 if hour == 11 else 0 for hour in range(24)]}
    ]
    assert cells(html, "map") == [["11–12 点", "300"], ["一共", "300"]]
    assert cells(html, "rates") == [
        ["说说点赞：掉得超过提醒线", "1 / 4", "25.00%", "4.55% – 69.94%"],
        ["说说点赞：假号超过 3%", "0 / 4", "0.00%", "0.00% – 49.00%"],
        ["说说点赞：到时没有送齐", "0 / 4", "0.00%", "0.00% – 49.00%"],
        ["说说点赞：属实的问题", "0 / 4", "0.00%", "0.00% – 49.00%"],
    ]
    assert cells(html, "supplied-rates")[:2] == [
        ["供货方 supplier：没有补齐", "0 / 1", "0.00%", "0.00% – 79.35%"],
        ["供货方 supplier：超过 24 小时才补完", "0 / 1", "0.00%", "0.00% – 79.35%"],
    ]
    assert cells(html, "queue") == [["11-27", "0", "2"], ["11-24", "2", "0"]]
    assert cells(html, "money") == [["11-24", "¥50.00"]]
    assert drawn(html, "money")["series"][0]["data"] == [50.0 if day == 26 else 0 for day in range(30)]
    assert cells(html, "fakes") == [["11-24", "0", "4000", "0.00%"]]
    states = dict(cells(html, "now"))
    assert {name: number for name, number in states.items() if number != "0"} == {"等买家确认": "1"}


def test_promises_that_were_broken_are_counted_by_their_day(shop, by_day):
    fallen("A-1")
    claim("A-1", "other", text="请看一下")
    later(by_day, hours=3)
    waiting.run_due(now=clock.now())
    html = page().content.decode()
    assert heads(html, "breaches") == ["日期", "做出决定", "首次答复"]
    assert cells(html, "breaches") == [["11-24", "1", "1"]]
    assert [one["data"][-1] for one in drawn(html, "breaches")["series"]] == [1, 1]


def test_every_point_of_a_chart_is_in_the_table_beside_it(shop, by_day):
    """Whoever can't see the chart is told that all of its figures are in the table."""
    for day, prefix in enumerate("AB"):
        many(1 + day, left=800, prefix=prefix)
        claim(f"{prefix}-0", "other", text="请看一下")
        later(by_day, hours=3)
        waiting.run_due(now=clock.now())
        later(by_day, hours=22)
    passed()
    html = page().content.decode()
    for panel in re.findall(r'data-chart="(.*?)-data"', html):
        points = [abs(n) for one in drawn(html, panel)["series"] for n in one["data"] if n]
        read = re.findall(r"[0-9.]+", " ".join(cell for row in cells(html, panel) for cell in row[1:]))
        missing = [n for n in points if not any(abs(float(one) - n) < 0.06 for one in read)]
        assert (panel, missing) == (panel, [])


def test_what_falls_at_night_is_pointed_out(shop, by_day):
    later(by_day, hours=14)  # two in the morning, of which the last count is an hour old
    many(1, left=900)
    later(by_day, hours=7)
    passed()
    assert (
        "7 天里掉了 100 个，其中 100% 在夜里 0 到 6 点。超过四成，请技术查夜里的负载。"
        in page().content.decode()
    )


def test_it_asks_the_same_for_one_and_for_three(shop, by_day):
    def asked(n, prefix):
        many(n, left=800, prefix=prefix)
        for number in range(n):
            product = claim(f"{prefix}-{number}").order.product
            Incident.objects.create(product=product, state="released", opened_at=clock.now())
        later(by_day, hours=7)
        passed()
        client = as_("ops")
        client.get(BOARD)
        with CaptureQueriesContext(connection) as seen:
            client.get(BOARD)
        return len(seen)

    assert asked(1, "A") == asked(3, "B")


@pytest.mark.parametrize("role", ["buyer", "developer", "panel", "shop"])
def test_to_others_there_is_no_such_page(shop, role):
    assert as_(role).get(BOARD).status_code == 404
    assert Client().get(BOARD).status_code == 302


def test_charts_are_drawn_without_inline_script(shop, by_day):
    many(1, left=800)
    later(by_day, hours=7)
    passed()
    html = page().content.decode()
    assert (
        re.findall(r"<script(?![^>]*(?:src=|application/json))[^>]*>[^<]", html.split('data-desk="board"')[1])
        == []
    )


# ---- proposals at the desk, and what the shop reads


@pytest.fixture
def proposal(shop, by_day, low):
    many(10, left=800)
    later(by_day, hours=7)
    passed()
    return Proposal.objects.get()


def test_the_orders_behind_it_are_open(proposal):
    html = as_("ops").get(f"/admin/watch/proposal/{proposal.pk}/change/").content.decode()
    assert sorted(re.findall(r">(A-\d)<", html)) == [f"A-{n}" for n in range(10)]
    assert "10 单里有 10 单「掉得超过提醒线」。" in html


def test_a_press_with_its_reason_suspends_and_another_lifts(proposal, client_as):
    desk, address = as_("ops"), f"/admin/watch/proposal/{proposal.pk}/change/"
    assert desk.post(address, {"action": "accept", "reason": " "}).status_code == 422
    assert desk.post(address, {"action": "accept", "reason": "换一家供货"}).status_code == 302
    read = client_as("shop").get("/api/v1/suspensions/").json()["results"]
    assert [
        (one["kind"], one["name"], one["figure"], one["part"], one["whole"], one["reason"]) for one in read
    ] == [("product", "likes", "drop", 10, 10, "换一家供货")]
    assert desk.post(address, {"action": "dismiss", "reason": "晚了"}).status_code == 409
    assert desk.post(address, {"action": "lift", "reason": "换好了"}).status_code == 302
    assert client_as("shop").get("/api/v1/suspensions/").json()["results"] == []
    proposal.refresh_from_db()
    assert (proposal.state, proposal.by, proposal.lifted_by) == ("lifted", "of-ops", "of-ops")


@pytest.mark.parametrize(
    ("role", "status"), [("ops", 200), ("shop", 200), ("buyer", 403), ("developer", 403)]
)
def test_who_may_read_what_is_suspended(shop, client_as, role, status):
    assert client_as(role).get("/api/v1/suspensions/").status_code == status


def test_an_order_to_a_supplier_that_came_short_is_behind_its_proposal(shop, by_day, low, outside):
    outside.supplies = [{"state": "partial", "delivered": 1}]
    for n in range(5):
        fallen(f"S-{n}", left=950, target=f"S-{n}")
        claim(f"S-{n}")
    work()
    later(by_day, minutes=20)
    passed()
    row = Proposal.objects.get(subject="supplier:supplier")
    assert (row.figure, row.part, row.whole) == ("short", 10, 10)
    html = as_("ops").get(f"/admin/watch/proposal/{row.pk}/change/").content.decode()
    assert set(re.findall(r">(S-\d)<", html)) == {f"S-{n}" for n in range(5)}


def test_whoever_answers_second_is_told(proposal):
    said = {"by": "qiao", "reason": "看过", "now": clock.now() + timedelta(minutes=1)}
    proposals.answer(pk=proposal.pk, accept=False, **said)
    with pytest.raises(proposals.AlreadyAnswered):
        proposals.lift(pk=proposal.pk, **said)


def test_in_english_it_says_all_but_the_names_of_goods_in_english(shop, by_day, proposal):
    client = as_("ops")
    for address in (BOARD, f"/admin/watch/proposal/{proposal.pk}/change/"):
        html = client.get(address, headers={"accept-language": "en"}).content.decode().replace("说说点赞", "")
        inside = re.sub(r"<script.*?</script>", "", html.split('<div class="desk"')[1], flags=re.S)
        assert re.findall(r"[\u4e00-\u9fff]+", inside.split("</main>")[0]) == []
