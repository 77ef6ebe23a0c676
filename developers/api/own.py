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
    reported = serializers.IntegerField(help_text="货的问题，属实的和还没查明的都在内")
    checking = serializers.IntegerField(help_text="其中人还在看的")
    orders = serializers.IntegerField(help_text="这段时间卖出几单")
    orders_before = serializers.IntegerField()
    sold = serializers.IntegerField(help_text="卖出几个")
    sold_before = serializers.IntegerField()
    active = serializers.IntegerField(help_text="报来用量的单，一单一天算一次")
    active_before = serializers.IntegerField()


class ReasonTally(serializers.Serializer[Any]):
    reason = serializers.CharField(help_text="recall 是召回办的：没有人提交，只有花费")
    group = serializers.ChoiceField(list(GROUPS))
    claims = serializers.IntegerField()
    real = serializers.IntegerField()
    claims_before = serializers.IntegerField()
    real_before = serializers.IntegerField()
    cost = CostData(help_text="这段时间办完的")


class GoodsTally(serializers.Serializer[Any]):
    sku = serializers.CharField()
    title = serializers.CharField()
    claims = serializers.IntegerField(source="tally.claims")
    real = serializers.IntegerField(source="tally.real")
    questions = serializers.IntegerField(source="tally.questions")
    cost = CostData()


class GoodsUsed(serializers.Serializer[Any]):
    sku = serializers.CharField()
    title = serializers.CharField()
    active = serializers.IntegerField(source="tally.active", help_text="报来用量的单，一单一天算一次")


class GoodsAsked(serializers.Serializer[Any]):
    sku = serializers.CharField()
    title = serializers.CharField()
    reason = serializers.CharField()
    number = serializers.IntegerField(help_text="几件")


class TrendPoint(serializers.Serializer[Any]):
    first = serializers.DateField(help_text="一天，或一周的第一天")
    last = serializers.DateField()
    reported = serializers.IntegerField()
    real = serializers.IntegerField()
    questions = serializers.IntegerField()
    claims = serializers.IntegerField()
    cost = CostData()


class MonthCosts(serializers.Serializer[Any]):
    month = CostData(help_text="本月至今")
    alike = CostData(help_text="上月同期")
    previous = CostData(help_text="上月整月")


class ClaimRow(serializers.Serializer[Any]):
    no = serializers.CharField()
    order_no = serializers.SerializerMethodField(help_text="已遮")
    buyer = serializers.SerializerMethodField(help_text="已遮")
    sku = serializers.CharField()
    reason = serializers.CharField()
    state = serializers.CharField()
    opened_at = serializers.DateTimeField()
    settled = CostData()
    still_open = CostData()

    def get_order_no(self, row: queries.Newest) -> str:
        return masking.order_no(row.order_no)

    def get_buyer(self, row: queries.Newest) -> str:
        return masking.name(row.buyer)


class DashboardData(serializers.Serializer[Any]):
    developer = serializers.CharField(source="developer.username")
    period = serializers.ChoiceField(PERIODS, source="period.code")
    start = serializers.DateTimeField(source="period.this.start")
    end = serializers.DateTimeField(source="period.this.end")
    total = TallyData()
    reasons = serializers.SerializerMethodField()
    trend = serializers.SerializerMethodField()
    goods = GoodsTally(many=True, help_text="问题最多的 10 件")
    used = GoodsUsed(many=True, help_text="用得最多的 5 件")
    asked = GoodsAsked(many=True, help_text="问得最多的 5 样")
    goods_made = serializers.IntegerField(source="made", help_text="一共几件商品")
    cost = CostData(help_text="这段时间办完的")
    still_open = CostData(help_text="眼下还没办完的")
    months = MonthCosts()
    newest = ClaimRow(many=True)
    counted_until = serializers.DateTimeField(source="freshness.until", allow_null=True, help_text="算到几时")
    counting = serializers.BooleanField(source="freshness.counting", help_text="从前的订单还在数，数还不全")

    @extend_schema_field(ReasonTally(many=True))
    def get_reasons(self, board: queries.Board) -> Any:
        return [
            {
                "reason": reason, "group": group_of(reason), "claims": tally.claims, "real": tally.real,
                "claims_before": tally.claims_before, "real_before": tally.real_before,
                "cost": CostData(tally.cost).data,
            }
            for reason, tally in board.reasons.items()
        ]  # fmt: skip

    @extend_schema_field(TrendPoint(many=True))
    def get_trend(self, board: queries.Board) -> Any:
        return [
            {
                "first": point.first.isoformat(), "last": point.last.isoformat(), "reported": tally.reported,
                "real": tally.real, "questions": tally.questions, "claims": tally.claims,
                "cost": CostData(tally.cost).data,
            }
            for point, tally in board.trend
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
