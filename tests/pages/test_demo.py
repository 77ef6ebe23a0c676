"""What a visitor of the demo meets is possible: no order is older than the rules it was sold under."""

import pytest
import time_machine
from django.db import transaction
from django.db.models import Max, Min

from accounts.models import InboxMessage, User
from common import clock
from compensation import queries as compensation
from compensation.models import PolicyVersion
from developers.models import AnswerOwed, Credit, Defect, Recall
from developers.services.recalls import working
from orders.models import Order, Supplier
from shop_aftersales import demo
from tickets.models import Clock
from watch.models import DayFigure, MonthlyReport, Proposal
from watch.services import reporting

DAYS = ["2026-11-29", "2026-12-01", "2026-12-31", "2027-01-01", "2027-03-01"]


@pytest.fixture(scope="module", params=DAYS)
def sown(request, django_db_setup, django_db_blocker):
    """The demo as it is sown at noon of that day, once for all tests of the day; the time stands still."""
    noon = time_machine.travel(f"{request.param}T12:00:00+08:00", tick=False)
    with django_db_blocker.unblock(), noon, transaction.atomic():
        assert demo.seed(now=clock.now())
        yield
        transaction.set_rollback(True)


pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sown")]


def test_the_rules_were_there_before_the_first_order():
    published = PolicyVersion.objects.aggregate(last=Max("published_at"))["last"]
    assert published < Order.objects.aggregate(first=Min("paid_at"))["first"]


def test_everybody_whom_the_start_names_can_log_in():
    named = User.objects.filter(is_demo=True)
    cannot = [user.username for user in named if not user.check_password(demo.PASSWORD)]
    ops = sorted(named.filter(role="ops", is_staff=True).values_list("username", flat=True))
    assert (cannot, ops) == ([], ["an", "qiao"])  # two, since many things ask for a second person


def test_one_buyer_has_a_report_of_the_month_that_ended():
    reporting.run_due(now=clock.now())
    said = MonthlyReport.objects.get(buyer__external_id="ma")
    assert (said.figures["status"]["long_term"], len(said.figures["days"])) == (True, 14)
    assert InboxMessage.objects.filter(kind="report", buyer=said.buyer).count() == 1


def test_one_recall_is_carried_out_and_two_wait_for_approval():
    working.run_due(now=clock.now())
    found = [
        (row.state, row.progress.get("given"), row.figures["gets"]) for row in Recall.objects.order_by("id")
    ]
    assert found == [("done", 3, 3), ("shown", None, 3), ("shown", None, 18)]


def test_one_of_two_suppliers_is_proposed_and_of_some_orders_nobody_knows_whose_they_are():
    assert list(Supplier.objects.values_list("code", "title")) == [("bei", "北方号池"), ("nan", "南方号池")]
    assert sorted(Proposal.objects.values_list("subject", flat=True)) == [
        "product:metered-comments", "supplier:bei",
    ]  # fmt: skip
    fell = DayFigure.objects.filter(figure__startswith="fell_", subject__startswith="supplier:")
    assert set(fell.values_list("subject", flat=True)) == {"supplier:", "supplier:bei", "supplier:nan"}


def test_one_case_is_contested_and_waits_for_another_than_who_set_it():
    found = compensation.open_contests().get()
    assert (found.order.order_no, found.by, found.bearer.by) == ("LD2026PAST-07", "bo", "an")


def test_one_developer_has_a_credit_of_all_parts_and_one_has_none_yet():
    rows = Credit.objects.order_by("-month")
    yun, bo = (rows.filter(developer__username=name).first() for name in ("yun", "bo"))
    assert {name: n for name, n in yun.counts.items() if name != "sales"} == {
        "defects": 2, "missed": 1, "asked": 4, "overturned": 2, "refusals": 2,
    }  # fmt: skip
    assert (yun.grade, bo.grade, rows.count()) == ("good", "none", 6)
    assert Clock.objects.filter(state="running", ticket__order__order_no__startswith="CREDIT-").count() == 0


def test_one_defect_waits_for_an_answer_and_one_has_its_fix_announced():
    found = Defect.objects.filter(real__gt=0).order_by("product__sku")
    owed = AnswerOwed.objects.filter(answered_at=None).values_list("defect__product__sku", flat=True)
    assert [(one.product.sku, one.state, one.real, one.goods_version) for one in found] == [
        ("licence-key", "fix_announced", 3, "26.1"), ("likes", "open", 3, "")
    ]  # fmt: skip
    assert list(owed) == ["likes"]
