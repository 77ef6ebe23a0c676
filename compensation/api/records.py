"""补单记录: what each remedy of an order gave, when it came, and from which accounts."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from compensation.models import DeliveredUnit, Remedy
from compensation.permissions import account_for
from compensation.queries import delivered_units, unit_records
from orders import queries as orders


class UnitsCameData(serializers.Serializer[Any]):
    quantity = serializers.IntegerField()
    delivered_at = serializers.DateTimeField()
    account_ids = serializers.ListField(
        child=serializers.CharField(),
        help_text="这一批来自哪些账号，中间几位不显示；每笔只列前 200 个，全部见 units/。供货方没给的是空的",
    )


class RemedyRecordData(serializers.ModelSerializer[Remedy]):
    """A remedy with what came of it, and when."""

    units = serializers.SerializerMethodField()

    class Meta:
        model = Remedy
        fields = [
            "key", "kind", "amount_fen", "quantity", "grade", "state", "settled_at", "created_at", "delivered", "units",
        ]  # fmt: skip

    @extend_schema_field(UnitsCameData(many=True))
    def get_units(self, remedy: Any) -> Any:
        reader, before = self.context["request"].user, 0
        batches = []
        for batch in remedy.deliveries.all():
            upto = before + batch.quantity
            names = [
                account_for(account_id=unit.account_id, reader=reader)
                for unit in remedy.listed
                if before < unit.n <= upto
            ]
            row = {"quantity": batch.quantity, "delivered_at": batch.delivered_at, "account_ids": names}
            batches.append(row)
            before = upto
        return UnitsCameData(batches, many=True).data


class OrderRemedies(ListAPIView[Remedy]):
    """补单记录：每一笔补偿到了多少、什么时候到的、来自哪些账号。"""

    serializer_class = RemedyRecordData

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return Remedy.objects.none()
        order = orders.find_order(reader=self.request.user, order_no=self.kwargs["order_no"])
        return unit_records(order=order)

    @extend_schema(tags=["订单"])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)


class DeliveredUnitData(serializers.ModelSerializer[DeliveredUnit]):
    account_id = serializers.SerializerMethodField()

    class Meta:
        model = DeliveredUnit
        fields = ["n", "account_id", "delivered_at"]

    def get_account_id(self, unit: DeliveredUnit) -> str:
        return account_for(account_id=unit.account_id, reader=self.context["request"].user)


class RemedyUnits(ListAPIView[DeliveredUnit]):
    """一笔补偿里到了的每一个：第几个、账号、时间，新的在前。"""

    serializer_class = DeliveredUnitData

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return DeliveredUnit.objects.none()
        order = orders.find_order(reader=self.request.user, order_no=self.kwargs["order_no"])
        return delivered_units(order=order).filter(remedy__key=self.kwargs["key"])

    @extend_schema(tags=["订单"])
    def get(self, request: Request, order_no: str, key: UUID) -> Response:
        return super().get(request, order_no=order_no, key=key)
