"""Who is asking, and how they stand: what has no source yet, or can't apply to them, is null."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import permissions as who
from accounts.api.permissions import IsReader
from common.clock import now
from compensation import queries
from compensation.rules.loyalty import USUAL_MONTHS
from ledger import queries as ledger


class FastLaneData(serializers.Serializer[Any]):
    quota_fen = serializers.IntegerField()
    open_fen = serializers.IntegerField()


class MeData(serializers.Serializer[Any]):
    """For buyers the streak of months with an order; a guest has no name and reaches one order alone."""

    username = serializers.CharField(allow_null=True)
    role = serializers.CharField()
    long_term = serializers.BooleanField(allow_null=True)
    streak_months = serializers.IntegerField(allow_null=True)
    points = serializers.IntegerField(
        allow_null=True,
        help_text="积分余额：订单最后一个期限过了、没申请过售后也没退过款的，每满 1 元 1 积分",
    )
    credit = serializers.IntegerField(allow_null=True)
    fast_lane = FastLaneData(allow_null=True)
    named_agent = serializers.CharField(allow_null=True)


class Me(APIView):
    """我是谁，算不算长期用户。"""

    permission_classes = [IsReader]

    @extend_schema(tags=["账户"], responses=MeData)
    def get(self, request: Request) -> Response:
        """连续几个月有单，有多少积分，专属客服是谁；没有来源或不适用的是 null。"""
        reader: Any = request.user
        buyer = getattr(reader, "buyer", None)
        streak = queries.streak_now(buyer=buyer.external_id, now=now()) if buyer else None
        long_term = None if streak is None else streak >= USUAL_MONTHS
        agent = who.agent_name_of(buyer) if long_term else None
        points = ledger.points_of(buyer_id=buyer.pk) if buyer else None
        guest = who.guest_order_of(reader) is not None
        told = {
            "username": None if guest else reader.get_username(), "role": "guest" if guest else who.role_of(reader),
            "long_term": long_term, "streak_months": streak, "points": points, "credit": None, "fast_lane": None,
            "named_agent": agent,
        }  # fmt: skip
        return Response(told)
