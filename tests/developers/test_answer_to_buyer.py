"""What a developer answered to a defect stands on the page of each claim that is one of it, and on no other."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.services import people
from common import clock
from developers.models import Defect, DefectMember
from developers.services.defects import answering
from tests.developers.defect_case import NOON, broken, named, worked
from tests.developers.recall_case import user
from tests.developers.test_access import cast, page_as
from tests.tickets.desk_pages import words

__all__ = ["cast"]
pytestmark = pytest.mark.django_db
TODAY = clock.shanghai(NOON).date()
LATER = TODAY + timedelta(days=9)


@pytest.fixture
def three(cast):
    """Two claims of one defect, one of another; the buyer of each of them signs in by its order's number."""
    user("qiao")
    cases = [broken("K-1"), broken("K-2"), broken("K-3", "安装到一半闪退")]
    worked()
    for case in cases:
        number = case.order.order_no
        people.ensure_user(username=number, role="buyer", password="pass", buyer=case.order.buyer)
    return cases


def answers(text, *, on=None, version="1.3"):
    fix = answering.Fix(version, on, "换成新版的激活码") if on else None
    defect = Defect.objects.select_related("product__developer").order_by("pk").first()
    answering.answer(defect=defect, by=named("yun"), text=text, fix=fix, version=None, now=NOON)


def told(case):
    """What its buyer reads under that heading; and how often the defects were asked for it."""
    with CaptureQueriesContext(connection) as asked:
        page = page_as(case.order.order_no).get(f"/tickets/{case.no}/")
    sql = " ".join(query["sql"] for query in asked.captured_queries)
    asked_for = sql.count('FROM "developers_defectword"'), sql.count('FROM "developers_defectfix"')
    read = words(page)
    if "开发者的答复" not in read:
        return [], asked_for
    at = read.index("开发者的答复") + 2  # after the heading comes when
    return read[at : read.index("留一份凭据")], asked_for


def only(read):
    return [text for text in read if text in SAID]


FIXED, COMES = f"1.3 版已经修好（{TODAY}）。", f"1.3 版会修好，{LATER} 发布。"
BACK = "修好的版本上又有人遇到了，开发者在重新查。"
ADVICE = "您现在可以：换成新版的激活码"
SAID = ("查到了：少了一张表", "表补上了", FIXED, COMES, BACK, ADVICE)
STORIES = [
    (lambda: None, [], (1, 0)),
    (lambda: answers(SAID[0]), [SAID[0]], (1, 0)),
    (lambda: answers(SAID[0], on=TODAY), [SAID[0], FIXED, ADVICE], (1, 1)),
    (lambda: answers(SAID[0], on=LATER), [SAID[0], COMES, ADVICE], (1, 1)),
    (lambda: (answers(SAID[0], on=TODAY), answers(SAID[1])), [SAID[1], FIXED, ADVICE], (1, 1)),
    (lambda: (answers(SAID[0], on=TODAY), Defect.objects.update(state="reopened")), [SAID[0], BACK], (1, 0)),
]  # fmt: skip


@pytest.mark.parametrize(("story", "read", "asked"), STORIES)
def test_every_buyer_of_the_defect_reads_it_and_nobody_else(three, story, read, asked):
    story()
    found = [told(case) for case in three]
    assert [only(texts) for texts, _ in found] == [read, read, []]
    assert [times for _, times in found] == [asked, asked, (1, 0)]


def test_one_that_is_still_looked_at_reads_nothing(three):
    waits = broken("K-4", real=False)
    worked()
    people.ensure_user(username="K-4", role="buyer", password="pass", buyer=waits.order.buyer)
    answers(SAID[0])
    assert DefectMember.objects.get(ticket=waits).defect == Defect.objects.order_by("pk").first()
    assert [only(told(case)[0]) for case in (*three, waits)] == [[SAID[0]], [SAID[0]], [], []]
