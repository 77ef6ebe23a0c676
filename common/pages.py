"""A refusal that reaches a page: absent looks like 404, a step out of turn like the page it came from."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from common.language import spoken
from common.refusals import Absent, Refusal

_TEMPLATES = {403: "403.html", 429: "429.html"}


def refusals_as_pages(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Decorator of a page view; what the view wants to answer itself it catches itself."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except Absent as refusal:
            raise Http404(refusal.detail) from refusal
        except Refusal as refusal:
            template = _TEMPLATES.get(refusal.status, "400.html")
            response = render(request, template, {"detail": spoken(refusal.detail)}, status=refusal.status)
            if seconds := refusal.extra.get("retry_after"):
                response["Retry-After"] = str(seconds)
            return response

    return wrapped


def posted_from(page: str) -> Callable[..., Callable[..., HttpResponse]]:
    """Decorator of a view that only takes what `page` posts; its address opened by itself leads back there.

    A phone that restores a tab, or a reader who reloads from the address bar, would else see an empty 405.
    """

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def wrapped(request: HttpRequest, no: str) -> HttpResponse:
            return view(request, no) if request.method == "POST" else redirect(page, no)

        return wrapped

    return decorate
