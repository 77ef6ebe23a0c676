"""What the board says of all is of all, however few it shows; and those that it shows, it shows whole."""

from datetime import timedelta

import pytest

from common import clock
from common.clock import shanghai
from tests.watch.test_board import cells, drawn, heads, page
from watch.models import DayFigure
from watch.rules import health

pytestmark = pytest.mark.django_db


def fell(kind, name, hours, *, back=0):
    """So many units of a subject by the hour, on the day so many days ago."""
    day = shanghai(clock.now()).date() - timedelta(days=back)
    DayFigure.objects.bulk_create(
        DayFigure(subject=health.subject(kind, name), day=day, figure=health.hour_name(hour), part=units)
        for hour, units in hours.items()
    )


def spread(n, *, each, hour):
    for number in range(n):
        fell(health.PRODUCT, f"p-{number:02d}", {hour: each})


def test_the_sum_is_of_all_goods_and_what_is_not_shown_stands_beside(shop, by_day):
    spread(8, each=100, hour=14)
    for number in range(8, 12):
        fell(health.PRODUCT, f"p-{number:02d}", {3: 50, 14: 40}, back=6)
    fell(health.PRODUCT, "of-before", {3: 5000}, back=7)
    html = page().content.decode()
    assert "7 天里掉了 1160 个，其中 17% 在夜里 0 到 6 点。" in html
    assert heads(html, "map") == ["几点", *(f"商品 p-{number:02d}" for number in range(8)), "其余的"]
    assert cells(html, "map") == [
        ["3–4 点", *["0"] * 8, "200"],
        ["14–15 点", *["100"] * 8, "160"],
        ["一共", *["100"] * 8, "360"],
    ]
    assert drawn(html, "map")["series"][-1] == {
        "name": "其余的", "data": [{3: 200, 14: 160}.get(hour, 0) for hour in range(24)],
    }  # fmt: skip


def test_what_many_lost_at_night_is_pointed_out_though_none_of_them_is_shown(shop, by_day):
    spread(8, each=100, hour=14)
    for number in range(8, 40):
        fell(health.PRODUCT, f"p-{number:02d}", {2: 90})
    assert "7 天里掉了 3680 个，其中 78% 在夜里 0 到 6 点。超过四成" in page().content.decode()


def test_the_sum_is_of_all_suppliers_too(shop, by_day):
    for number in range(10):
        fell(health.SUPPLIER, f"s-{number}", {5: 10 + number})
    fell(health.SUPPLIER, "", {5: 7})
    html = page().content.decode()
    assert "7 天里掉了 152 个，其中 7 个所在的单没写明是哪一家送的" in html
    assert cells(html, "supplied-map")[-1] == ["一共", *(str(19 - n) for n in range(8)), "7", "21"]


def test_what_is_shown_has_all_its_hours_however_many_others_there_are(shop, by_day):
    for number in range(40):
        hours = dict.fromkeys(range(6, 24), 1000 - number) | dict.fromkeys(range(6), 20)
        fell(health.PRODUCT, f"p-{number:02d}", hours)
    html = page().content.decode()
    assert cells(html, "map")[-1][1:3] == ["18120", "18102"]
    assert len(cells(html, "map")) == 25
    assert drawn(html, "map")["series"][0]["data"] == [20] * 6 + [1000] * 18


def test_a_rate_of_nothing_is_not_lost_among_many(shop, by_day):
    day = shanghai(clock.now()).date()
    DayFigure.objects.bulk_create(
        DayFigure(
            subject=health.subject(health.PRODUCT, f"p-{number:03d}"), day=day, figure=figure,
            part=1 if figure == health.DROP else 0, whole=50 + number,
        )
        for number in range(450) for figure in (health.DROP, health.DELAY)
    )  # fmt: skip
    rates = cells(page().content.decode(), "rates")
    assert [row[:2] for row in rates[:2]] == [
        ["商品 p-000：掉得超过提醒线", "1 / 50"],
        ["商品 p-000：到时没有送齐", "0 / 50"],
    ]
    assert len(rates) == 16
