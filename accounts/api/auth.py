"""Doors of the API: a token for a user, a token for the guest of one order."""

from datetime import UTC
from typing import Any

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.permissions import address_of
from accounts.services import guest_access, tokens
from common import clock

PROBLEMS = {
    400: OpenApiResponse(description="请求的写法不对（problem+json）"),
    401: OpenApiResponse(description="对不上（problem+json）"),
    415: OpenApiResponse(description="读不了这种格式（problem+json）"),
    422: OpenApiResponse(description="有几处没有填对（problem+json）"),
    429: OpenApiResponse(description="试错太多，等 Retry-After 秒（problem+json）"),
}


class Credentials(serializers.Serializer):
    username = serializers.CharField(max_length=150)
    password = serializers.CharField(max_length=256, trim_whitespace=False)


class OrderCredentials(serializers.Serializer):
    order_no = serializers.CharField(max_length=64)
    query_password = serializers.CharField(max_length=128, trim_whitespace=False)


class Token(serializers.Serializer):
    token = serializers.CharField()
    expires_at = serializers.DateTimeField(default_timezone=UTC)


class OrderToken(Token):
    order_no = serializers.CharField()


class Door(APIView):
    """Open to strangers; an old token sent along is not looked at."""

    authentication_classes: list[type] = []
    permission_classes = [AllowAny]

    def handle_exception(self, exc: Exception) -> Response:
        response = super().handle_exception(exc)
        if response.status_code == 401:
            response["WWW-Authenticate"] = "Bearer"
        return response

    def accepted(self, request: Request, serializer: type[serializers.Serializer]) -> dict[str, Any]:
        given = serializer(data=request.data)
        given.is_valid(raise_exception=True)
        return given.validated_data


class UserToken(Door):
    @extend_schema(
        operation_id="auth_token", summary="用户名和密码换令牌", tags=["auth"], auth=[],
        request=Credentials, responses={200: Token, **PROBLEMS},
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        given = self.accepted(request, Credentials)
        token, expires_at = tokens.issue(
            request=request._request, username=given["username"], password=given["password"], now=clock.now()
        )
        return Response(Token({"token": token, "expires_at": expires_at}).data)


class OrderAccess(Door):
    @extend_schema(
        operation_id="auth_order_access", summary="订单号和查询密码换那一个订单的令牌", tags=["auth"],
        auth=[], request=OrderCredentials, responses={200: OrderToken, **PROBLEMS},
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        given = self.accepted(request, OrderCredentials)
        guest, token, expires_at = guest_access.enter(
            order_no=given["order_no"], password=given["query_password"],
            address=address_of(request._request), now=clock.now(),
        )  # fmt: skip
        body = {"token": token, "expires_at": expires_at, "order_no": guest.order_no}
        return Response(OrderToken(body).data)
