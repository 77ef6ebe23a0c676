"""Deliveries, counts and usage: the shop feeds them in by the thousand, each row judged by itself."""

from collections.abc import Callable
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.idempotency import IdempotentView
from accounts.api.permissions import IsShop
from common.clock import now
from common.language import spoken
from common.phrases import phrase
from common.refusals import Invalid, Malformed
from orders import queries
from orders.models import Observation
from orders.services import intake
from orders.services.batches import Report
from orders.services.observations import take_deliveries, take_observations
from orders.services.usage import take_usage

MOST_ROWS = 10_000


class RejectedData(serializers.Serializer[Any]):
    index = serializers.IntegerField()
    code = serializers.CharField()
    detail = serializers.CharField()


class ReportData(serializers.Serializer[Any]):
    accepted = serializers.IntegerField()
    duplicates = serializers.IntegerField()
    rejected = RejectedData(many=True)


class ObservationIn(serializers.Serializer[Any]):
    order_no = serializers.CharField()
    observed_at = serializers.DateTimeField()
    count = serializers.IntegerField(allow_null=True, required=False)
    comments = serializers.IntegerField(allow_null=True, required=False)
    shares = serializers.IntegerField(allow_null=True, required=False)
    measurable = serializers.BooleanField(default=True)


class DeliveryIn(serializers.Serializer[Any]):
    order_no = serializers.CharField()
    delivered_at = serializers.DateTimeField()
    quantity = serializers.IntegerField()
    final = serializers.BooleanField(default=False)
    units = serializers.ListField(child=serializers.DictField(), required=False)


class UsageIn(serializers.Serializer[Any]):
    """One of the first three, as it fits the goods."""

    order_no = serializers.CharField()
    observed_at = serializers.DateTimeField()
    used_units = serializers.IntegerField(allow_null=True, required=False)
    used_seconds = serializers.IntegerField(allow_null=True, required=False)
    progress_percent = serializers.DecimalField(
        max_digits=5, decimal_places=2, min_value=0, max_value=100, allow_null=True, required=False
    )
    revealed_units = serializers.IntegerField(allow_null=True, required=False)
    outage_seconds = serializers.IntegerField(allow_null=True, required=False)
    supplier_unused = serializers.BooleanField(allow_null=True, required=False)


def _take(request: Request, take: Callable[..., Report]) -> Response:
    rows = request.data
    if not isinstance(rows, list):
        raise Malformed(phrase("请提交一个列表，每行一个对象。"))
    if len(rows) > MOST_ROWS:
        raise Invalid(phrase("一次最多 {n} 行，请分几次提交。", n=MOST_ROWS))
    told = take(raw_rows=rows, now=now()).as_data()
    rejected = [row | {"detail": spoken(row["detail"])} for row in told["rejected"]]
    return Response(told | {"rejected": rejected})


class Observations(IdempotentView):
    """推送计数，一次至多 10000 行；坏的一行不拖累别的行。"""

    permission_classes = [IsShop]

    @extend_schema(tags=["商店推送"], request=ObservationIn(many=True), responses=ReportData)
    def post(self, request: Request) -> Response:
        return _take(request, take_observations)


class Deliveries(IdempotentView):
    """推送发货；final 表示送完。"""

    permission_classes = [IsShop]

    @extend_schema(tags=["商店推送"], request=DeliveryIn(many=True), responses=ReportData)
    def post(self, request: Request) -> Response:
        return _take(request, take_deliveries)


class UsageReports(IdempotentView):
    """推送课程、道具、卡密、订阅用了多少；同一项以最新一刻说的为准，可以更正。"""

    permission_classes = [IsShop]

    @extend_schema(tags=["商店推送"], request=UsageIn(many=True), responses=ReportData)
    def post(self, request: Request) -> Response:
        return _take(request, take_usage)


class ObservationData(serializers.ModelSerializer[Observation]):
    class Meta:
        model = Observation
        fields = ["observed_at", "count", "comments", "shares", "measurable"]


class OrderObservations(ListAPIView[Observation]):
    """一单的全部计数，新的在前。"""

    serializer_class = ObservationData
    cursor_ordering = "-observed_at"

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return Observation.objects.none()
        order = queries.find_order(reader=self.request.user, order_no=self.kwargs["order_no"])
        return Observation.objects.filter(order=order).order_by("-observed_at")

    @extend_schema(tags=["订单"])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)


class PasswordIn(serializers.Serializer[Any]):
    query_password = serializers.CharField(max_length=128, allow_blank=True)


class QueryPassword(APIView):
    """换查询密码；用旧密码打开的令牌随即失效。留空则不再能凭密码查。"""

    permission_classes = [IsShop]

    @extend_schema(tags=["商店推送"], request=PasswordIn, responses={204: None})
    def put(self, request: Request, order_no: str) -> Response:
        form = PasswordIn(data=request.data)
        form.is_valid(raise_exception=True)
        order = queries.find_order(reader=request.user, order_no=order_no)
        intake.replace_query_password(
            order=order, password=form.validated_data["query_password"], by=request.user.username, now=now()
        )
        return Response(status=204)
