"""Monthly reports: for whom, what they say, once, by day; and whatever is killed on the way."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import InboxMessage
from accounts.services import people
from common import clock
from compensation.models import LineBudget, Remedy
from evidence.models import Entry
from tests.tickets.case import claim, count
from tests.watch.report_case import MONTH, OCTOBER, SEPTEMBER, buy, report_all, report_of, returning
from watch.models import MonthlyReport, ReportRun
from watch.rules import report_months
from watch.services import looking, reporting, reporting_figures
from watch.services.reporting import BeingMade, MonthNotOver

pytestmark = pytest.mark.django_db
NOVEMBER = report_months.begins((2026, 11))


def reports():
    """(buyer, month) of each."""
    rows = MonthlyReport.objects.order_by("buyer__external_id", "month")
    return list(rows.values_list("buyer__external_id", "month"))


def messages():
    """(buyer, kind, text) of each."""
    rows = InboxMessage.objects.order_by("id")
    return list(rows.values_list("buyer__external_id", "kind", "text"))


def runs():
    return list(ReportRun.objects.order_by("month").values_list("month", "state", "made", "failed"))


# ---- for whom


def test_a_buyer_with_an_order_in_each_of_the_last_two_months_gets_one(shop):
    returning("b-1")
    buy("X-1", buyer="only-october")
    buy("X-2", buyer="only-september", at=SEPTEMBER)
    buy("X-3", buyer="with-a-gap", at=report_months.begins((2026, 8)))
    buy("X-4", buyer="with-a-gap")
    buy("X-5", buyer="for-nothing", at=SEPTEMBER)
    buy("X-6", buyer="for-nothing", paid_fen=0, list_fen=0)
    report_all()
    assert (reports(), runs()) == ([("b-1", "2026-10")], [("2026-10", "done", 1, 0)])


def test_what_was_refunded_whole_makes_nobody_a_returning_buyer(shop):
    order = returning()
    LineBudget.objects.update_or_create(
        order=order, defaults={"paid_fen": order.paid_fen, "settled_fen": order.paid_fen}
    )
    report_all()
    assert reports() == []


@pytest.mark.parametrize(
    ("at", "last"),
    [
        (NOVEMBER + timedelta(hours=2) - timedelta(seconds=1), []),
        (NOVEMBER + timedelta(hours=2), ["2026-10"]),
        (
            NOVEMBER + timedelta(days=29, hours=23),
            ["2026-10"],
        ),  # down on the first: made when it comes up again
        (NOVEMBER + timedelta(days=31), []),  # a month later nobody is written to about October
    ],
)
def test_the_month_that_has_just_ended_and_no_other(shop, by_day, at, last):
    returning()
    by_day.move_to(at)
    report_all()
    assert [month for _, month in reports()] == last


def test_history_that_is_imported_later_writes_nobody(shop):
    report_all()
    returning()
    report_all()
    assert (reports(), runs()) == ([], [("2026-10", "done", 0, 0)])


# ---- what it says


def test_how_the_counts_held_line_by_line_and_together(shop):
    buy("A-1", at=SEPTEMBER, days=(990, 970, 980))
    buy("A-2", days=(1000, 995))
    buy("A-3", sku="licence", quantity=1, baseline=0, target="")
    buy("A-4", days=())  # never counted
    report_all()
    said = report_of().figures
    assert (said["orders"], said["metered"], said["kept"], said["drops"]) == (
        4, 3, {"lines": 2, "delivered": 2000, "present": 1975}, {"lines": 2, "units": 35},
    )  # fmt: skip
    assert said["days"] == [[0, 2, 2000, 2000], [1, 2, 2000, 1990], [2, 2, 2000, 1965], [3, 1, 1000, 980]]
    assert [(line["order_no"], line["delivered"], line["lowest"], line["present"]) for line in said["lines"]] == [
        ("A-1", 1000, 970, 980), ("A-2", 1000, 995, 995),
    ]  # fmt: skip


def test_counts_of_the_next_month_are_for_the_next_report(shop):
    returning(days=(990,))
    count("b-1-O", 100, NOVEMBER)
    report_all()
    assert report_of().figures["lines"][1]["present"] == 990


def test_what_comes_later_changes_no_report(shop):
    returning()
    report_all()
    before = report_of().figures
    count("b-1-O", 100, OCTOBER + timedelta(days=20))
    report_all()
    assert report_of().figures == before
    with pytest.raises(Exception, match="报告里的数写下就不改"), transaction.atomic():
        MonthlyReport.objects.update(figures={})


def test_interactions_against_the_baseline_and_what_the_rules_promise(shop):
    buy("A-1", at=SEPTEMBER, days=(1000,), baseline_comments=3, baseline_shares=1)  # 11 − 4
    buy("A-2", days=(1000, 1000))  # 22
    buy(
        "A-3", at=OCTOBER + timedelta(days=24), days=(1000,)
    )  # 11, and six days before the month's end: not due
    report_all()
    assert report_of().figures["interactions"] == {
        "lines": 3, "delivered": 3000, "count": 40, "promised": 100, "rates": [[5, 100]],
    }  # fmt: skip


def test_what_was_made_good_in_the_month_with_its_case(shop, by_day):
    returning()
    by_day.move_to(OCTOBER + timedelta(days=6))
    fell = buy("A-3", days=(850,), at=OCTOBER)
    no = claim(fell.order_no).no
    by_day.move_to(NOVEMBER + timedelta(hours=10))
    Remedy.objects.update(delivered=100)
    report_all()
    said = report_of().figures["made_good"]
    rows = [
        {name: row[name] for name in ("order_no", "ticket_no", "kind", "quantity", "came")}
        for row in said["rows"]
    ]
    assert [(case["no"], case["reason"]) for case in said["cases"]] == [(no, "drop")]
    assert (said["tickets"], said["sums"], rows) == (
        1, {"top_up": {"promised": 180, "came": 100}},
        [{"order_no": "A-3", "ticket_no": no, "kind": "top_up", "quantity": 180, "came": 100}],
    )  # fmt: skip


def test_what_came_in_part_and_is_ordered_again_is_promised_once(shop, by_day):
    returning()
    by_day.move_to(OCTOBER + timedelta(days=6))
    claim(buy("A-3", days=(850,), at=OCTOBER).order_no)
    Remedy.objects.update(delivered=100, state="settled")
    first = Remedy.objects.get()
    Remedy.objects.create(
        order=first.order, decision=first.decision, kind="top_up", ordinal=2, quantity=80, grade=first.grade,
        delivered=30, state="processing", key=uuid4(), follows=first, created_at=clock.now(),
    )  # fmt: skip
    by_day.move_to(NOVEMBER + timedelta(hours=10))
    report_all()
    said = report_of().figures["made_good"]
    assert said["sums"] == {"top_up": {"promised": 180, "came": 130}}
    assert [(row["quantity"], row["came"]) for row in said["rows"]] == [(180, 100), (80, 30)]


def test_the_warnings_of_the_month(shop, by_day):
    returning()
    by_day.move_to(OCTOBER + timedelta(days=5, hours=18))
    buy("A-3", days=(850,))
    looking.run_due(now=clock.now())
    by_day.move_to(NOVEMBER + timedelta(hours=10))
    report_all()
    said = report_of().figures
    assert (said["warned"], [row["order_no"] for row in said["warnings"]]) == (1, ["A-3"])


@pytest.mark.parametrize(("months", "streak", "long_term"), [((9, 10), 2, False), ((8, 9, 10), 3, True)])
def test_where_the_buyer_stands(shop, months, streak, long_term):
    for month in months:
        buy(f"A-{month}", at=report_months.begins((2026, month)))
    agent = people.ensure_user(username="qiao", role="ops", is_staff=True)
    order = buy("A-0")
    order.buyer.agent = agent
    order.buyer.save()
    report_all()
    assert report_of().figures["status"] == {
        "streak": streak, "long_term": long_term, "needed": 3, "agent": "qiao" if long_term else None,
    }  # fmt: skip


# ---- once, and by day


def test_it_is_said_once_with_a_link_and_sealed(shop):
    returning()
    for _ in range(3):
        report_all()
    assert messages() == [
        ("b-1", "report", "您 2026 年 10 月的使用报告好了：送到的 2000 个，月底还在 97%。点开看每一单。")
    ]
    entry = Entry.objects.get(kind="report")
    assert (entry.internal, report_of().no in entry.body, "b-1" in entry.body) == (True, True, False)


def test_at_night_it_is_made_and_said_at_eight(shop, by_day):
    returning()
    by_day.move_to(NOVEMBER + timedelta(hours=2))
    report_all()
    assert (len(reports()), messages()) == (1, [])
    by_day.move_to(NOVEMBER + timedelta(hours=8) - timedelta(seconds=1))
    report_all()
    assert messages() == []
    by_day.move_to(NOVEMBER + timedelta(hours=8))
    report_all()
    assert [kind for _, kind, _ in messages()] == ["report"]


def test_what_was_not_said_by_day_is_not_said_at_night(shop, by_day):
    returning()
    by_day.move_to(NOVEMBER + timedelta(hours=2))
    report_all()
    by_day.move_to(NOVEMBER + timedelta(hours=22))
    report_all()
    assert messages() == []


def test_whoever_said_nothing_is_asked_once_three_days_later(shop, by_day):
    returning()
    report_all()
    for _ in range(3):
        by_day.shift(timedelta(days=2))
        report_all()
    assert [kind for _, kind, _ in messages()] == ["report", "survey"]
    assert messages()[1][2] == "10 月的售后，您满意吗？点一下星就好，不用登录。"


# ---- in one pass, whatever happens


def figures():
    """All that is left of a pass, but its instants."""
    rows = MonthlyReport.objects.order_by("buyer_id")
    return [
        [(row.buyer_id, row.month, row.figures, row.due_at is None, row.said_at is None) for row in rows],
        messages(), runs(), Entry.objects.filter(kind="report").count(),
    ]  # fmt: skip


class Killed(BaseException):
    """Nothing of ours catches it."""


def killed_at(nth):
    """A wrapper that dies instead of the nth statement; marks of transactions are the database's own."""
    seen = 0

    def wrapper(execute, sql, *rest):
        nonlocal seen
        if not sql.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
            seen += 1
            if seen == nth:
                raise Killed
        return execute(sql, *rest)

    return wrapper


def test_killed_anywhere_and_begun_again_it_is_as_if_nothing_had_happened(shop, by_day, monkeypatch):
    monkeypatch.setattr(reporting, "BATCH", 1)
    for buyer in ("b-1", "b-2", "other"):
        returning(buyer) if buyer != "other" else buy("X-1", buyer=buyer)
    begin, kills = clock.now(), 0
    with transaction.atomic():
        report_all()
        whole = figures()
        transaction.set_rollback(True)
    while True:
        by_day.move_to(begin)
        with transaction.atomic():
            try:
                with connection.execute_wrapper(killed_at(kills + 1)):
                    report_all()
            except Killed:
                kills += 1
            else:
                break
            by_day.shift(reporting.LEASE + timedelta(seconds=1))
            report_all()
            assert figures() == whole, kills
            transaction.set_rollback(True)
    assert kills > 25  # it was killed at every statement there is


def test_a_pass_gives_way_after_a_while_and_goes_on_where_it_was(shop, monkeypatch):
    for n in range(3):
        returning(f"b-{n}")
    monkeypatch.setattr(reporting, "BATCH", 1)
    began = clock.now()
    ticks = iter(began + timedelta(seconds=11 * n) for n in range(20))
    monkeypatch.setattr(reporting.moments, "running_from", lambda now: lambda: next(ticks))
    month = report_months.ended(began)
    run = reporting._run_of(month, began)
    assert reporting._taken(run, began)
    reporting._carry_on(run, began, within=reporting.LONGEST_PASS)
    assert (runs(), run.lease_until) == ([("2026-10", "waiting", 1, 0)], None)
    monkeypatch.undo()
    report_all()
    assert runs() == [("2026-10", "done", 3, 0)]


def test_while_one_works_the_others_leave_it_alone(shop):
    returning()
    now = clock.now()
    ReportRun.objects.create(
        month="2026-10", state="running", last=9, at=now, lease_until=now + reporting.LEASE
    )
    report_all()
    assert reports() == []
    with pytest.raises(BeingMade):
        reporting.make(month=MONTH, now=now, seen=lambda run: None)


def test_the_database_holds_one_report_a_buyer_and_month(shop):
    returning()
    report_all()
    again = report_of()
    again.pk, again.no = None, "R-2"
    with pytest.raises(IntegrityError), transaction.atomic():
        again.save(force_insert=True)


def test_a_buyer_whose_rows_break_us_costs_the_others_nothing_and_is_made_up_for(shop, monkeypatch):
    returning("b-1")
    returning("b-2")
    real = reporting_figures._of_one

    def broken(buyer, *rest):
        if buyer.external_id == "b-1":
            raise RuntimeError("broken on purpose")
        return real(buyer, *rest)

    monkeypatch.setattr(reporting_figures, "_of_one", broken)
    report_all()
    assert (reports(), runs()) == ([("b-2", "2026-10")], [("2026-10", "done", 1, 1)])
    monkeypatch.undo()
    reporting.make(month=MONTH, now=clock.now(), seen=lambda run: None)
    assert (reports(), runs()) == (
        [("b-1", "2026-10"), ("b-2", "2026-10")], [("2026-10", "done", 2, 0)],
    )  # fmt: skip


def test_an_older_month_is_made_by_hand_and_nobody_is_written_to(shop):
    for month in (7, 8):
        buy(f"A-{month}", at=report_months.begins((2026, month)), days=(990,))
    reporting.make(month=(2026, 8), now=clock.now(), seen=lambda run: None)
    report_all()
    assert (reports(), messages()) == ([("b-1", "2026-08")], [])


@pytest.mark.parametrize("month", [(2026, 11), (2026, 12), (2027, 1)])
def test_a_month_that_is_not_over_is_refused(shop, month):
    with pytest.raises(MonthNotOver):
        reporting.make(month=month, now=clock.now(), seen=lambda run: None)


def test_a_batch_asks_as_often_for_many_as_for_one(shop):
    """Of buyers and of their orders; the first pass warms what is known of policies."""
    asked = []
    for size in (1, 1, 3, 20):
        for n in range(size):
            returning(f"s{size}-{n}-{len(asked)}", days=(990,) * (1 + size % 2))
        with CaptureQueriesContext(connection) as context:
            ReportRun.objects.all().delete()
            report_all()
        asked.append(len(context))
    assert asked[1:] == [asked[1]] * 3
