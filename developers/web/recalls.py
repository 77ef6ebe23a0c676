"""Recalls to whoever may ask for them: those there are, a form that counts one, and its sheet."""

from datetime import timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts import permissions as who
from common import clock
from common.language import spoken
from common.pages import refusals_as_pages
from common.refusals import Absent, Invalid
from developers import forms, queries
from developers.services.recalls import asking
from developers.web import present_recall as present
from developers.web.recall_fields import fields
from orders import queries as orders

MOST = 50


def _askers_only(reader: Any) -> None:
    if who.role_of(reader) != "developer" and not who.is_ops(reader):
        raise Absent()


@never_cache
@require_safe
@login_required
@refusals_as_pages
def index(request: HttpRequest) -> HttpResponse:
    _askers_only(request.user)
    rows = present.lines(list(queries.recalls_of(request.user)[:MOST]), now=clock.now())
    return render(request, "developers/recalls.html", {"rows": rows, "here": "developers"})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@refusals_as_pages
def ask(request: HttpRequest) -> HttpResponse:
    """The form; sent, it is counted, and the sheet shows what it comes to."""
    _askers_only(request.user)
    if request.method != "POST":
        return _form(request, _usual(request), {})
    given = forms.typed(request.POST)
    try:
        row = asking.ask(wanted=forms.wanted(given), by=_person(request), submit=False, now=clock.now())
    except Invalid as refused:
        return _form(request, given, {fault["field"]: spoken(fault["detail"]) for fault in refused.errors})
    return redirect("developer-recall", row.no)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@refusals_as_pages
def recall(request: HttpRequest, no: str) -> HttpResponse:
    """Its sheet; sent, it goes to be approved."""
    _askers_only(request.user)
    found = queries.find_recall(reader=request.user, no=no)
    if request.method == "POST":
        asking.submit(recall=found, by=_person(request), now=clock.now())
        return redirect("developer-recall", no)
    page = present.sheet(found, reader=request.user)
    return render(request, "developers/recall.html", {"page": page, "here": "developers"})


def _form(request: HttpRequest, given: dict[str, str], errors: dict[str, str]) -> HttpResponse:
    goods = orders.products() if who.is_ops(request.user) else orders.goods_of(request.user)
    options = tuple((product.sku, product.title) for product in goods)
    shown = fields(goods=options, given=given, errors=errors)
    context = {"fields": shown, "errors": errors, "defect": given.get("defect", ""), "here": "developers"}
    return render(request, "developers/recall_ask.html", context, status=422 if errors else 200)


def _usual(request: HttpRequest) -> dict[str, str]:
    """The last seven days; whatever the address names is filled in, as where one is counted anew."""
    now = clock.shanghai(clock.now())
    week = {"from": f"{now - timedelta(days=7):%Y-%m-%dT%H:%M}", "to": f"{now:%Y-%m-%dT%H:%M}"}
    return week | {name: value for name, value in forms.typed(request.GET).items() if value}


def _person(request: HttpRequest) -> Any:
    """A user: nobody else gets past the log-in."""
    return request.user
