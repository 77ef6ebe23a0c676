"""Remedies for ops: what is on its way, held, or done. Read only."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.permissions import IsOps
from compensation.models import REMEDY_KINDS, REMEDY_STATES, Remedy


class RemedyRow(serializers.ModelSerializer[Remedy]):
    order_no = serializers.CharField(source="order.order_no")

    class Meta:
        model = Remedy
        fields = [
            "key", "order_no", "kind", "amount_fen", "quantity", "grade", "state", "delivered", "held_reason",
            "created_at", "settled_at",
        ]  # fmt: skip


class StatesFilter(filters.BaseInFilter, filters.ChoiceFilter):
    """`?state=` everywhere: one or several of the choices, with commas between."""

    def __init__(self, **given: Any) -> None:
        super().__init__(field_name="state", label=_("一个或几个状态，用逗号隔开"), **given)


class RemedyFilter(filters.FilterSet):
    state = StatesFilter(choices=REMEDY_STATES)
    kind = filters.ChoiceFilter(choices=REMEDY_KINDS)

    class Meta:
        model = Remedy
        fields: list[str] = []


class RemedyList(ListAPIView[Remedy]):
    """全部补偿，可按状态筛。"""

    permission_classes = [IsOps]
    serializer_class = RemedyRow
    filterset_class = RemedyFilter
    queryset = Remedy.objects.select_related("order").order_by("-id")

    @extend_schema(tags=["账目"])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)
