"""Buyers are told of their report by day, once; those who have not said what they think are asked once, days later."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.urls import reverse

from accounts.services import inbox
from accounts.services.inbox import Message
from common import forks
from common.phrases import Phrase, phrase
from common.refusals import StateMoved
from integrations.services import moments
from watch import queries
from watch.models import MonthlyReport
from watch.rules import quiet, report_months
from watch.rules.report_figures import tenths

log = logging.getLogger(__name__)
AT_ONCE = 500
LONGEST_PASS = timedelta(seconds=8)
_TOKEN = "token"


def say_due(*, now: datetime) -> int:
    """How many were written to. Nobody is at night, however late it got."""
    if quiet.sayable_at(now, urgent=False) != now:
        return 0
    clock, said = moments.running_from(now), 0
    for step in (_tell, _ask):
        while clock() - now <= LONGEST_PASS and not forks.gate.wanted:
            written = step(clock())
            said += written
            if written < AT_ONCE:
                break
    return said


def _tell(now: datetime) -> int:
    """The report is there, with its link."""
    due = MonthlyReport.objects.filter(due_at__lte=now).select_related("answer").order_by("due_at", "pk")
    rows = list(due[:AT_ONCE])
    ask_at = quiet.sayable_at(now + report_months.SURVEY_AFTER, urgent=False)
    said = [row for row in rows if hasattr(row, "answer")]  # seen and answered on the buyer's own pages
    silent = [row for row in rows if not hasattr(row, "answer")]
    told = _write(said, "report", field="due_at", changes={"said_at": now}, now=now)
    return told + _write(
        silent, "report", field="due_at", changes={"said_at": now, "ask_at": ask_at}, now=now
    )


def _ask(now: datetime) -> int:
    """What they think; whoever has said so already is not asked (`surveying` clears `ask_at`)."""
    rows = list(MonthlyReport.objects.filter(ask_at__lte=now).order_by("ask_at", "pk")[:AT_ONCE])
    return _write(rows, "survey", field="ask_at", changes={"asked_at": now}, now=now)


def _write(
    rows: Sequence[MonthlyReport], kind: str, *, field: str, changes: dict[str, datetime], now: datetime
) -> int:
    """All of them, in the transaction that marks them; where another worker marked one this instant, none."""
    if not rows:
        return 0
    try:
        with transaction.atomic():
            waiting = MonthlyReport.objects.filter(pk__in=[row.pk for row in rows], **{f"{field}__lte": now})
            if waiting.update(**{field: None}, **changes) != len(rows):
                raise StateMoved()
            inbox.write(messages=_messages(rows, kind), now=now)
    except StateMoved:
        log.info("月度报告：另一个进程在说，下次再看")
        return 0
    return len(rows)


def _messages(rows: Sequence[MonthlyReport], kind: str) -> list[Message]:
    address = reverse(f"{kind}-link", args=[_TOKEN])  # once for all: working it out costs more than a row
    token = queries.report_token if kind == "report" else queries.survey_token
    return [
        Message(
            buyer_id=row.buyer_id, order_no="", kind=kind, about=f"{row.buyer_id}:{row.month}",
            text=_report_words(row) if kind == "report" else _survey_words(row),
            link=address.replace(_TOKEN, token(row)),
        )
        for row in rows
    ]  # fmt: skip


def _report_words(row: MonthlyReport) -> Phrase:
    said, earned = _kept_words(row), (row.figures.get("points") or {}).get("earned")
    return phrase("{report}当月得了 {n} 积分。", report=said, n=earned) if earned else said


def _kept_words(row: MonthlyReport) -> Phrase:
    year, month = row.month.split("-")
    kept = row.figures["kept"]
    if not kept["delivered"]:
        return phrase("您 {year} 年 {month} 月的使用报告好了，点开看一眼。", year=year, month=int(month))
    return phrase(
        "您 {year} 年 {month} 月的使用报告好了：送到的 {n} 个，月底还在 {percent}%。点开看每一单。",
        year=year, month=int(month), n=kept["delivered"], percent=tenths(kept["present"], kept["delivered"]),
    )  # fmt: skip


def _survey_words(row: MonthlyReport) -> Phrase:
    month = int(row.month.split("-")[1])
    return phrase("{month} 月的售后，您满意吗？点一下星就好，不用登录。", month=month)
