"""Recalls to everybody: which there are, and how far each has come. Nothing of any one order."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from common import clock
from common.pages import refusals_as_pages
from developers import queries
from developers.queries import A_PAGE
from developers.web import present_recall as present


@require_safe
def recalls(request: HttpRequest) -> HttpResponse:
    found = queries.public_recalls(before=_before(request))
    rows = present.lines(found[:A_PAGE], now=clock.now(), public=True)
    older = found[A_PAGE - 1].pk if len(found) > A_PAGE else None
    return render(
        request, "developers/public/recalls.html", {"rows": rows, "older": older, "here": "recalls"}
    )


@require_safe
@refusals_as_pages
def recall(request: HttpRequest, no: str) -> HttpResponse:
    page = present.public_page(queries.find_public(no=no), now=clock.now())
    return render(request, "developers/public/recall.html", {"page": page, "here": "recalls"})


def _before(request: HttpRequest) -> int | None:
    pk = request.GET.get("before", "")
    return int(pk) if pk.isascii() and pk.isdigit() and len(pk) < 19 else None
