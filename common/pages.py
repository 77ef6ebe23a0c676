"""A refusal that reaches a page: absent looks like 404, a step out of turn like the page it came from."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme

from common.language import say, spoken
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
            seconds = refusal.extra.get("retry_after", 0)
            context = {"detail": spoken(refusal.detail), "wait": come_back(seconds=seconds)}
            context["back"] = came_from(request)
            response = render(request, template, context, status=refusal.status)
            if seconds:
                response["Retry-After"] = str(seconds)
            return response

    return wrapped


def address_unsaid(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Decorator of a page whose address is the key to it: it goes to nobody, not to our own log of requests either.

    Not no-referrer: with it browsers send "Origin: null" on the page's own forms, and the CSRF check refuses them.
    """

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response.headers["Referrer-Policy"] = "strict-origin"
        return response

    return wrapped


def came_from(request: HttpRequest) -> str:
    """The page of ours that a form was sent from; "" of what was only opened, or came from elsewhere."""
    sent = "" if request.method in ("GET", "HEAD") else request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(sent, allowed_hosts={request.get_host()}):
        return ""
    parts = urlsplit(sent)
    return f"{parts.path}?{parts.query}".rstrip("?")


def come_back(*, seconds: int) -> str:
    """When to try again, never too early; 0: it isn't known."""
    if not seconds:
        return say("请过一会儿再试，不用一直刷新。")
    if seconds < 60:
        return say("请 {n} 秒后再试，不用一直刷新。", n=seconds)
    return say("请 {n} 分钟后再试，不用一直刷新。", n=-(-seconds // 60))


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
