"""Who gets to the desk, and the admin's frame round its pages."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme

from accounts.permissions import is_ops


def for_ops(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Decorator: strangers are asked to log in as everywhere in the admin; to other staff there is no such page."""

    @wraps(view)
    def guarded(request: HttpRequest, **of: Any) -> HttpResponse:
        if not is_ops(request.user):
            raise Http404
        return view(request, **of)

    return wraps(view)(admin.site.admin_view(guarded))


def page(request: HttpRequest, template: str, about: dict[str, Any], *, status: int = 200) -> HttpResponse:
    context = admin.site.each_context(request) | about
    return render(request, f"tickets/desk/{template}", context, status=status)


def back_to(request: HttpRequest, otherwise: str) -> str:
    """Where the form says it came from, if that is here."""
    here = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(here, allowed_hosts={request.get_host()})
    return here if safe and here.startswith("/") else otherwise
