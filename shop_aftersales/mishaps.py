"""What nobody answered, or what broke: problem+json under /api/, a page elsewhere."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views import defaults

from common import problems


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """An address that does not exist."""
    if request.path.startswith("/api/"):
        return problems.respond(request, status=404)
    return defaults.page_not_found(request, exception)


def broken(request: HttpRequest, *_: Any) -> HttpResponse:
    """A fault of ours; the log has it."""
    if request.path.startswith("/api/"):
        return problems.respond(request, status=500)
    return defaults.server_error(request)
