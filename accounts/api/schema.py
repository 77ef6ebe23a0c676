"""What the OpenAPI schema says of identity and of Idempotency-Key."""

from typing import Any

from django.conf import settings
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter

from accounts.api.idempotency import IdempotentMixin
from accounts.services.idempotency import MAX_KEY

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
