"""Where providers call back: size, signature over the raw bytes, then one service call."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from common import clock, signing
from common.digits import whole
from common.parsing import TooLarge
from common.phrases import mark
from common.problems import Problem
from common.refusals import Refusal
from integrations.rules import bodies
from integrations.services import inbound
from integrations.vendors import registry


class BadSignature(Refusal):
    status = 401
    code = "bad_signature"
    title = mark("签名不对")
    detail = mark("签名对不上内容，或时间相差超过 5 分钟；什么都没有改变。")


class CallBack(serializers.Serializer):
    event_id = serializers.CharField(max_length=200)
    key = serializers.CharField(max_length=200, help_text=mark("补偿的幂等键"))
    reference = serializers.CharField(max_length=200)
    state = serializers.CharField(max_length=64)
    delivered = serializers.IntegerField(required=False, allow_null=True, min_value=0)
    amount_fen = serializers.IntegerField(required=False, allow_null=True, min_value=0)
    occurred_at = serializers.DateTimeField()


class TakenCallBack(serializers.Serializer):
    result = serializers.ChoiceField(choices=[(taken.value, taken.value) for taken in inbound.Taken])


class Webhook(APIView):
    """The signature is the only way in: no session, no token, no throttle that could lose a message."""

    authentication_classes = []
    permission_classes = []
    throttle_classes = []
    channel: str

    def receive(self, request: Request) -> Response:
        body = _small_body(request)
        path = request.path + (f"?{query}" if (query := request.META.get("QUERY_STRING")) else "")
        now = clock.now()
        genuine = signing.verify(
            secret=registry.secret_of(self.channel), method="POST", path=path, body=body,
            timestamp_header=request.headers.get("X-Timestamp"),
            signature_header=request.headers.get("X-Signature"), now_ts=now.timestamp(),
        )  # fmt: skip
        if not genuine:
            raise BadSignature()
        return Response({"result": inbound.take_callback(channel=self.channel, body=body, now=now).value})


def _small_body(request: Request) -> bytes:
    """The raw bytes, never more than the limit of them read."""
    announced = whole(request.META.get("CONTENT_LENGTH") or "0")
    if announced is None or announced > bodies.MAX_BYTES:
        raise TooLarge(mark("一个回调最多 64 KiB。"))
    body: bytes = request._request.body
    if len(body) > bodies.MAX_BYTES:
        raise TooLarge(mark("一个回调最多 64 KiB。"))
    return body


ANSWERS = {200: TakenCallBack, 400: Problem, 401: Problem, 413: Problem}


class SupplierWebhook(Webhook):
    channel = bodies.SUPPLIER

    @extend_schema(
        operation_id="webhooks_supplier", summary="供货方回调", request=CallBack, responses=ANSWERS, auth=[]
    )
    def post(self, request: Request) -> Response:
        return self.receive(request)


class MessageWebhook(Webhook):
    channel = bodies.MESSAGES

    @extend_schema(
        operation_id="webhooks_messages", summary="消息服务回调", request=CallBack, responses=ANSWERS, auth=[]
    )
    def post(self, request: Request) -> Response:
        return self.receive(request)


class RefundWebhook(Webhook):
    channel = bodies.SHOP_REFUND

    @extend_schema(
        operation_id="webhooks_refund", summary="退款回调", request=CallBack, responses=ANSWERS, auth=[]
    )
    def post(self, request: Request) -> Response:
        return self.receive(request)
