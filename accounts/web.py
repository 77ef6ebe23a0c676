"""Pages know a signed-in demo account only on the machine it runs on."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from accounts.permissions import may_act_from

Handler = Callable[[HttpRequest], HttpResponse]


def demo_stays_home(get_response: Handler) -> Handler:
    """Middleware, after Django's AuthenticationMiddleware; as lazy as that one."""

    def middleware(request: HttpRequest) -> HttpResponse:
        known = request.user
        request.user = SimpleLazyObject(lambda: _seen_from(known, request))  # type: ignore[assignment]
        return get_response(request)

    return middleware


def _seen_from(user: Any, request: HttpRequest) -> Any:
    return user if may_act_from(user, request) else AnonymousUser()
