"""Months, 环比 and what is still open open too: to the remedies that they add up, own goods only, buyers masked."""

import html
import re
from datetime import timedelta

import pytest

from common import clock
from compensation.models import Remedy
from developers import queries
from developers.rules import periods
from tests.developers.counted import recounted
from tests.developers.test_access import TABLE, cast, page_as
from tests.developers.test_behind import apart, opened, rows
from tests.tickets.conftest import outside

__all__ = ["cast", "outside"]
pytestmark = pytest.mark.django_db


def ended(order_no, at, **changes):
    given = {"state": "settled", "delivered": 180, "ended_at": at, "settled_at": at} | changes
    assert Remedy.objects.filter(order__order_no=order_no).update(**given)


@pytest.fixture
def spent(yun, bo):
    """Two top-ups of hers ended this month and one as far into the last; one is open; one of his is too."""
    for number in ("Y-1", "Y-2", "Y-3", "Y-4"):
        apart(number)
    apart("B-1", sku="stamps")
    now = clock.now()
    alike = periods.period("month", now=now).before
    for number, at in (("Y-1", now), ("Y-2", now), ("Y-3", alike.start)):
        ended(number, at)
    Remedy.objects.filter(order__order_no="Y-4").update(state="processing", delivered=80)
    return yun


def links(page):
    """{what is shown: address} of all links into what is behind."""
    found = re.findall(r'href="(/developers/(?:behind|compared)/[^"]*)">([^<]*)</a>', page)
    return {shown: html.unescape(address) for address, shown in found}


def test_the_months_and_their_change_open(spent):
    found = links(page_as("yun").get("/developers/").content.decode())
    assert [rows(opened("yun", found[shown].partition("?")[2])) for shown in ("360 个", "180 个", "补 180 个")] == [
        2, 1, 1,
    ]  # fmt: skip
    page = page_as("yun").get(found["＋100%"]).content.decode()
    assert "（360 个 − 180 个）÷ 180 个" in page
    sides = links(page)
    assert {shown: rows(opened("yun", address.partition("?")[2])) for shown, address in sides.items()} == {
        "360 个": 2, "180 个": 1,
    }  # fmt: skip


def test_what_is_still_open_opens_to_what_has_not_come(spent):
    recounted()
    board = queries.board(developer=spent, code="month", now=clock.now())
    page = opened("yun", "what=open")
    assert (board.still_open.units, rows(page)) == (100, 1)
    assert "<b>补 100 个，" in page
    assert [word for word in ("Y-4", "B-1", "lin@shop") if word in page] == []
    assert rows(opened("yun", "what=open&sku=stamps")) == 0


def test_the_figure_of_the_time_before_opens(yun):
    before = periods.period("month", now=clock.now()).before
    ticket = apart("Y-1")
    type(ticket).objects.filter(pk=ticket.pk).update(opened_at=before.start + timedelta(seconds=1))
    apart("Y-2")
    found = links(page_as("yun").get("/developers/").content.decode())
    assert rows(opened("yun", found["上月同期 1，一样"].partition("?")[2])) == 1
    assert ticket.no in opened("yun", "before=1&what=all")


def test_cash_units_and_gifts_open_apart(yun):
    apart("Y-1", left=500)  # all the money and a gift
    now = clock.now()
    Remedy.objects.update(state="settled", ended_at=now, settled_at=now)
    Remedy.objects.filter(kind="gift").update(delivered=1000)
    assert [rows(opened("yun", f"what=cost&cost={sort}")) for sort in ("cash", "units", "gifts", "")] == [
        1,
        0,
        1,
        2,
    ]


def test_the_cost_of_a_row_opens_that_claim(yun):
    made = [apart(number) for number in ("Y-1", "Y-2")]
    page = opened("yun", f"no={made[0].no}")
    assert (rows(page), made[1].no in page) == (1, False)


@pytest.mark.parametrize(("name", "asked", "page", "api"), TABLE)
def test_who_compares_whose(cast, name, asked, page, api):
    query = f"?developer={asked}" if asked else ""
    assert page_as(name).get(f"/developers/compared/cash/{query}").status_code == page


def test_anothers_are_not_in_it_and_what_there_is_not_is_absent(spent):
    assert page_as("yun").get("/developers/compared/magic/").status_code == 404
    assert "180" not in page_as("bo").get("/developers/compared/units/").content.decode()
