"""A developer's own figures, the same as on the page."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.permissions import IsReader
from common.clock import now
from developers import queries
from developers.permissions import IsDeveloperOrOps, developer_for
from developers.rules import masking, periods
from developers.rules.groups import GROUPS, group_of

PERIODS = list(periods.PERIODS)


class DashboardAsked(serializers.Serializer[Any]):
    period = serializers.ChoiceField(PERIODS, default=periods.MONTH)
    developer = serializers.CharField(max_length=150, default="", allow_blank=True)


class CostData(serializers.Serializer[Any]):
    fen = serializers.IntegerField(help_text="分")
    units = serializers.IntegerField(help_text="个")


class TallyData(serializers.Serializer[Any]):
    claims = serializers.IntegerField()
    real = serializers.IntegerField(help_text="按规则成立的货的问题")
    questions = serializers.IntegerField(help_text="咨询与建议")
    claims_before = serializers.IntegerField(help_text="上一段同样长的时间")
    real_before = serializers.IntegerField()
    questions_before = serializers.IntegerField()


class ReasonTally(serializers.Serializer[Any]):
    reason = serializers.CharField()
    group = serializers.ChoiceField(list(GROUPS))
    claims = serializers.IntegerField()
    real = serializers.IntegerField()
    claims_before = serializers.IntegerField()


class GoodsTally(serializers.Serializer[Any]):
    sku = serializers.CharField()
    title = serializers.CharField()
    claims = serializers.IntegerField(source="tally.claims")
    real = serializers.IntegerField(source="tally.real")
    questions = serializers.IntegerField(source="tally.questions")
    cost = CostData()


class MonthCosts(serializers.Serializer[Any]):
    month = CostData(help_text="本月至今")
    alike = CostData(help_text="上月同期")
    previous = CostData(help_text="上月整月")


class ClaimRow(serializers.Serializer[Any]):
    no = serializers.CharField()
    order_no = serializers.SerializerMethodField(help_text="已遮")
    buyer = serializers.SerializerMethodField(help_text="已遮")
    sku = serializers.CharField(source="order.product.sku")
    reason = serializers.CharField()
    state = serializers.CharField()
    opened_at = serializers.DateTimeField()
    settled = serializers.SerializerMethodField()
    still_open = serializers.SerializerMethodField()

    def get_order_no(self, ticket: Any) -> str:
        return masking.order_no(ticket.order.order_no)

    def get_buyer(self, ticket: Any) -> str:
        return masking.name(ticket.order.buyer.name)

    @extend_schema_field(CostData)
    def get_settled(self, ticket: Any) -> Any:
        return CostData(queries.cost_of(ticket)[0]).data

    @extend_schema_field(CostData)
    def get_still_open(self, ticket: Any) -> Any:
        return CostData(queries.cost_of(ticket)[1]).data


class DashboardData(serializers.Serializer[Any]):
    developer = serializers.CharField(source="developer.username")
    period = serializers.ChoiceField(PERIODS, source="period.code")
    start = serializers.DateTimeField(source="period.this.start")
    end = serializers.DateTimeField(source="period.this.end")
    total = TallyData()
    reasons = serializers.SerializerMethodField()
    goods = GoodsTally(many=True)
    cost = CostData(help_text="这段时间办完的")
    still_open = CostData(help_text="眼下还没办完的")
    months = MonthCosts()
    newest = ClaimRow(many=True)

    @extend_schema_field(ReasonTally(many=True))
    def get_reasons(self, board: queries.Board) -> Any:
        return [
            {
                "reason": reason, "group": group_of(reason), "claims": tally.claims, "real": tally.real,
                "claims_before": tally.claims_before,
            }
            for reason, tally in board.reasons.items()
        ]  # fmt: skip


class Dashboard(APIView):
    """开发者自己商品的售后：按事由、按商品、花了多少、最近十件；买家已遮。运营用 ?developer= 看某一位的。"""

    permission_classes = [IsReader, IsDeveloperOrOps]

    @extend_schema(
        tags=["开发者"],
        parameters=[
            OpenApiParameter("period", str, enum=PERIODS, description="不写就是本月"),
            OpenApiParameter("developer", str, description="只有运营可以写：开发者的用户名"),
        ],
        responses=DashboardData,
    )
    def get(self, request: Request) -> Response:
        asked = DashboardAsked(data=request.query_params.dict())
        asked.is_valid(raise_exception=True)
        developer = developer_for(reader=request.user, named=asked.validated_data["developer"])
        board = queries.board(developer=developer, code=asked.validated_data["period"], now=now())
        return Response(DashboardData(board).data)
