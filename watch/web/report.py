"""Monthly reports: the page, by its link or on the buyer's own pages, and the survey. GET changes nothing."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts import permissions as who
from common import clock, figures
from common.language import say, spoken
from common.pages import address_unsaid, refusals_as_pages
from common.refusals import Invalid, StateMoved
from watch import queries
from watch.models import MonthlyReport
from watch.rules import report_months
from watch.services import surveying
from watch.web import report_page, unknown_link

A_PAGE = 24


@never_cache
@require_safe
@address_unsaid
@refusals_as_pages
def report_link(request: HttpRequest, token: str) -> HttpResponse:
    """By the link of a message: this report, until the link expires, and nothing else."""
    try:
        report = queries.report_by(token=token)
    except queries.ReportAbsent:
        return unknown_link.report(request)
    own = _may_open(request, report)
    if clock.now() > report.expires_at and not own:
        return render(request, "watch/buyer/report_expired.html", {"until": _until(report)})
    return _page(request, report, own=own)


@never_cache
@require_safe
@refusals_as_pages
def report(request: HttpRequest, no: str) -> HttpResponse:
    return _page(request, queries.find_report(reader=request.user, no=no), own=True)


@never_cache
@require_safe
@refusals_as_pages
def reports(request: HttpRequest) -> HttpResponse:
    """A buyer's own, the newest first; to others there is no such page."""
    if who.buyer_id_of(request.user) is None:
        raise queries.ReportAbsent()
    rows = queries.reports_of(request.user)[:A_PAGE]
    return render(request, "watch/buyer/reports.html", {"reports": [_row(row) for row in rows]})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@address_unsaid
@refusals_as_pages
def survey(request: HttpRequest, token: str) -> HttpResponse:
    """One to five stars, said once."""
    try:
        report, now = queries.surveyed_by(token=token), clock.now()
    except queries.ReportAbsent:
        return unknown_link.report(request)
    if request.method != "POST":
        return _survey(request, report)
    stars, text = request.POST.get("stars", ""), request.POST.get("text", "")
    chosen = int(stars) if stars in ("1", "2", "3", "4", "5") else None
    try:
        surveying.answer(report=report, stars=chosen, text=text, now=now)
    except Invalid as refusal:
        errors = {fault["field"]: spoken(fault["detail"]) for fault in refusal.errors}
        return _survey(request, report, status=422, errors=errors, stars=stars, typed=text)
    except StateMoved:
        return _survey(request, queries.surveyed_by(token=token), status=409, again=True)
    return _survey(request, queries.surveyed_by(token=token), thanks=True)


def _may_open(request: HttpRequest, report: MonthlyReport) -> bool:
    """Whether the pages of its orders open to this reader too."""
    return who.is_ops(request.user) or who.buyer_id_of(request.user) == report.buyer_id


def _page(request: HttpRequest, report: MonthlyReport, *, own: bool) -> HttpResponse:
    page = report_page.present(report, own=own, asks=not who.is_ops(request.user), now=clock.now())
    back = who.buyer_id_of(request.user) == report.buyer_id
    return render(request, "watch/buyer/report.html", {"page": page, "back": back, "own": own})


def _row(report: MonthlyReport) -> dict[str, str]:
    month = report_months.named(report.month)
    return {
        "no": report.no, "title": say("{month}使用报告", month=figures.months([month] if month else [])),
        "note": say("{n} 单，写于 {at}", n=report.figures["orders"], at=figures.full_day(report.made_at)),
    }  # fmt: skip


def _survey(request: HttpRequest, report: MonthlyReport, *, status: int = 200, **said: Any) -> HttpResponse:
    month = report_months.named(report.month)
    context = {
        "month": figures.months([month] if month else []), "answer": getattr(report, "answer", None),
        "expired": clock.now() > report.expires_at, "until": _until(report),
        "page_address": request.get_full_path(), **said,
    }  # fmt: skip
    return render(request, "watch/buyer/report_survey.html", context, status=status)


def _until(report: MonthlyReport) -> str:
    return figures.full_day(report.expires_at)
