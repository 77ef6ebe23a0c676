"""Suppliers: counted by the lines that they alone delivered, judged, suspended and let in; and what the board shows."""

import re
from datetime import timedelta

import pytest

from common import clock
from orders.models import Delivery, Supplier
from orders.services.deliveries import take_deliveries
from tests.watch.test_board import BOARD, as_, cells, drawn, heads, page
from tests.watch.test_health import figures, later, low, many, passed
from watch.models import DayFigure, LineHealth, Proposal
from watch.rules.health import NOBODYS
from watch.services import proposals

__all__ = ["low"]
pytestmark = pytest.mark.django_db
NAN, BEI = "supplier:nan", "supplier:bei"


def delivered(*order_nos, by, ago=timedelta(hours=20)):
    """A thousand each, by that supplier."""
    at = (clock.now() - ago).isoformat()
    rows = [{"order_no": no, "delivered_at": at, "quantity": 1000, "supplier": by} for no in order_nos]
    assert take_deliveries(raw_rows=rows, now=clock.now()).accepted == len(rows)


@pytest.fixture
def three(shop, by_day):
    """A-0 and A-1 fell and are nan's, B-0 held and is bei's, C-0 fell and is nobody's that is known."""
    many(2, left=800)
    many(1, left=1000, prefix="B")
    many(1, left=900, prefix="C")
    delivered("A-0", "A-1", by="nan")
    delivered("B-0", by="bei")
    Supplier.objects.filter(code="nan").update(title="南方号池")
    later(by_day, hours=7)
    passed()


def test_each_line_counts_with_whoever_alone_delivered_it(three, by_day):
    sums = {"drop": (2, 2), "fake": (0, 2), "delay": (0, 2), "fell_11": (400, 0)}
    assert figures(NAN) == sums
    assert figures(BEI) == {"drop": (0, 1), "fake": (0, 1), "delay": (0, 1)}
    assert figures(NOBODYS) == {"drop": (1, 1), "fake": (0, 1), "delay": (0, 1), "fell_11": (100, 0)}
    assert figures()["drop"] == (3, 4)  # the product's own are none the less for it
    later(by_day, hours=48)
    passed()
    assert figures(NAN) == sums


def test_a_delivery_that_came_late_takes_its_line_to_another(three, by_day):
    delivered("A-1", by="bei", ago=timedelta(hours=30))  # now two delivered it
    delivered("C-0", by="bei")
    later(by_day, hours=48)
    passed()
    assert (figures(NAN)["drop"], figures(BEI)["drop"], figures(NOBODYS)["drop"]) == ((1, 1), (1, 2), (1, 1))
    assert figures()["drop"] == (3, 4)


def test_what_was_counted_before_suppliers_were_is_not_taken_from_anybody(three, by_day):
    """Rows as an older version left them: nothing had been added to a supplier."""
    DayFigure.objects.filter(subject__startswith="supplier:").delete()
    LineHealth.objects.update(by_supplier=False, supplier="")
    later(by_day, hours=48)
    passed()
    assert (figures(NAN)["drop"], figures(NOBODYS)["drop"]) == ((2, 2), (1, 1))


def test_the_board_shows_whose_fell_when_and_how_much_is_nobodys(three):
    html = page().content.decode()
    assert heads(html, "supplied-map") == ["几点", "南方号池", "没写明供货商的"]
    assert cells(html, "supplied-map") == [["11–12 点", "400", "100"], ["一共", "400", "100"]]
    assert [one["name"] for one in drawn(html, "supplied-map")["series"]] == ["南方号池", "没写明供货商的"]
    assert "7 天里掉了 500 个，其中 100 个所在的单没写明是哪一家送的" in html
    rates = [row[:2] for row in cells(html, "supplied-rates")]
    assert rates[:3] == [
        ["南方号池：掉得超过提醒线", "2 / 2"], ["南方号池：假号超过 3%", "0 / 2"], ["南方号池：到时没有送齐", "0 / 2"],
    ]  # fmt: skip
    assert [who for who, _ in rates[3:]] == [
        f"{name}：{what}" for name in ("bei", "没写明供货商的")
        for what in ("掉得超过提醒线", "假号超过 3%", "到时没有送齐")
    ]  # fmt: skip
    assert [who for who, *_ in cells(html, "rates")] == [
        f"说说点赞：{what}" for what in ("掉得超过提醒线", "假号超过 3%", "到时没有送齐", "属实的问题")
    ]


@pytest.fixture
def beyond(shop, by_day, low):
    """Ten of nan's fell, and ten that nobody is known to have delivered."""
    many(10, left=800)
    many(10, left=800, prefix="B")
    delivered(*(f"A-{n}" for n in range(10)), by="nan")
    later(by_day, hours=7)
    passed()
    return Proposal.objects.get(subject=NAN)


def test_a_supplier_beyond_its_range_is_proposed_with_its_own_orders_behind_it(beyond):
    assert sorted(Proposal.objects.values_list("subject", flat=True)) == [
        "product:likes",
        NAN,
    ]  # nobody: never
    assert (beyond.figure, beyond.part, beyond.whole, beyond.lower) == ("drop", 10, 10, 7224)
    html = as_("ops").get(f"/admin/watch/proposal/{beyond.pk}/change/").content.decode()
    assert sorted(re.findall(r">([AB]-\d)<", html)) == [f"A-{n}" for n in range(10)]
    assert "都是它一家送的" in html
    assert "不再向它下单" in html


def test_agreed_to_it_is_suspended_what_it_sends_is_flagged_and_lifted_it_is_let_in(
    beyond, by_day, client_as
):
    desk, address = as_("ops"), f"/admin/watch/proposal/{beyond.pk}/change/"
    assert desk.post(address, {"action": "accept", "reason": "换一家供货"}).status_code == 302
    suspended = Supplier.objects.get(code="nan").suspended_at
    assert suspended == clock.now()
    read = client_as("shop").get("/api/v1/suspensions/").json()["results"]
    assert [(one["kind"], one["name"]) for one in read] == [("supplier", "nan")]
    later(by_day, hours=1)
    many(2, left=1000, prefix="C")
    delivered("C-0", "C-1", by="nan", ago=timedelta(0))
    assert Delivery.objects.filter(while_suspended=True).count() == 2
    for shown in (BOARD, address):
        assert "停用以后又送来 2 批" in desk.get(shown).content.decode()
    assert desk.post(address, {"action": "lift", "reason": "换了一批号"}).status_code == 302
    assert Supplier.objects.get(code="nan").suspended_at is None
    assert "停用以后又送来" not in desk.get(address).content.decode()


def test_who_still_delivers_is_listed_first_and_how_many_more_there_are(beyond, by_day):
    proposals.answer(pk=beyond.pk, accept=True, by="qiao", reason="换一家供货", now=clock.now())
    figures_ = {"figure": "drop", "part": 30, "whole": 40, "lower": 5000, "upper": 9000, "limit": 2000}
    day = clock.now().date()
    Proposal.objects.bulk_create(
        Proposal(subject=f"product:p-{n}", since=day, until=day, made_at=clock.now(), **figures_)
        for n in range(9)
    )
    html = as_("ops").get(BOARD).content.decode()
    assert (html.count("等人看"), "一共 11 条，看全部" in html, "停用以后又送来" in html) == (8, True, False)
    later(by_day, hours=1)
    many(1, left=1000, prefix="C")
    delivered("C-0", by="nan", ago=timedelta(0))
    html = as_("ops").get(BOARD).content.decode()
    assert (html.count("等人看"), html.index("停用以后又送来 1 批") < html.index("等人看")) == (7, True)


def test_dismissed_nothing_is_suspended(beyond):
    proposals.answer(pk=beyond.pk, accept=False, by="qiao", reason="平台清过号", now=clock.now())
    assert Supplier.objects.get(code="nan").suspended_at is None
