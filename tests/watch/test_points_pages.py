"""A buyer's points on their own page and in the monthly report: what earned, what may, what didn't and why."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import InboxMessage
from accounts.services import people
from common import clock
from common.clock import rfc3339
from compensation.models import Remedy
from tests.tickets.case import claim, order_of
from tests.watch.report_case import OCTOBER, SEPTEMBER, buy, report_all, report_of, returning
from tests.watch.test_earning import handed_over
from tests.watch.test_report_pages import signed_in, text_of
from watch import queries
from watch.models import MonthlyReport
from watch.rules import report_months
from watch.services import earning, reporting_points
from watch.web import points, report_points

pytestmark = pytest.mark.django_db
AUGUST = report_months.begins((2026, 8))
NOVEMBER = report_months.begins((2026, 11))


def look():
    earning.run(now=clock.now())


def rows_of(page):
    """(title, what is said of it, points) of each row, as they stand."""
    found = re.findall(r'<a class="row" href="(/orders/[^"]+)">(.*?)</a>', page.content.decode(), re.S)
    return [(address, re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", row)).strip()) for address, row in found]


def test_each_order_says_what_it_earned_or_may_or_why_not(shop, by_day):
    by_day.move_to(OCTOBER + timedelta(days=20))
    buy("A-1", at=AUGUST, paid_fen=5099)
    buy("A-2", at=SEPTEMBER)
    buy("A-3", days=(990,))
    claim("A-2")
    claim("A-3")
    buy("A-4", days=(990,))
    buy("A-5", paid_fen=99, list_fen=99)
    buy("A-6", sku="licence", quantity=1, baseline=0, target="")
    by_day.move_to(OCTOBER + timedelta(days=21))
    look()
    page = signed_in("lin").get("/points/")
    assert "您有 100 积分 目前只累计，还不能兑换；记上的不会扣回。" in text_of(page)
    assert [row.booked for row in page.context["rows"]] == [False] * 4 + [True] * 2
    assert rows_of(page) == [
        (
            "/orders/A-6/",
            "激活码 A-6 还没有发货的记录，发货以后才起算 可得 50",
        ),
        ("/orders/A-5/", "说说点赞 A-5 实付不满 1 元，没有积分 0"),
        ("/orders/A-4/", "说说点赞 A-4 11-04 到期，没申请、没退款就记上 可得 50"),
        ("/orders/A-3/", "说说点赞 A-3 申请过售后，没有积分 0"),
        ("/orders/A-2/", "说说点赞 A-2 10-22 记上了 +50"),
        ("/orders/A-1/", "说说点赞 A-1 10-22 记上了 +50"),
    ]


def test_cash_on_its_way_and_a_window_that_just_ended_are_said(shop, by_day):
    buy("A-1", days=(990,))
    by_day.move_to(order_of("A-1").rollup.warranty_ends_at + timedelta(seconds=1))
    [(_, told)] = rows_of(signed_in("lin").get("/points/"))
    assert told.endswith("期限过了，正在记 可得 50")
    ticket = claim("A-1", "other", at=order_of("A-1").rollup.warranty_ends_at, text="不想要了")
    Remedy.objects.create(
        order=ticket.order, decision=ticket.decision, kind="refund", ordinal=1, amount_fen=100, state="held",
        key="00000000-0000-0000-0000-000000000005", created_at=ticket.opened_at,
    )  # fmt: skip
    [(_, told)] = rows_of(signed_in("lin").get("/points/"))
    assert told.endswith("有一笔退款还在路上，办完再算 可得 50")


def test_what_is_over_and_looked_at_later_says_when(shop, by_day):
    by_day.move_to(OCTOBER + timedelta(days=5))
    buy("A-6", sku="licence", quantity=1, baseline=0, target="")
    paid = order_of("A-6").paid_at
    by_day.move_to(paid + timedelta(days=40))
    look()
    handed_over("A-6", at=paid + timedelta(days=38))
    by_day.shift(timedelta(hours=20))
    [(_, told)] = rows_of(signed_in("lin").get("/points/"))
    assert told.endswith("期限过了，今天 12:00 左右记上 可得 50")
    by_day.shift(timedelta(hours=4, minutes=5))
    [(_, told)] = rows_of(signed_in("lin").get("/points/"))
    assert told.endswith("期限过了，正在记 可得 50")
    by_day.shift(timedelta(minutes=6))
    look()
    [(_, told)] = rows_of(signed_in("lin").get("/points/"))
    assert told.endswith("11-15 记上了 +50")


def test_it_goes_on_where_a_page_ends_and_asks_as_often_for_many(shop, monkeypatch):
    client = signed_in_with_nothing()
    assert "付过款的订单列在这里" in text_of(client.get("/points/"))
    asked = []
    for n in range(5):
        buy(f"A-{n}", at=OCTOBER + timedelta(days=n // 2))  # two are paid at the same instant
        with CaptureQueriesContext(connection) as seen:
            page = client.get("/points/")
        asked.append(len(seen))
    assert (asked[1:], asked[0] <= 12) == ([asked[0]] * 4, True)
    monkeypatch.setattr(points, "A_PAGE", 2)
    shown, address = [], "/points/"
    while address:
        page = client.get(address)
        shown.append([row[0] for row in rows_of(page)])
        more = re.search(r'href="(\?after=[^"]+)"', page.content.decode())
        address = f"/points/{more[1]}" if more else ""
    assert shown == [["/orders/A-4/", "/orders/A-3/"], ["/orders/A-2/", "/orders/A-1/"], ["/orders/A-0/"]]
    assert "回到最近的" in text_of(page)
    for odd in ("nothing", "%00", "A" * 300):
        assert len(rows_of(client.get(f"/points/?after={odd}"))) == 2, odd


def signed_in_with_nothing():
    people.ensure_buyer(external_id="b-1")
    return signed_in("lin")


@pytest.mark.parametrize("who", ["nobody", "ops", "developer", "shop"])
def test_to_others_there_is_no_such_page(shop, who):
    buy("A-1")
    client = Client() if who == "nobody" else signed_in("x", role=who)
    assert client.get("/points/").status_code == 404


def test_anothers_orders_are_not_there(shop):
    buy("A-1", buyer="b-1")
    buy("Z-1", buyer="b-2")
    assert [address for address, _ in rows_of(signed_in("lin").get("/points/?after=Z-1"))] == ["/orders/A-1/"]
    assert 'href="/points/"' in signed_in("lin").get("/").content.decode()


# ---- the monthly report


@pytest.fixture
def reported(shop, by_day):
    """Two orders of summer earned in October, one before and one after; one is on its way, of one there was a claim."""
    by_day.move_to(OCTOBER - timedelta(days=1))
    buy("A-0", at=report_months.begins((2026, 6)), paid_fen=700)
    by_day.move_to(OCTOBER - timedelta(seconds=1))
    look()
    by_day.move_to(OCTOBER)
    buy("A-1", at=AUGUST, paid_fen=5099)
    buy("A-2", at=AUGUST + timedelta(days=3), paid_fen=2000)
    by_day.move_to(NOVEMBER - timedelta(seconds=1))
    look()
    returning()
    buy("A-3", days=(990,))
    claim("A-3")
    by_day.move_to(NOVEMBER)
    buy("A-4", at=AUGUST, paid_fen=900)
    by_day.move_to(NOVEMBER + timedelta(hours=10))
    look()
    report_all()
    return report_of()


def test_a_report_says_what_was_earned_what_there_was_and_what_may_come(reported):
    said = reported.figures["points"]
    assert [(row["order_no"], row["title"], row["points"], row["at"][:10]) for row in said.pop("rows")] == [
        ("A-1", "说说点赞", 50, "2026-10-31"), ("A-2", "说说点赞", 20, "2026-10-31"),
    ]  # fmt: skip
    due = order_of("b-1-O").rollup.warranty_ends_at
    assert said == {
        "earned": 70, "orders": 2, "balance": 77,
        "coming": {"orders": 1, "points": 50, "next_at": due.strftime("%Y-%m-%dT%H:%M:%SZ")},
        "recording": {"orders": 0, "points": 0},
    }  # fmt: skip


def test_the_page_of_the_report_opens_what_is_behind_it_for_its_buyer(reported):
    own = signed_in("lin").get(f"/reports/{reported.no}/")
    told = text_of(own)
    for words in (
        "这个月得了 70 积分，2 单", "月底一共 77 积分", "说说点赞 10-31，订单 A-1 50 积分",
        "还有 1 单期限没到，到时没申请过售后、没退过款的话，一共再得 50 积分；最早的到 11-04。", "看每一单的积分",
    ):  # fmt: skip
        assert words in told, words
    assert 'href="/points/"' in own.content.decode()
    assert {"/orders/A-1/", "/orders/A-2/"} == {address for address, _ in rows_of(own)}
    link = Client().get(InboxMessage.objects.get(kind="report").link)
    assert ("这个月得了 70 积分" in text_of(link), "/orders/" in link.content.decode()) == (True, False)
    assert "/points/" not in link.content.decode()


def test_a_report_of_before_points_were_kept_says_nothing_of_them(shop, client_as):
    returning()
    report_all()
    row = report_of()
    old = {name: value for name, value in row.figures.items() if name != "points"}
    before = MonthlyReport.objects.create(
        no="R-OLD",
        month="2026-08",
        buyer=row.buyer,
        figures=old,
        made_at=row.made_at,
        expires_at=row.expires_at,
    )
    page = text_of(Client().get(f"/report/{queries.report_token(before)}/"))
    assert ("留住了" in page, "这个月得了" in page) == (True, False)
    api = client_as("buyer")
    assert api.get("/api/v1/me/reports/R-OLD/").json()["figures"]["points"] is None
    assert api.get(f"/api/v1/me/reports/{row.no}/").json()["figures"]["points"] == {
        "earned": 0, "orders": 0, "balance": 0, "rows": [],
        "coming": {"orders": 0, "points": 0, "next_at": None}, "recording": {"orders": 0, "points": 0},
    }  # fmt: skip


def test_what_may_come_is_read_part_by_part(shop, by_day, monkeypatch):
    monkeypatch.setattr(reporting_points, "AT_ONCE", 2)
    for n in range(5):
        buy(f"A-{n}", at=NOVEMBER)
    by_day.move_to(clock.now() + earning.LAG)
    look()
    ids = [order_of("A-0").buyer_id]
    known = reporting_points.read(ids, since=OCTOBER, until=NOVEMBER, now=clock.now())
    assert reporting_points.of(ids[0], known)["coming"]["orders"] == 5


@pytest.mark.parametrize("after", [timedelta(microseconds=-1), timedelta()])
def test_a_window_that_is_over_is_being_recorded_and_no_longer_to_come(shop, by_day, after):
    """A-1 ends last of October, and nobody has looked since; A-2 ends days later."""
    by_day.move_to(OCTOBER)
    returning()
    look()
    ends_at = order_of("b-1-S").rollup.warranty_ends_at
    by_day.move_to(OCTOBER + earning.LAG + timedelta(seconds=1))
    look()
    by_day.move_to(ends_at + after)
    ids = [order_of("b-1-S").buyer_id]
    said = reporting_points.of(
        ids[0], reporting_points.read(ids, since=OCTOBER, until=NOVEMBER, now=clock.now())
    )
    first, last = (order_of(no).rollup.warranty_ends_at for no in ("b-1-S", "b-1-O"))
    told = report_points.present(said, own=True, now=clock.now()).coming
    if after:
        assert (said["coming"], said["recording"]) == (
            {"orders": 2, "points": 100, "next_at": rfc3339(first)}, {"orders": 0, "points": 0},
        )  # fmt: skip
        return
    assert (said["coming"], said["recording"]) == (
        {"orders": 1, "points": 50, "next_at": rfc3339(last)}, {"orders": 1, "points": 50},
    )  # fmt: skip
    assert (told[0], told[1][:10]) == ("1 单期限过了，正在记，一共 50 积分。", "还有 1 单期限没到")
    alone = said | {"coming": {"orders": 0, "points": 0, "next_at": None}}
    assert report_points.present(alone, own=True, now=clock.now()).coming == told[:1]


def test_the_message_of_a_report_says_what_was_earned_once_and_nothing_where_nothing_was(reported):
    told = [row.text for row in InboxMessage.objects.filter(kind="report")]
    assert told == [
        "您 2026 年 10 月的使用报告好了：送到的 3000 个，月底还在 97.6%。点开看每一单。当月得了 70 积分。"
    ]
