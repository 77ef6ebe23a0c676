"""The card keys of an order: a list that tells none of them, and one at a time for whoever bought it."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.permissions import IsReader
from common.clock import now
from compensation.permissions import may_reveal
from compensation.services import revealing
from orders import queries as orders
from orders.api.card_keys import SecretRow

UNSEEN = {"Cache-Control": "no-store"}


class MayReveal(BasePermission):
    """Whoever bought it; ops see that there are keys, and not what they say."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return may_reveal(request.user)


class SecretData(serializers.Serializer[Any]):
    unit = serializers.IntegerField()
    secret = serializers.CharField()
    revealed_at = serializers.DateTimeField()


class Secrets(APIView):
    """一单的卡密：有几份、看过没有；卡密本身一次看一份。"""

    @extend_schema(tags=["订单"], responses=SecretRow(many=True))
    def get(self, request: Request, order_no: str) -> Response:
        order = orders.find_order(reader=request.user, order_no=order_no)
        rows = orders.card_keys_of(order=order, reader=request.user)
        return Response(SecretRow(rows, many=True).data, headers=UNSEEN)


class Reveal(APIView):
    """看一份卡密。第一次看的时刻记进存证；再看不变。

    不认 Idempotency-Key：答复里有卡密，不能留着；再发一次本来就是同样的答复。
    """

    permission_classes = [IsReader, MayReveal]

    @extend_schema(tags=["订单"], request=None, responses=SecretData)
    def post(self, request: Request, order_no: str, unit: int) -> Response:
        order = orders.find_order(reader=request.user, order_no=order_no)
        told = revealing.reveal(order=order, unit=unit, now=now())
        return Response(SecretData(told).data, headers=UNSEEN)
