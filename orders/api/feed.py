"""Deliveries, counts and usage: the shop feeds them in by the thousand, each row judged by itself."""

from collections.abc import Callable
from functools import partial
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.idempotency import IdempotentView
from accounts.api.permissions import IsOps, IsShop
from common.clock import now
from common.language import spoken
from common.paging import CursorPages
from common.phrases import phrase
from common.refusals import Invalid, Malformed
from orders import queries
from orders.models import Observation, PrunedCounts
from orders.rules.card_keys import LONGEST
from orders.rules.rows import LONGEST_NAME
from orders.services import intake
from orders.services.batches import Report
from orders.services.deliveries import take_deliveries
from orders.services.observations import take_observations
from orders.services.stock import take_stock
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
    supplier = serializers.CharField(
        max_length=LONGEST_NAME, required=False, allow_blank=True, allow_null=True,
        help_text="这一批是哪家供货商送的：您自己定的代号，第一次提到就记下；不写就算没说",
    )  # fmt: skip
    batch = serializers.CharField(
        max_length=LONGEST_NAME, required=False, allow_blank=True, allow_null=True,
        help_text="整批的批次；一批里有几种的，写在明细每一份的 batch 里",
    )  # fmt: skip


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


class StockIn(serializers.Serializer[Any]):
    secret = serializers.CharField(max_length=LONGEST, write_only=True)


class StockData(serializers.Serializer[Any]):
    """How many keys of a product are where; `doubled`: the shop gave the same one to two buyers."""

    stock = serializers.IntegerField()
    delivered = serializers.IntegerField()
    doubled = serializers.IntegerField()
    replaced = serializers.IntegerField()
    void = serializers.IntegerField()


class Stock(IdempotentView):
    """一件商品的卡密库存：核实有问题的，从这里换给买家。"""

    def get_permissions(self) -> list[Any]:
        return [IsShop()] if self.request.method == "POST" else [(IsShop | IsOps)()]

    @extend_schema(tags=["商店推送"], responses=StockData)
    def get(self, request: Request, sku: str) -> Response:
        """各有几个；卡密本身不再说出来。"""
        return Response(queries.stock_counts(product=queries.find_product(sku=sku)))

    @extend_schema(tags=["商店推送"], request=StockIn(many=True), responses=ReportData)
    def post(self, request: Request, sku: str) -> Response:
        """补进库存，一次至多 10000 个；已经在库存里的算重复，给过买家的不收。"""
        return _take(request, partial(take_stock, product=queries.find_product(sku=sku)))


class ObservationData(serializers.ModelSerializer[Observation]):
    class Meta:
        model = Observation
        fields = ["id", "observed_at", "count", "comments", "shares", "measurable"]


class PrunedData(serializers.ModelSerializer[PrunedCounts]):
    class Meta:
        model = PrunedCounts
        fields = ["number", "until", "pruned_at"]


class CountPages(CursorPages):
    """Beside the counts that are there, what went of this order, if anything did."""

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        whole = super().get_paginated_response_schema(schema)
        instant = {"type": "string", "format": "date-time"}
        said = {"number": {"type": "integer"}, "until": instant, "pruned_at": instant}
        whole["properties"]["pruned"] = {"type": "object", "properties": said}
        return whole


class OrderObservations(ListAPIView[Observation]):
    """一单的计数，新的在前；`pruned`：过了保留期清理掉的有几条、到何时为止、何时清理，没有清理过就没有它。"""

    serializer_class = ObservationData
    pagination_class = CountPages
    cursor_ordering = "-observed_at"

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return Observation.objects.none()
        return Observation.objects.filter(order=self.order).order_by("-observed_at")

    @extend_schema(tags=["订单"])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        self.order = queries.find_order(reader=request.user, order_no=self.kwargs["order_no"])
        response = super().get(request, *args, **kwargs)
        pruned = queries.pruned_of(order=self.order)
        if pruned is not None:
            response.data["pruned"] = PrunedData(pruned).data
        return response


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
