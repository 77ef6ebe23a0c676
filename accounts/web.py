"""Signing in and out; pages know a signed-in demo account only on the machine it runs on."""

import unicodedata
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import auth
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.permissions import is_ops, may_act_from, role_of
from accounts.services import log_in as log_in_service
from common import clock, figures
from common.language import say, spoken
from common.refusals import Refusal

Handler = Callable[[HttpRequest], HttpResponse]
LONGEST_PASSWORD = 4096  # what is longer is no password, and is not worth hashing


def demo_stays_home(get_response: Handler) -> Handler:
    """Middleware, after Django's AuthenticationMiddleware; as lazy as that one."""

    def middleware(request: HttpRequest) -> HttpResponse:
        known = request.user
        request.user = SimpleLazyObject(lambda: _seen_from(known, request))  # type: ignore[assignment]
        return get_response(request)

    return middleware


def _seen_from(user: Any, request: HttpRequest) -> Any:
    return user if may_act_from(user, request) else AnonymousUser()


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def log_in(request: HttpRequest) -> HttpResponse:
    """Named users; buyers without an account use their order number instead."""
    wanted = request.POST.get("next", request.GET.get("next", ""))
    context = {
        "next": wanted,
        "username": _as_kept(request.POST.get("username", "")),
        # Sent here with an account that may not open what was asked for: said, or they would log in the same again.
        "known": request.user.get_username() if wanted and request.user.is_authenticated else "",
    }
    if request.method != "POST":
        return render(request, "accounts/public/login.html", context)
    try:
        password = request.POST.get("password", "")[:LONGEST_PASSWORD]
        user = log_in_service.verify(request=request, username=context["username"], password=password)
    except Refusal as refusal:
        if refusal.status == 429:
            return _locked(request, context, seconds=refusal.extra["retry_after"])
        told = {"error": spoken(refusal.detail)}
        return render(request, "accounts/public/login.html", context | told, status=422)
    auth.login(request, user)
    return redirect(wanted if _stays_here(request, wanted) else _first_page(user))


def _locked(request: HttpRequest, context: dict[str, Any], *, seconds: int) -> HttpResponse:
    """After too many tries the page says from what time on, never too early: it is the next full minute."""
    now = clock.now()
    until = (now + timedelta(seconds=seconds + 59)).replace(second=0, microsecond=0)
    time = figures.moment(until, now=now)
    told = {
        "error": say("试错的次数太多了，请在{time} 以后再试。您填的用户名还在。", time=time),
        "waits": say("{time} 以后再登录", time=time),
    }
    response = render(request, "accounts/public/login.html", context | told, status=429)
    response["Retry-After"] = str(seconds)
    return response


@never_cache
@require_safe
def log_in_to_admin(request: HttpRequest) -> HttpResponse:
    """The admin sends strangers to a log-in of its own; there is one for everybody."""
    wanted = request.GET.get("next", "")
    return redirect(f"{reverse('login')}?{urlencode({'next': wanted or reverse('admin:index')})}")


@require_POST
def log_out(request: HttpRequest) -> HttpResponse:
    auth.logout(request)
    return redirect("home")


def _stays_here(request: HttpRequest, address: str) -> bool:
    return bool(address) and url_has_allowed_host_and_scheme(
        address, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )


def _as_kept(username: str) -> str:
    """As names are kept: without blanks around, and full-width letters as plain ones."""
    return unicodedata.normalize("NFKC", username).strip()[:150]


def _first_page(user: Any) -> str:
    if role_of(user) == "developer":
        return "/developers/"
    return "/admin/" if is_ops(user) and user.is_staff else "/"
