"""A developer's case on a page: who bears it, the rows that show it, and the form against it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from common import clock, figures, uploads
from common.language import say, spoken
from common.pages import posted_from, refusals_as_pages
from common.refusals import Absent, Refusal
from compensation.rules.bearing import UNKNOWN
from compensation.services.bearing import PARTIES
from developers.permissions import developer_for
from developers.queries import Newest, cases, witnesses
from developers.web import behind, words
from tickets.services import attachments, contesting
from tickets.services.attachments import Given

OF_FILES = (uploads.FileTooLarge, uploads.NotTaken, uploads.Unreadable, attachments.TooManyFiles)


@dataclass(frozen=True)
class File:
    token: str
    name: str
    note: str


@dataclass(frozen=True)
class Said:
    when: str
    text: str
    state: str
    answered: bool
    files: tuple[File, ...] = ()


@dataclass(frozen=True)
class CasePage:
    no: str
    state: str
    row: behind.Behind
    bears: str
    recall: str
    proposed: str
    records: list[str]
    until: str
    over: str
    contests: tuple[Said, ...]


@never_cache
@require_safe
@login_required
@refusals_as_pages
def case(request: HttpRequest, no: str) -> HttpResponse:
    return _page(request, no)


@posted_from("developer-case")
@login_required
@refusals_as_pages
def contest(request: HttpRequest, no: str) -> HttpResponse:
    """Back to the page, with what was typed where it did not go."""
    developer, now, text = (
        developer_for(reader=request.user, named=""),
        clock.now(),
        request.POST.get("text", ""),
    )
    found = cases.case_of(developer=developer, no=no, now=now)
    try:
        chosen = uploads.chosen(request)
        files = attachments.decoded(files=[Given(*file) for file in chosen]) if chosen else []
        contesting.contest(ticket=found.ticket, by=developer, text=text, now=now, files=files)
    except Absent:
        raise
    except OF_FILES as refusal:
        return _page(request, no, file_error=_why(refusal), typed=text, status=refusal.status)
    except Refusal as refusal:
        return _page(request, no, error=_why(refusal), typed=text, status=refusal.status)
    messages.success(request, say("异议收到了，24 小时内书面答复，写在这一页。"))
    return redirect("developer-case", no)


def _why(refusal: Refusal) -> str:
    return spoken(refusal.errors[0]["detail"]) if refusal.errors else spoken(refusal.detail)


def _page(
    request: HttpRequest,
    no: str,
    *,
    error: str = "",
    file_error: str = "",
    typed: str = "",
    status: int = 200,
) -> HttpResponse:
    developer = developer_for(reader=request.user, named=request.GET.get("developer", ""))
    now = clock.now()
    page = present(cases.case_of(developer=developer, no=no, now=now), now=now)
    named = "" if developer == request.user else developer.username
    context = {
        "page": page, "named": named, "here": "developers", "error": error, "file_error": file_error, "typed": typed,
    }  # fmt: skip
    return render(request, "developers/case.html", context, status=status)


def present(case: cases.Case, *, now: datetime) -> CasePage:
    bearer = case.bearer
    until = figures.moment(case.until, now=now) if case.until else ""
    return CasePage(
        no=case.ticket.no,
        state=words.state(case.ticket.state),
        row=behind.claim(case.ticket, now),
        bears=_bears(case, now),
        recall=case.recall.no if case.recall else "",
        proposed=_proposed(case),
        records=witnesses.told(bearer.rests_on.get("rows", {}), now=now)
        if bearer and not case.recall
        else [],
        until=say("{when} 以前可以提一次异议。", when=until) if case.may_contest else "",
        over=say("提异议的时间到 {when} 为止，已经过了。", when=until) if case.late else "",
        contests=tuple(_said(row, case, now) for row in case.contests),
    )


def _bears(case: cases.Case, now: datetime) -> str:
    bearer = case.bearer
    if bearer is None:
        return _nobodys(case.row)
    party, when = bearer.get_party_display(), figures.moment(bearer.at, now=now)
    return say("由{party}承担，{when} 定的。", party=party, when=when)


def _proposed(case: cases.Case) -> str:
    """To whom the record pointed when it was said, which may be another than who was named; of a recall its cause."""
    if case.recall:
        return say("照召回的原因：{cause}。", cause=case.recall.get_cause_display())
    party = case.bearer.rests_on.get("proposed") if case.bearer else None
    if party is None:
        return ""
    if party == UNKNOWN:
        return say("照当时的记录，看不出是谁的责任。")
    return say("照当时的记录看：{party}。", party=dict(PARTIES)[party])


def _nobodys(row: Newest) -> str:
    """Only money lies on an account: units are the supplier's to bring."""
    if row.settled.fen or row.still_open.fen:
        return say("还没有定由谁承担，先由争议基金垫付。")
    return say("还没有定由谁承担；没有退钱，谁的账上都没有记。")


def _said(row: Any, case: cases.Case, now: datetime) -> Said:
    when = figures.moment(row.at, now=now)
    files = tuple(File(file.token, file.name, figures.size(file.size)) for file in case.files.get(row.pk, ()))
    if not hasattr(row, "answer"):
        due = say("等答复，最迟 {when}。", when=figures.moment(row.answer_by, now=now))
        return Said(when, row.text, due, answered=False, files=files)
    answer = row.answer
    said = say("答复：由{party}承担。{why}", party=answer.get_party_display(), why=answer.reason)
    return Said(when, row.text, said, answered=True, files=files)
