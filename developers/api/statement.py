"""A developer's statement of a month, the same as on the page."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.permissions import IsReader
from common.clock import now
from common.phrases import mark
from common.refusals import Invalid
from developers.permissions import IsDeveloperOrOps, developer_for
from developers.queries import statement as queries
from developers.rules import masking, months
from developers.rules.statement import BORNE, CORRECTION, FROM_FUND, PAID_OUT, SHARE, SOURCES


class StatementLine(serializers.Serializer[Any]):
    id = serializers.IntegerField(help_text="分录号")
    at = serializers.DateTimeField()
    sort = serializers.ChoiceField(
        [BORNE, CORRECTION, FROM_FUND, SHARE, PAID_OUT],
        help_text="borne：记到您名下；correction：更正；fund：保障基金赔付；share：您的分成；paid_out：付给您",
    )
    fen = serializers.IntegerField(help_text="正数记到您名下，负数从您名下移走")
    other = serializers.ChoiceField(list(SOURCES), help_text="另一边的账户")
    reference = serializers.CharField()
    ticket_no = serializers.SerializerMethodField(help_text="售后单号；没有是空")
    order_no = serializers.SerializerMethodField(help_text="已遮")

    def get_ticket_no(self, line: queries.Line) -> str:
        return line.ticket.no if line.ticket else ""

    def get_order_no(self, line: queries.Line) -> str:
        return masking.order_no(line.remedy.order.order_no) if line.remedy else ""


class KeptShareData(serializers.Serializer[Any]):
    opening_fen = serializers.IntegerField(source="opening")
    shares_fen = serializers.IntegerField(source="shares")
    borne_fen = serializers.IntegerField(source="borne", help_text="更正和保障基金赔付已经减去")
    paid_out_fen = serializers.IntegerField(source="paid_out")
    closing_fen = serializers.IntegerField(source="closing")


class StatementData(serializers.Serializer[Any]):
    developer = serializers.CharField(source="developer.username")
    start = serializers.DateTimeField(source="stretch.start")
    end = serializers.DateTimeField(source="stretch.end")
    opening_fen = serializers.IntegerField(source="opening")
    borne_fen = serializers.IntegerField(source="borne")
    corrected_fen = serializers.IntegerField(source="corrected")
    from_fund_fen = serializers.IntegerField(source="from_fund", help_text="保障基金赔付的，负数")
    closing_fen = serializers.IntegerField(source="closing")
    kept = KeptShareData(allow_null=True, help_text="平台替您存着的分成；没有存过是 null")
    booked = StatementLine(many=True, help_text="分成和付给您的")
    lines = StatementLine(many=True)
    more = serializers.IntegerField(help_text="没有列出的还有几行；全部在 CSV 里")
    paid_from = serializers.SerializerMethodField(help_text="这个月您的商品退的款，现在由谁承担：{账户: 分}")

    @extend_schema_field(serializers.DictField(child=serializers.IntegerField()))
    def get_paid_from(self, found: queries.Statement) -> Any:
        return found.paid


class StatementView(APIView):
    """对账单：月初、记到您名下的每一笔、更正、月末，和这个月的退款从哪里付的。运营用 ?developer= 看某一位的。"""

    permission_classes = [IsReader, IsDeveloperOrOps]

    @extend_schema(
        tags=["开发者"],
        parameters=[
            OpenApiParameter("month", str, description="2026-11；不写就是本月"),
            OpenApiParameter("developer", str, description="只有运营可以写：开发者的用户名"),
        ],
        responses=StatementData,
    )
    def get(self, request: Request) -> Response:
        developer = developer_for(reader=request.user, named=request.query_params.get("developer", ""))
        at = now()
        stretch = months.month_named(request.query_params.get("month", "") or months.name_of(at), now=at)
        if stretch is None:
            detail = mark("月份写成 2026-11 这样，不能晚于本月。")
            raise Invalid(errors=[{"field": "month", "code": "unknown_value", "detail": detail}])
        return Response(StatementData(queries.statement(developer=developer, stretch=stretch, now=at)).data)
