"""The books for ops: read only."""

from typing import Any

from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.permissions import IsOps
from ledger.models import Break
from ledger.queries import trial_balance

SUMS: dict[str, serializers.Field[Any, Any, Any, Any]] = {
    "unit": serializers.CharField(),
    "debit": serializers.IntegerField(),
    "credit": serializers.IntegerField(),
}


class TrialBalance(APIView):
    """试算平衡：每个科目的借方与贷方合计。"""

    permission_classes = [IsOps]

    @extend_schema(
        tags=["账目"],
        responses=inline_serializer(
            "TrialBalance",
            {
                "accounts": inline_serializer(
                    "AccountSums", {"account": serializers.CharField(), **SUMS}, many=True
                ),
                "totals": inline_serializer("UnitSums", dict(SUMS), many=True),
            },
        ),
    )
    def get(self, request: Request) -> Response:
        return Response(trial_balance())


class BreakData(serializers.ModelSerializer[Break]):
    class Meta:
        model = Break
        fields = ["kind", "reference", "detail", "opened_at", "closed_at"]


class Breaks(ListAPIView[Break]):
    """对不上的账，新的在前。"""

    permission_classes = [IsOps]
    serializer_class = BreakData
    queryset = Break.objects.order_by("-id")

    @extend_schema(tags=["账目"])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)
