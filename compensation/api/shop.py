"""Products and orders: the shop feeds them in, readers see what is theirs."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.idempotency import IdempotentMixin
from accounts.api.permissions import IsReader, IsShop
from common.clock import now
from common.phrases import mark, phrase
from common.refusals import Invalid
from compensation.api import data, public
from compensation.queries import quote, vocabulary
from compensation.rules.facts import METERED_ONLY, REASONS
from compensation.services import credit_tiers, intake
from orders import queries as orders
from orders.api import data as shapes
from orders.services.intake import NewOrder, refuse_future


class ProductView(APIView):
    """一件商品：人人可看，商店写入。"""

    def get_permissions(self) -> list[Any]:
        return [] if self.request.method in ("GET", "HEAD", "OPTIONS") else [IsShop()]

    @extend_schema(tags=["公开"], responses=public.ProductWithRules)
    def get(self, request: Request, sku: str) -> Response:
        """商品与它的售后规则：文字、数据和算例。"""
        return Response(public.product_with_rules(orders.find_product(sku=sku)))

    @extend_schema(
        tags=["商店推送"],
        request=shapes.ProductIn,
        responses={200: shapes.ProductData, 201: shapes.ProductData},
    )
    def put(self, request: Request, sku: str) -> Response:
        """新建或整体替换。"""
        form = shapes.ProductIn(data=request.data)
        form.is_valid(raise_exception=True)
        product, created = intake.put_product(sku=sku, fields=dict(form.validated_data), now=now())
        return Response(shapes.ProductData(product).data, status=201 if created else 200)


class KindTiersIn(serializers.Serializer[Any]):
    price_tiers = shapes.PriceTier(many=True)


class KindTiersView(APIView):
    """一类商品按单价分的规则：没有自己写的商品都照它。"""

    def get_permissions(self) -> list[Any]:
        return [] if self.request.method in ("GET", "HEAD", "OPTIONS") else [IsShop()]

    @extend_schema(tags=["公开"], responses=KindTiersIn)
    def get(self, request: Request, kind: str) -> Response:
        """没有就是空的。"""
        return Response({"price_tiers": [tier._asdict() for tier in orders.tiers_of_kind(kind)]})

    @extend_schema(tags=["商店推送"], request=KindTiersIn, responses=KindTiersIn)
    def put(self, request: Request, kind: str) -> Response:
        """整体替换；[] 是没有。已经下的单不变。"""
        form = KindTiersIn(data=request.data)
        form.is_valid(raise_exception=True)
        tiers = [dict(tier) for tier in form.validated_data["price_tiers"]]
        row = intake.put_kind_tiers(kind=kind, tiers=tiers, now=now())
        return Response({"price_tiers": row.price_tiers})


class KindCreditPolicyIn(serializers.Serializer[Any]):
    policy = serializers.CharField(max_length=64, allow_blank=True, help_text="规则的代码；空的是没有")


class KindCreditPolicyView(APIView):
    """一类商品在开发者信用低的时候按哪一份规则卖：只能多给，少给一例就写不进来。"""

    def get_permissions(self) -> list[Any]:
        return [] if self.request.method in ("GET", "HEAD", "OPTIONS") else [IsShop()]

    @extend_schema(tags=["公开"], responses=KindCreditPolicyIn)
    def get(self, request: Request, kind: str) -> Response:
        """没有就是空的。"""
        return Response({"policy": orders.credit_policy_of_kind(kind)})

    @extend_schema(tags=["商店推送"], request=KindCreditPolicyIn, responses=KindCreditPolicyIn)
    def put(self, request: Request, kind: str) -> Response:
        """空的是取消。已经下的单不变。"""
        form = KindCreditPolicyIn(data=request.data)
        form.is_valid(raise_exception=True)
        code = form.validated_data["policy"]
        row = credit_tiers.put_kind_credit_policy(kind=kind, code=code, now=now())
        return Response({"policy": row.credit_policy})


class OrderList(IdempotentMixin, ListAPIView[Any]):
    """订单：读者看得到的，新的在前。"""

    serializer_class = shapes.OrderData
    filterset_fields = {"order_no": ["exact"], "product__sku": ["exact"]}

    def get_permissions(self) -> list[Any]:
        return [IsShop()] if self.request.method == "POST" else [IsReader()]

    def get_queryset(self) -> Any:
        return orders.orders_of(self.request.user)

    @extend_schema(tags=["订单"])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)

    @extend_schema(
        tags=["商店推送"],
        request=shapes.OrderIn,
        responses={200: shapes.OrderDetailData, 201: shapes.OrderDetailData},
    )
    def post(self, request: Request) -> Response:
        """推送一单。同样内容再推是 200、不变；同号不同内容是 409。"""
        form = shapes.OrderIn(data=request.data)
        form.is_valid(raise_exception=True)
        order, created = intake.take_order(new=_new_order(form.validated_data), now=now())
        order = orders.find_order(reader=request.user, order_no=order.order_no)
        return Response(_whole(order, request), status=201 if created else 200)


def _whole(order: Any, request: Request) -> Any:
    """With what only the page of one order shows."""
    listed = orders.licences_of(order=order, reader=request.user)
    return shapes.OrderDetailData(order, context={"licences": listed}).data


def _new_order(given: dict[str, Any]) -> NewOrder:
    refuse_future("paid_at", given["paid_at"], now=now())
    payment, buyer = given.get("payment") or {}, given["buyer"]
    list_fen = given.get("list_fen")
    return NewOrder(
        order_no=given["order_no"], sku=given["sku"], buyer_external_id=buyer["external_id"],
        buyer_name=buyer["name"], buyer_contact=buyer["contact"], quantity=given["quantity"],
        paid_fen=given["paid_fen"], list_fen=given["paid_fen"] if list_fen is None else list_fen,
        paid_at=given["paid_at"], target=given["target"], baseline=given.get("baseline") or 0,
        query_password=given.get("query_password") or "", gateway=payment.get("gateway", "manual"),
        payment_reference=payment.get("reference", ""), deadline_at=given["deadline_at"],
        starts_at=given["starts_at"], baseline_comments=given["baseline_comments"],
        baseline_shares=given["baseline_shares"], licence_ids=tuple(given.get("licence_ids") or ()),
        secrets=tuple(given.get("secrets") or ()),
    )  # fmt: skip


class OrderDetail(APIView):
    """一单。"""

    @extend_schema(tags=["订单"], responses=shapes.OrderDetailData)
    def get(self, request: Request, order_no: str) -> Response:
        return Response(_whole(orders.find_order(reader=request.user, order_no=order_no), request))


class QuoteIn(serializers.Serializer[Any]):
    reason = serializers.ChoiceField(REASONS)
    quantity = serializers.IntegerField(required=False, allow_null=True, default=None)


class QuoteView(APIView):
    """现在申请会得到什么；什么都不存。"""

    @extend_schema(tags=["订单"], request=QuoteIn, responses=data.DecisionData)
    def post(self, request: Request, order_no: str) -> Response:
        order = orders.find_order(reader=request.user, order_no=order_no)
        form = QuoteIn(data=request.data)
        form.is_valid(raise_exception=True)
        reason, quantity = form.validated_data["reason"], form.validated_data["quantity"]
        if reason in METERED_ONLY and order.product.kind != "metered":
            detail = mark("这件商品没有这种事由，请另选一个。")
            raise Invalid(errors=[{"field": "reason", "code": "unknown_reason", "detail": detail}])
        if quantity is not None and not 1 <= quantity <= order.quantity:
            detail = phrase("数量要在 1 到 {most} 之间。", most=order.quantity)
            raise Invalid(errors=[{"field": "quantity", "code": "out_of_range", "detail": detail}])
        found = quote(order=order, reason=reason, quantity=quantity, now=now())
        return Response(found.decision.for_reader(ops=False).as_data(vocabulary()))
