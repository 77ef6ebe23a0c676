"""The page of a warning's link: GET shows and changes nothing, the one press files."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from common import clock
from common.language import spoken
from common.pages import address_unsaid, refusals_as_pages
from compensation.queries import quote
from tickets import queries as tickets
from tickets.services.claims import AlreadyOpen
from watch import queries
from watch.models import DropWarning
from watch.services import claiming
from watch.web import present, unknown_link
from watch.web.present import LinkPage


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@address_unsaid
@refusals_as_pages
def claim_link(request: HttpRequest, token: str) -> HttpResponse:
    try:
        warning, now = queries.find_by(token=token), clock.now()
    except queries.LinkUnknown:
        return unknown_link.claim(request)
    if request.method != "POST":
        return _page(request, _as_it_is(warning))
    try:
        filed = claiming.claim(warning=warning, offer=request.POST.get("offer", ""), now=now)
    except (claiming.LinkUsed, claiming.LinkExpired):
        return _page(request, _as_it_is(queries.find_by(token=token)), status=409)
    except AlreadyOpen as refusal:
        return _page(request, present.under_way(warning, no=refusal.extra["ticket_no"]), status=409)
    except claiming.OfferChanged as refusal:
        return _page(request, _as_it_is(warning, error=spoken(refusal.detail)), status=409)
    return _page(request, present.filed(warning, filed))


def _as_it_is(warning: DropWarning, *, error: str = "") -> LinkPage:
    now = clock.now()
    if warning.used_at:
        return present.under_way(warning, no=warning.ticket_no)
    if now > warning.expires_at:
        return present.expired(warning, now=now)
    found = quote(order=warning.order, reason="drop", now=now)
    case = tickets.newest_claim(order=warning.order, reason="drop", since=warning.made_at)
    if case and (not case.is_final or not found.decision.remedies):
        return present.under_way(warning, no=case.no)
    if not found.decision.remedies:
        return present.nothing_now(warning, found, now=now)
    return present.offered(warning, found, now=now, error=error)


def _page(request: HttpRequest, page: LinkPage, *, status: int = 200) -> HttpResponse:
    context = {
        "page": page,
        "page_address": request.get_full_path(),
    }  # also what a press stands on opens by itself
    return render(request, "watch/public/claim_link.html", context, status=status)
