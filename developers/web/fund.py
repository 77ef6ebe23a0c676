"""The guarantee fund to a developer: what can be claimed with its sum, the form, and each claim with its answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from common import clock, figures
from common.language import say, spoken
from common.pages import posted_from, refusals_as_pages
from common.refusals import Absent, Refusal
from developers.permissions import developer_for
from developers.queries import fund as queries
from developers.rules import fund as rules
from developers.services.fund import filing
from developers.web import present_fund as present

MOST = 50


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@refusals_as_pages
def index(request: HttpRequest) -> HttpResponse:
    """What can be claimed, and what was; sent, it is filed."""
    if request.method != "POST":
        return _index(request)
    person, given = developer_for(reader=request.user, named=""), request.POST
    try:
        row = filing.file(
            by=person, cause=given.get("cause", ""), nos=given.getlist("cases")[:MOST + 1],
            text=given.get("text", ""), now=clock.now(),
        )  # fmt: skip
    except Absent:
        raise
    except Refusal as refusal:
        return _index(request, refusal)
    messages.success(request, say("申请收到了，答复写在这一页。"))
    return redirect("developer-fund-claim", row.no)


@never_cache
@require_safe
@login_required
@refusals_as_pages
def claim(request: HttpRequest, no: str) -> HttpResponse:
    return _claim(request, no)


@posted_from("developer-fund-claim")
@login_required
@refusals_as_pages
def withdraw(request: HttpRequest, no: str) -> HttpResponse:
    return _step(request, no, filing.withdraw, say("撤回了，里面的售后单可以再申请。"))


@posted_from("developer-fund-claim")
@login_required
@refusals_as_pages
def appeal(request: HttpRequest, no: str) -> HttpResponse:
    text = request.POST.get("text", "")
    return _step(request, no, filing.appeal, say("申诉收到了，由另一位同事书面答复。"), text=text)


def _step(request: HttpRequest, no: str, step: Callable[..., Any], done: str, **given: str) -> HttpResponse:
    """Back to the page, with what was typed where it did not go."""
    person = developer_for(reader=request.user, named="")
    found = queries.find_claim(reader=person, no=no)
    try:
        step(claim=found, by=person, now=clock.now(), **given)
    except Absent:
        raise
    except Refusal as refusal:
        return _claim(request, no, error=_first(refusal), typed=given.get("text", ""), status=refusal.status)
    messages.success(request, done)
    return redirect("developer-fund-claim", no)


def _index(request: HttpRequest, refusal: Refusal | None = None) -> HttpResponse:
    developer = developer_for(reader=request.user, named=request.GET.get("developer", ""))
    now, given = clock.now(), request.POST
    found = queries.claimable(developer=developer, now=now)
    chosen = given.getlist("cases")
    balances = queries.balances(developer=developer)
    rows = [
        present.case_row(row, chosen=row.ticket.no in chosen, now=now) for row in found if not row.claimed
    ]
    errors = {fault["field"]: spoken(fault["detail"]) for fault in refusal.errors} if refusal else {}
    context = {
        "rows": rows, "total": figures.yuan(rules.total(row.case for row in found if not row.claimed)),
        "claims": [present.line(row, now=now) for row in queries.claims_of(developer)[:MOST]],
        "causes": [(code, spoken(one.name), spoken(one.says)) for code, one in rules.CAUSES.items()],
        "cause": given.get("cause", ""), "typed": given.get("text", ""), "errors": errors,
        "trouble": spoken(refusal.detail) if refusal and not errors else "",
        "guarantee": figures.yuan(balances.guarantee),
        "kept": figures.yuan(balances.kept) if balances.kept is not None else "",
        "named": "" if developer == request.user else developer.username, "here": "developers",
    }  # fmt: skip
    return render(request, "developers/fund.html", context, status=refusal.status if refusal else 200)


def _claim(
    request: HttpRequest, no: str, *, error: str = "", typed: str = "", status: int = 200
) -> HttpResponse:
    developer = developer_for(reader=request.user, named=request.GET.get("developer", ""))
    found = queries.find_claim(reader=developer, no=no)
    own = developer == request.user
    context = {
        "page": present.sheet(found, own=own, now=clock.now()), "error": error, "typed": typed,
        "named": "" if own else developer.username, "here": "developers",
    }  # fmt: skip
    return render(request, "developers/fund_claim.html", context, status=status)


def _first(refusal: Refusal) -> str:
    return spoken(refusal.errors[0]["detail"]) if refusal.errors else spoken(refusal.detail)
