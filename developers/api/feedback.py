"""What buyers of a developer's goods ask and wish for, apart from defects, as the page lists it."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.permissions import IsReader
from developers import queries
from developers.models import CountedClaim
from developers.permissions import IsDeveloperOrOps, developer_for
from developers.rules import masking
from developers.rules.groups import questions


class FeedbackAsked(serializers.Serializer[Any]):
    reason = serializers.ChoiceField(questions(), default="", allow_blank=True)
    sku = serializers.CharField(max_length=64, default="", allow_blank=True)
    developer = serializers.CharField(max_length=150, default="", allow_blank=True)


class FeedbackRow(serializers.Serializer[Any]):
    no = serializers.CharField(source="ticket.no")
    reason = serializers.ChoiceField(questions())
    text = serializers.SerializerMethodField(help_text="链接、邮箱和长的数字已遮")
    sku = serializers.CharField(source="ticket.order.product.sku")
    title = serializers.CharField(source="ticket.order.product.title")
    order_no = serializers.SerializerMethodField(help_text="已遮")
    buyer = serializers.SerializerMethodField(help_text="已遮")
    state = serializers.CharField(source="ticket.state")
    opened_at = serializers.DateTimeField(source="ticket.opened_at")

    def get_text(self, row: CountedClaim) -> str:
        return masking.words(row.ticket.text)

    def get_order_no(self, row: CountedClaim) -> str:
        return masking.order_no(row.ticket.order.order_no)

    def get_buyer(self, row: CountedClaim) -> str:
        return masking.name(row.ticket.order.buyer.name)


class Feedback(ListAPIView[CountedClaim]):
    """买家问的、想要的，和货的问题分开；新的在前，买家已遮。运营用 ?developer= 看某一位的。"""

    permission_classes = [IsReader, IsDeveloperOrOps]
    serializer_class = FeedbackRow
    queryset = CountedClaim.objects.none()
    cursor_ordering = "-ticket_id"

    def get_queryset(self) -> Any:
        asked = FeedbackAsked(data=self.request.query_params.dict())
        asked.is_valid(raise_exception=True)
        given = asked.validated_data
        developer = developer_for(reader=self.request.user, named=given["developer"])
        return queries.feedback_of(developer=developer, reason=given["reason"], sku=given["sku"])

    @extend_schema(
        tags=["开发者"],
        parameters=[
            OpenApiParameter("reason", str, enum=list(questions()), description="只看一种；不写就都看"),
            OpenApiParameter("sku", str, description="只看一件商品"),
            OpenApiParameter("developer", str, description="只有运营可以写：开发者的用户名"),
        ],
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)
