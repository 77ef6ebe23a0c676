"""What nobody answered, or what broke: problem+json under /api/, a page elsewhere."""

from typing import Any

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseForbidden
from django.template import loader
from django.views import defaults

from common import problems
from common.pages import came_from


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """An address that does not exist."""
    if request.path.startswith("/api/"):
        return problems.respond(request, status=404)
    return defaults.page_not_found(request, exception)


def not_understood(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What Django itself refuses; the way back is the page that it was sent from."""
    if isinstance(exception, DisallowedHost):  # nobody knows whose page that would be
        return HttpResponseBadRequest(loader.render_to_string("400.html"))
    return HttpResponseBadRequest(loader.render_to_string("400.html", {"back": came_from(request)}, request))


def stale(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without its token, mostly of a page left open: it leads back to that page, fresh."""
    page = loader.render_to_string("403_csrf.html", {"back": came_from(request)}, request)
    return HttpResponseForbidden(page)


def broken(request: HttpRequest, *_: Any) -> HttpResponse:
    """A fault of ours; the log has it."""
    if request.path.startswith("/api/"):
        return problems.respond(request, status=500)
    return defaults.server_error(request)
