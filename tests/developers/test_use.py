"""What of a developer's goods is used, a line once a day, and what is asked about most: own goods alone."""

import csv
import io
from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps

from accounts.models import User
from common import clock
from compensation.services import intake
from developers import queries
from developers.models import GoodsDay, MakerDay
from developers.services.figures import following
from developers.web import present_use
from orders.models import Product, UsageDay
from orders.services.usage import take_usage
from tests.developers.conftest import filed
from tests.developers.counted import all_figures, counted, day_figures, recounted
from tests.developers.test_access import api_as, cast, page_as
from tests.orders.conftest import PAID, PRODUCT, new_order, z

__all__ = ["cast"]
pytestmark = pytest.mark.django_db
API = "/api/v1/developers/me/dashboard/?period=months_3"
COURSE = PRODUCT | {"kind": "course", "policy": "course-standard"}


@pytest.fixture
def courses(cast):
    """Two courses of hers with two lines each, one of his."""
    for sku, title, owner in (
        ("photo", "摄影课", "yun"),
        ("chess", "围棋课", "yun"),
        ("cook", "做菜课", "bo"),
    ):
        intake.put_product(sku=sku, fields=COURSE | {"title": title, "developer": owner}, now=PAID)
        for number in (1, 2):
            order = new_order(f"{sku}-{number}", sku=sku, quantity=40)
            intake.take_order(new=order, now=clock.now())


def noon(days_ago):
    """At noon in Shanghai, whenever the test runs."""
    return clock.shanghai(clock.now()).replace(hour=12, minute=0, second=0, microsecond=0) - timedelta(
        days=days_ago
    )


def used(*reports):
    """(order, days ago, hours after noon, lessons)"""
    rows = [
        {"order_no": no, "observed_at": z(noon(days) + timedelta(hours=hours)), "used_units": units}
        for no, days, hours, units in reports
    ]
    assert take_usage(raw_rows=rows, now=clock.now()).as_data()["rejected"] == []


def days_of(sku):
    """{days ago: lines}"""
    today = clock.shanghai(clock.now()).date()
    rows = UsageDay.objects.filter(product__sku=sku).values_list("day", "lines")
    return {(today - day).days: lines for day, lines in rows}


def test_a_line_counts_once_a_day_whatever_is_told_of_it(courses):
    used(("photo-1", 3, 0, 4), ("photo-1", 3, 2, 5), ("photo-2", 3, 0, 1), ("photo-1", 2, 0, 6))
    assert days_of("photo") == {3: 2, 2: 1}
    used(
        ("photo-1", 3, 2, 5), ("photo-1", 3, -1, 3), ("photo-1", 4, 0, 2)
    )  # again, earlier that day, later told
    assert (days_of("photo"), days_of("cook")) == ({4: 1, 3: 2, 2: 1}, {})
    # The day of a shop ends at its own midnight: 13 hours after noon is tomorrow's.
    used(("photo-2", 3, 13, 2))
    assert days_of("photo") == {4: 1, 3: 2, 2: 2}
    before = days_of("photo")
    UsageDay.objects.all().delete()
    import_module("orders.migrations.0021_usage_days").count_days(apps, None)
    assert days_of("photo") == before


def test_the_days_come_into_the_figures_as_they_change_and_from_the_start(courses):
    counted()
    used(("photo-1", 3, 0, 4), ("chess-1", 3, 0, 1), ("cook-1", 3, 0, 1))
    now = clock.now()
    assert queries.freshness(now=now).until != now
    counted()
    assert queries.freshness(now=now).until == now
    yun = User.objects.get(username="yun")
    assert (day_figures(product__sku="photo")["active"], day_figures(MakerDay, developer=yun)["active"]) == (
        1,
        2,
    )
    used(("photo-2", 3, 0, 4), ("photo-1", 1, 0, 5))
    counted()
    assert (day_figures(product__sku="photo")["active"], day_figures(MakerDay, developer=yun)["active"]) == (
        3,
        4,
    )
    assert following.step(now=clock.now()) is False
    before = all_figures()
    recounted()
    assert all_figures() == before
    Product.objects.filter(sku="photo").update(developer=User.objects.get(username="bo"))
    counted()
    assert day_figures(MakerDay, developer=yun)["active"] == 1


def test_a_day_that_changes_while_it_is_added_up_is_added_up_again(courses, monkeypatch):
    counted()
    used(("photo-1", 3, 0, 4))
    seen = following.using.usage_days.seen

    def late(*, rows):
        UsageDay.objects.update(lines=2, touched=True)
        seen(rows=rows)

    monkeypatch.setattr(following.using.usage_days, "seen", late)
    following.step(now=clock.now())
    monkeypatch.undo()
    assert GoodsDay.objects.get(product__sku="photo", active__gt=0).active == 1
    counted()
    assert GoodsDay.objects.get(product__sku="photo", active__gt=0).active == 2


def test_the_page_the_answer_and_the_file_say_the_same(courses):
    used(
        ("photo-1", 2, 0, 4),
        ("photo-2", 2, 0, 4),
        ("photo-1", 1, 0, 5),
        ("chess-1", 1, 0, 1),
        ("cook-1", 1, 0, 9),
    )
    for number in range(3):
        filed(f"Q-{number}", "question")
    filed("Q-4", "suggestion")
    filed("B-1", "question", sku="stamps")
    recounted()
    told = api_as("yun").get(API).json()
    assert told["used"] == [
        {"sku": "photo", "title": "摄影课", "active": 3}, {"sku": "chess", "title": "围棋课", "active": 1}
    ]  # fmt: skip
    assert told["asked"] == [
        {"sku": "likes", "title": "说说点赞", "reason": "question", "number": 3},
        {"sku": "likes", "title": "说说点赞", "reason": "suggestion", "number": 1},
    ]
    assert (told["total"]["active"], told["total"]["active_before"]) == (4, 0)
    page = page_as("yun").get("/developers/?period=months_3").content.decode()
    assert [word for word in ("摄影课", "围棋课", "做菜课", "邮票赞") if word in page] == ["摄影课", "围棋课"]
    link = "/developers/feedback/?reason=question&amp;sku=likes"
    assert (link in page, "/products/photo/" in page) == (True, True)
    text = b"".join(page_as("yun").get("/developers/goods.csv?period=months_3").streaming_content).decode(
        "utf-8-sig"
    )
    rows = {
        row["货号"]: (row["用过（单·天）"], row["咨询与建议"]) for row in csv.DictReader(io.StringIO(text))
    }
    assert rows == {"chess": ("1", "0"), "licence": ("0", "0"), "likes": ("0", "4"), "photo": ("3", "0")}


def test_a_figure_of_what_is_asked_opens_to_its_own_words_alone(courses):
    mine = filed("Q-1", "question")
    other = filed("Q-2", "question", sku="licence")
    recounted()
    page = page_as("yun").get("/developers/feedback/?reason=question&sku=likes").content.decode()
    assert (mine.no in page, other.no in page, "下面只有「说说点赞」的。" in page) == (True, False, True)
    for strange in ("%00", "nothing"):
        empty = page_as("yun").get(f"/developers/feedback/?sku={strange}").content.decode()
        assert (mine.no in empty, "还没有人问" in empty) == (False, True)


@pytest.mark.parametrize(
    ("name", "whose", "status"),
    [("yun", "", 200), ("yun", "bo", 404), ("ops", "bo", 200), ("nobody", "", 302)],
)
def test_who_reads_whose_file(courses, name, whose, status):
    query = f"?developer={whose}" if whose else ""
    answer = page_as(name).get(f"/developers/goods.csv{query}")
    assert answer.status_code == status
    if status == 200:
        found = b"".join(answer.streaming_content).decode()
        assert ("摄影课" in found, "做菜课" in found) == (whose != "bo", whose == "bo")


@pytest.mark.parametrize(
    ("part", "whole", "said"), [(1, 30, "< 0.1"), (0, 30, "0.0"), (3, 30, "0.1"), (1, 20, "0.1"), (4, 0, "—")]
)
def test_what_there_is_is_never_said_to_be_none(part, whole, said):
    assert present_use.tenths(part, whole) == said
