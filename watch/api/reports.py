"""A buyer's monthly reports, as on their page."""

from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.permissions import IsReader
from watch import queries
from watch.models import MonthlyReport


class KeptData(serializers.Serializer[Any]):
    lines = serializers.IntegerField(help_text="数过的单")
    delivered = serializers.IntegerField(help_text="送到的个数")
    present = serializers.IntegerField(help_text="月底还在的个数，每单不超过送到的")


class DayData(serializers.Serializer[Any]):
    day = serializers.IntegerField(help_text="送完以后第几天")
    lines = serializers.IntegerField()
    delivered = serializers.IntegerField()
    present = serializers.IntegerField()


class LineData(serializers.Serializer[Any]):
    order_no = serializers.CharField()
    title = serializers.CharField()
    delivered = serializers.IntegerField()
    lowest = serializers.IntegerField(help_text="送完以后数到最少的一次")
    present = serializers.IntegerField(help_text="月底前最后一次")
    seen_at = serializers.DateTimeField(help_text="最后一次数于")
    interactions = serializers.IntegerField(allow_null=True, help_text="评论加转发，减去开始前的")


class DropsData(serializers.Serializer[Any]):
    lines = serializers.IntegerField()
    units = serializers.IntegerField()


class SumData(serializers.Serializer[Any]):
    kind = serializers.CharField()
    promised = serializers.IntegerField(help_text="答应的：个，退款是分")
    came = serializers.IntegerField(help_text="到了的")


class GivenData(serializers.Serializer[Any]):
    order_no = serializers.CharField()
    ticket_no = serializers.CharField()
    kind = serializers.CharField()
    quantity = serializers.IntegerField(allow_null=True)
    amount_fen = serializers.IntegerField(allow_null=True)
    came = serializers.IntegerField()
    at = serializers.DateTimeField()


class ReportCaseData(serializers.Serializer[Any]):
    no = serializers.CharField()
    order_no = serializers.CharField()
    reason = serializers.CharField()
    at = serializers.DateTimeField()


class WarningData(serializers.Serializer[Any]):
    order_no = serializers.CharField()
    at = serializers.DateTimeField()


class MadeGoodData(serializers.Serializer[Any]):
    tickets = serializers.IntegerField(help_text="这个月提交的售后单")
    sums = serializers.SerializerMethodField()
    rows = GivenData(many=True)
    cases = ReportCaseData(many=True)

    @extend_schema_field(SumData(many=True))
    def get_sums(self, said: dict[str, Any]) -> list[dict[str, Any]]:
        return [{"kind": kind, **sum_} for kind, sum_ in sorted(said["sums"].items())]


class InteractionsData(serializers.Serializer[Any]):
    lines = serializers.IntegerField()
    delivered = serializers.IntegerField()
    count = serializers.IntegerField(help_text="评论加转发，减去开始前的")
    promised = serializers.IntegerField(help_text="满期的单按规则至少多少次")


class StatusData(serializers.Serializer[Any]):
    streak = serializers.IntegerField(help_text="到这个月为止连续几个月有单")
    needed = serializers.IntegerField(help_text="几个月算长期用户")
    long_term = serializers.BooleanField()
    agent = serializers.CharField(allow_null=True)


class PointsRowData(serializers.Serializer[Any]):
    order_no = serializers.CharField()
    title = serializers.CharField()
    points = serializers.IntegerField()
    at = serializers.DateTimeField(help_text="记于")


class ComingData(serializers.Serializer[Any]):
    orders = serializers.IntegerField(help_text="期限没到、到现在也没申请过没退过款的单")
    points = serializers.IntegerField(help_text="到时都没有的话再得多少")
    next_at = serializers.DateTimeField(allow_null=True, help_text="最早的一单几时到期")


class RecordingData(serializers.Serializer[Any]):
    orders = serializers.IntegerField(help_text="期限过了、还没记上的单")
    points = serializers.IntegerField(help_text="记上以后多几分")


class PointsData(serializers.Serializer[Any]):
    earned = serializers.IntegerField(help_text="这个月记上的")
    orders = serializers.IntegerField(help_text="几单得的")
    balance = serializers.IntegerField(help_text="月底的余额")
    rows = PointsRowData(many=True)
    coming = ComingData(help_text="写报告那一刻的")
    recording = RecordingData(allow_null=True, help_text="写报告那一刻正在记的；早先的报告没有分开，是 null")


class FiguresData(serializers.Serializer[Any]):
    orders = serializers.IntegerField(help_text="这个月和上个月付款的单")
    metered = serializers.IntegerField(help_text="其中能数的")
    kept = KeptData()
    days = serializers.SerializerMethodField()
    lines = LineData(many=True)
    drops = DropsData()
    made_good = MadeGoodData()
    warned = serializers.IntegerField(help_text="提醒过几次")
    warnings = WarningData(many=True)
    interactions = InteractionsData(allow_null=True)
    points = PointsData(allow_null=True, help_text="还没有记积分的时候写的报告是 null")
    status = StatusData()

    @extend_schema_field(DayData(many=True))
    def get_days(self, said: dict[str, Any]) -> list[dict[str, int]]:
        return [dict(zip(("day", "lines", "delivered", "present"), day, strict=True)) for day in said["days"]]


class MonthlyReportData(serializers.ModelSerializer[MonthlyReport]):
    class Meta:
        model = MonthlyReport
        fields = ["no", "month", "made_at"]


class ReportDetailData(MonthlyReportData):
    figures = FiguresData()

    class Meta(MonthlyReportData.Meta):
        fields = [*MonthlyReportData.Meta.fields, "figures"]


class Reports(ListAPIView[MonthlyReport]):
    """每月的使用报告，新的在前；凭查询密码来的没有。"""

    permission_classes = [IsReader]
    serializer_class = MonthlyReportData

    def get_queryset(self) -> Any:
        return queries.reports_of(self.request.user)

    @extend_schema(tags=["账户"])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)


class ReportDetail(APIView):
    """一份报告里的数，写下以后不再改。"""

    permission_classes = [IsReader]

    @extend_schema(tags=["账户"], responses=ReportDetailData)
    def get(self, request: Request, no: str) -> Response:
        return Response(ReportDetailData(queries.find_report(reader=request.user, no=no)).data)
