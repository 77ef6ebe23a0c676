"""Pages that are not ours to write (admin, API docs) get a content policy of their own."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

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
