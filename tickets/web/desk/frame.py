"""The admin's frame round the pages of the desk."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme

from accounts.permissions import for_ops

__all__ = ["back_to", "for_ops", "page"]


def page(request: HttpRequest, template: str, about: dict[str, Any], *, status: int = 200) -> HttpResponse:
    context = admin.site.each_context(request) | about
    return render(request, f"tickets/desk/{template}", context, status=status)


def back_to(request: HttpRequest, otherwise: str) -> str:
    """Where the form says it came from, if that is here."""
    here = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(here, allowed_hosts={request.get_host()})
    return here if safe and here.startswith("/") else otherwise
