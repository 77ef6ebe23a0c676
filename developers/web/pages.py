"""A developer's page, and the same claims as a file."""

import csv
from collections.abc import Iterator
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from common import clock
from common.pages import refusals_as_pages
from developers import queries
from developers.permissions import developer_for
from developers.rules import periods
from developers.web import export
from developers.web.present import present


@never_cache
@require_safe
@login_required
@refusals_as_pages
def dashboard(request: HttpRequest) -> HttpResponse:
    developer, now = _looked_at(request), clock.now()
    page = present(queries.board(developer=developer, code=_period(request), now=now), now=now)
    named = "" if developer == request.user else developer.username
    context = {"page": page, "named": named, "period": _period(request), "here": "developers"}
    return render(request, "developers/dashboard.html", context)


@never_cache
@require_safe
@login_required
@refusals_as_pages
def claims_file(request: HttpRequest) -> Any:
    developer, now, code = _looked_at(request), clock.now(), _period(request)
    stretch = periods.period(code, now=now).this
    claims = queries.claims_of(developer=developer, stretch=stretch)
    name = f"claims-{developer.username}-{clock.shanghai(now):%Y%m%d}.csv"
    writer = csv.writer(_Echo())

    def rows() -> Iterator[str]:
        yield "\ufeff" + writer.writerow(export.headings())
        for ticket in claims.iterator(chunk_size=500):
            yield writer.writerow(export.row(ticket))

    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingHttpResponse(rows(), content_type="text/csv; charset=utf-8", headers=headers)


class _Echo:
    """What csv.writer asks of a file: each row is handed back as it is."""

    def write(self, text: str) -> str:
        return text


def _looked_at(request: HttpRequest) -> Any:
    return developer_for(reader=request.user, named=request.GET.get("developer", ""))


def _period(request: HttpRequest) -> str:
    """The one asked for; a period that there isn't is this month."""
    code = request.GET.get("period", "")
    return code if code in periods.PERIODS else periods.MONTH
