"""What the OpenAPI schema says of identity and of Idempotency-Key."""

from typing import Any

from django.conf import settings
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter
from rest_framework.permissions import AllowAny

from accounts.api.idempotency import IdempotentMixin
from accounts.services.idempotency import MAX_KEY
from common.problems import CONTENT_TYPE, Problem

HEADER = OpenApiParameter(
    name="Idempotency-Key",
    type={"type": "string", "minLength": 1, "maxLength": MAX_KEY},
    location=OpenApiParameter.HEADER,
    description="同一个键和同样的内容再发一次，得到第一次的应答，不会重复生效；24 小时有效。",
)


class Schema(AutoSchema):
    """drf-spectacular's, with the Idempotency-Key header where it is honoured."""

    def get_override_parameters(self) -> list[Any]:
        honoured = isinstance(self.view, IdempotentMixin) and self.view.idempotent and self.method == "POST"
        return [HEADER] if honoured else []

    def _get_response_bodies(self, direction: Any = "response") -> dict[str, Any]:
        """Every operation says which refusals it may answer with."""
        bodies = super()._get_response_bodies(direction)
        for status in self._refusals():
            if str(status) not in bodies:
                bodies[str(status)] = self._get_response_for_code(
                    Problem, str(status), media_types=[CONTENT_TYPE], direction=direction
                )
        return bodies

    def _refusals(self) -> list[int]:
        writes = self.method in ("POST", "PUT", "PATCH", "DELETE")
        filtered = getattr(self.view, "filterset_class", None) or getattr(self.view, "filterset_fields", None)
        named = "{" in self.path
        guarded = [rule for rule in self.view.get_permissions() if not isinstance(rule, AllowAny)]
        return [
            *([400, 413, 415] if writes else []),
            *([401] if self.view.get_authenticators() else []),
            *([403] if guarded else []),
            *([404] if named or not writes else []),
            *([409] if writes and (named or guarded) else []),
            *([422] if writes or filtered else []),
            *([429] if self.view.get_throttles() else []),
        ]


class GuestScheme(OpenApiAuthenticationExtension):
    target_class = "accounts.api.authentication.GuestAuthentication"
    name = "guestToken"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        words = "订单查询令牌：只到得了那一个订单，24 小时有效。"
        return {"type": "http", "scheme": "bearer", "description": words}


class TokenScheme(OpenApiAuthenticationExtension):
    target_class = "accounts.api.authentication.TokenAuthentication"
    name = "userToken"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "用户令牌，24 小时有效。"}


class SessionScheme(OpenApiAuthenticationExtension):
    target_class = "accounts.api.authentication.SessionAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME}
