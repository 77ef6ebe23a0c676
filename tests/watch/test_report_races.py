"""Workers that make and say the reports of a month at the same time, and presses at the same time."""

import pytest
from django.test import Client

from accounts.models import InboxMessage
from common import clock
from tests.watch.report_case import report_all, report_of, returning
from tests.watch.test_races import at_once
from watch import queries
from watch.models import MonthlyReport, ReportRun, SurveyAnswer
from watch.services import reporting

pytestmark = pytest.mark.django_db(transaction=True)


def test_eight_workers_make_and_say_each_report_once(shop, monkeypatch):
    monkeypatch.setattr(reporting, "BATCH", 1)
    for n in range(3):
        returning(f"b-{n}")
    at_once(lambda n: reporting.run_due(now=clock.now()))
    report_all()
    run = ReportRun.objects.get()
    assert (run.state, run.made, run.failed) == ("done", 3, 0)
    assert (MonthlyReport.objects.count(), InboxMessage.objects.count()) == (3, 3)


def test_eight_presses_say_it_once(shop):
    returning()
    report_all()
    page = f"/survey/{queries.survey_token(report_of())}/"
    answers = at_once(lambda n: Client().post(page, {"stars": str(n % 5 + 1)}).status_code)
    assert (sorted(answers), SurveyAnswer.objects.count()) == ([200] + [409] * 7, 1)
