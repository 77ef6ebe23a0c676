"""满意度: what the reader of a report thinks of the after-sales, said once, while its link is good."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from common.phrases import mark
from common.refusals import Invalid, StateMoved
from tickets.rules import rating
from watch.models import MonthlyReport, SurveyAnswer
from watch.services import recording


class SurveyAnswered(StateMoved):
    code = "survey_answered"
    title = mark("已经说过了")
    detail = mark("您已经说过了，谢谢您。")


class SurveyExpired(StateMoved):
    code = "survey_expired"
    title = mark("链接过期了")
    detail = mark("这个链接已经过了期限。")


def answer(*, report: MonthlyReport, stars: int | None, text: str, now: datetime) -> SurveyAnswer:
    """Refuses: SurveyExpired, SurveyAnswered, Invalid."""
    if now > report.expires_at:
        raise SurveyExpired()
    text = text.strip().replace("\x00", "")
    errors = rating.faults_of(stars, text)
    if errors or stars is None:
        raise Invalid(errors=errors)
    try:
        with transaction.atomic():
            said = SurveyAnswer.objects.create(report=report, stars=stars, text=text, answered_at=now)
            MonthlyReport.objects.filter(pk=report.pk).update(ask_at=None)
            recording.survey(said, now=now)
    except IntegrityError:
        raise SurveyAnswered() from None
    return said
