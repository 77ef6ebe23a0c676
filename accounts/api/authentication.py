"""Who is asking: a guest's signed token, a user's token, or a signed-in browser."""

import re
from typing import Any

from django.utils import timezone
from knox.auth import TokenAuthentication as KnoxAuthentication
from knox.crypto import hash_token
from knox.models import AuthToken
from rest_framework import authentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts.permissions import may_act_from
from accounts.rules import Guest
from accounts.services import guest_access
from common import clock

USER_TOKEN = re.compile(rb"[0-9a-f]{64}")


class GuestAuthentication(authentication.BaseAuthentication):
    """`Bearer g.…` and nothing else; stands first, because knox refuses what it doesn't know."""

    def authenticate(self, request: Request) -> tuple[Guest, str] | None:
        parts = authentication.get_authorization_header(request).split()
        prefix = guest_access.TOKEN_PREFIX.encode()
        if len(parts) != 2 or parts[0].lower() != b"bearer" or not parts[1].startswith(prefix):
            return None
        token = parts[1].decode("latin-1")
        try:
            return guest_access.read_token(token, clock.now()), token
        except guest_access.BadGuestToken as refusal:
            raise AuthenticationFailed(refusal.detail) from None

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class TokenAuthentication(KnoxAuthentication):
    """knox's tokens, read with one query and no write; purge throws the expired ones away."""

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        known = super().authenticate(request)
        if known and not may_act_from(known[0], request._request):
            raise AuthenticationFailed()
        return known

    def authenticate_credentials(self, token: bytes) -> tuple[Any, Any]:
        if not USER_TOKEN.fullmatch(token):
            raise AuthenticationFailed()
        live = AuthToken.objects.select_related("user").filter(expiry__gt=timezone.now())
        found = live.filter(digest=hash_token(token.decode()), user__is_active=True).first()
        if found is None:
            raise AuthenticationFailed()
        return found.user, found


class SessionAuthentication(authentication.SessionAuthentication):
    """A signed-in browser, with CSRF."""

    def authenticate(self, request: Request) -> tuple[Any, None] | None:
        known = super().authenticate(request)
        if known and not may_act_from(known[0], request._request):
            raise AuthenticationFailed()
        return known
