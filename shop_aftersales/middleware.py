"""What differs by address: a content policy for pages that are not ours to write, UTC for the API. And by cookie."""

from collections.abc import Callable
from datetime import UTC

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import patch_vary_headers

# unfold's Alpine evaluates expressions and sets styles; no other page may.
OWN_POLICY = {
    "/admin/": {"script-src": ["'self'", "'unsafe-eval'"], "style-src": ["'self'", "'unsafe-inline'"]},
    "/api/docs/": {"style-src": ["'self'", "'unsafe-inline'"], "img-src": ["'self'", "data:"]},
}


def page_policy(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        for prefix, policy in OWN_POLICY.items():
            if request.path.startswith(prefix):
                response._csp_update = policy | {"font-src": ["'self'"]}  # type: ignore[attr-defined]
        return response

    return middleware


def heads_without_bodies(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Whoever asks for the head alone is sent no body, which gunicorn would drop, and complain of each in the log."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if request.method == "HEAD" and not response.streaming:
            response.content = b""  # its length stays as CommonMiddleware counted it
        return response

    return middleware


def api_in_utc(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Pages speak Shanghai time, the API speaks UTC."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if not request.path.startswith("/api/"):
            return get_response(request)
        with timezone.override(UTC):
            return get_response(request)

    return middleware


def varies_by_cookie(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """LocaleMiddleware reads the language's cookie, and tells caches of Accept-Language only."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        patch_vary_headers(response, ("Cookie",))
        return response

    return middleware
