"""A developer's page, and the same claims as a file."""

import csv
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from common import clock
from common.pages import refusals_as_pages
from common.refusals import Absent
from developers import queries
from developers.permissions import developer_for
from developers.rules import periods
from developers.rules.groups import ALL, COST, COSTS, OPEN, OPENED_BY
from developers.web import export, present_use
from developers.web.behind import A_PAGE
from developers.web.behind import present as present_behind
from developers.web.compared import present as present_compared
from developers.web.older import before_of
from developers.web.present import present
from orders.rules.rows import storable

ASKED = ("period", "before", "developer", "what", "reason", "sku", "no", "cost", "first", "last")


@never_cache
@require_safe
@login_required
@refusals_as_pages
def dashboard(request: HttpRequest) -> HttpResponse:
    developer, now = _looked_at(request), clock.now()
    named = "" if developer == request.user else developer.username
    board = queries.board(developer=developer, code=_period(request), now=now)
    context = {"page": present(board, named=named, now=now), "named": named, "here": "developers"}
    return render(request, "developers/dashboard.html", context)


@never_cache
@require_safe
@login_required
@refusals_as_pages
def claims_file(request: HttpRequest) -> Any:
    developer, now, code = _looked_at(request), clock.now(), _period(request)
    claims = queries.claims_of(developer=developer, stretch=periods.period(code, now=now).this)
    rows = (export.row(ticket) for ticket in claims.iterator(chunk_size=500))
    return _file(f"claims-{developer.username}-{clock.shanghai(now):%Y%m%d}.csv", export.headings(), rows)


@never_cache
@require_safe
@login_required
@refusals_as_pages
def goods_file(request: HttpRequest) -> Any:
    """Every product with its sales, use, claims and cost in the period."""
    developer, now, code = _looked_at(request), clock.now(), _period(request)
    goods = queries.all_goods(developer=developer, period=periods.period(code, now=now))
    rows = (present_use.file_row(one) for one in goods)
    name = f"goods-{developer.username}-{clock.shanghai(now):%Y%m%d}.csv"
    return _file(name, present_use.file_headings(), rows)


def _file(name: str, headings: list[str], rows: Iterable[list[str | int]]) -> StreamingHttpResponse:
    writer = csv.writer(Echo())

    def lines() -> Iterator[str]:
        yield "\ufeff" + writer.writerow(headings)
        for row in rows:
            yield writer.writerow(row)

    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8", headers=headers)


@never_cache
@require_safe
@login_required
@refusals_as_pages
def behind(request: HttpRequest) -> HttpResponse:
    """What one of the page's figures is made of, a page at a time."""
    developer, now, code = _looked_at(request), clock.now(), _period(request)
    asked, given = _asked(request), request.GET
    which = {"developer": developer, "asked": asked, "before": before_of(request), "most": A_PAGE}
    if asked.what == OPEN:
        rows = queries.waiting(**which)
    else:
        read = queries.spent if asked.what == COST else queries.behind
        rows = read(stretch=_stretch(request, code, now), **which)
    kept = {name: given[name] for name in ASKED if given.get(name)}
    page = present_behind(rows=rows, asked=asked, now=now, query=kept)
    named = "" if developer == request.user else developer.username
    context = {"page": page, "named": named, "period": code, "here": "developers"}
    return render(request, "developers/behind.html", context)


@never_cache
@require_safe
@login_required
@refusals_as_pages
def compared(request: HttpRequest, sort: str) -> HttpResponse:
    """How one 环比 of the page is worked out."""
    if sort not in COSTS:
        raise Absent()
    developer, now = _looked_at(request), clock.now()
    months = queries.months(developer=developer, now=now)
    page = present_compared(month=months["month"], alike=months["alike"], sort=sort)
    named = "" if developer == request.user else developer.username
    return render(request, "developers/compared.html", {"page": page, "named": named, "here": "developers"})


def _asked(request: HttpRequest) -> queries.Asked:
    """What there isn't asks for all, or finds nothing."""
    what, cost = (request.GET.get(name, "") for name in ("what", "cost"))
    typed = (request.GET.get(name, "")[:64] for name in ("reason", "sku", "no"))
    reason, sku, no = (text if storable(text) else "-" for text in typed)
    return queries.Asked(what if what in OPENED_BY else ALL, reason, sku, no, cost if cost in COSTS else "")


def _stretch(request: HttpRequest, code: str, now: datetime) -> periods.Stretch:
    """The days of one point of a chart where these are named, else the period or the one before it."""
    try:
        first, last = (date.fromisoformat(request.GET.get(name, "")) for name in ("first", "last"))
    except ValueError:
        period = periods.period(code, now=now)
        return period.before if request.GET.get("before") == "1" else period.this
    sane = 2000 <= first.year <= last.year < 2200 and first <= last
    return periods.stretch_of(first, last) if sane else periods.period(code, now=now).this


class Echo:
    """What csv.writer asks of a file: each row is handed back as it is."""

    def write(self, text: str) -> str:
        return text


def _looked_at(request: HttpRequest) -> Any:
    return developer_for(reader=request.user, named=request.GET.get("developer", ""))


def _period(request: HttpRequest) -> str:
    """The one asked for; a period that there isn't is this month."""
    code = request.GET.get("period", "")
    return code if code in periods.PERIODS else periods.MONTH
