"""What the shop reads: which goods and suppliers it shall sell, or order from, no more."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.permissions import IsOps, IsShop
from watch import queries
from watch.models import Proposal


class SuspensionData(serializers.ModelSerializer[Proposal]):
    """`kind` product: stop selling this sku; supplier: order nothing new from it."""

    kind = serializers.SerializerMethodField()
    name = serializers.SerializerMethodField()
    since = serializers.DateTimeField(source="ended_at")

    class Meta:
        model = Proposal
        fields = ["kind", "name", "figure", "part", "whole", "since", "reason"]

    def get_kind(self, row: Proposal) -> str:
        return row.subject.partition(":")[0]

    def get_name(self, row: Proposal) -> str:
        return row.subject.partition(":")[2]


class Suspensions(ListAPIView[Proposal]):
    """现在停售的商品和停用的供货方，新的在前；恢复以后就不在这里。"""

    permission_classes: Any = [IsShop | IsOps]
    serializer_class = SuspensionData
    queryset = queries.suspended()

    @extend_schema(tags=["商品"])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)
