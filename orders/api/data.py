"""The shapes of products and orders: as the shop sends them, as the API shows them."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from common.clock import now, rfc3339
from common.language import say
from common.phrases import mark
from orders.models import GATEWAYS, KINDS, LICENCE_STATES, Licence, Order, Product
from orders.rules.licences import LONGEST, MOST


class Instant(serializers.DateTimeField):
    """An instant with its zone: a shop that writes local time without one would be eight hours off."""

    def enforce_timezone(self, value: Any) -> Any:
        if value.tzinfo is None:
            raise serializers.ValidationError(
                say("时刻要带时区，例如 2026-11-22T05:05:00Z。"), code="no_zone"
            )
        return super().enforce_timezone(value)


class ProductIn(serializers.Serializer[Any]):
    """PUT /products/{sku}/."""

    title = serializers.CharField(max_length=200)
    kind = serializers.ChoiceField(KINDS)
    policy = serializers.CharField(max_length=64)
    developer = serializers.CharField(
        max_length=150, required=False, allow_null=True, allow_blank=True, default=""
    )
    unit_price_fen = serializers.IntegerField(min_value=0, max_value=10**12, default=0)
    description = serializers.CharField(required=False, allow_blank=True, default="")
    specification = serializers.JSONField(required=False, default=dict)
    tutorial = serializers.CharField(required=False, allow_blank=True, default="")
    warranty_days = serializers.IntegerField(min_value=0, max_value=36500, default=30)
    delivery_seconds = serializers.IntegerField(min_value=0, max_value=10**9, default=259200)
    duration_seconds = serializers.IntegerField(
        min_value=1, max_value=10**12, required=False, allow_null=True, default=None
    )
    revocable = serializers.BooleanField(default=True)


class ProductData(serializers.ModelSerializer[Product]):
    policy = serializers.CharField(source="policy_code")
    developer = serializers.CharField(source="developer.username", default=None)

    class Meta:
        model = Product
        fields = [
            "sku", "title", "kind", "policy", "developer", "unit_price_fen", "description", "specification",
            "tutorial", "warranty_days", "delivery_seconds", "duration_seconds", "revocable",
        ]  # fmt: skip


class BuyerIn(serializers.Serializer[Any]):
    external_id = serializers.CharField(max_length=128)
    name = serializers.CharField(max_length=128, required=False, allow_blank=True, default="")
    contact = serializers.CharField(max_length=254, required=False, allow_blank=True, default="")


class PaymentIn(serializers.Serializer[Any]):
    gateway = serializers.ChoiceField(GATEWAYS, default="manual")
    reference = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")


class OrderIn(serializers.Serializer[Any]):
    """POST /orders/."""

    order_no = serializers.RegexField(r"^[A-Za-z0-9_.\-]{1,64}$")
    sku = serializers.CharField(max_length=64)
    buyer = BuyerIn()
    quantity = serializers.IntegerField(min_value=1, max_value=10**12)
    paid_fen = serializers.IntegerField(min_value=0, max_value=10**12)
    list_fen = serializers.IntegerField(min_value=0, max_value=10**12, required=False, allow_null=True)
    paid_at = Instant()
    target = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")
    baseline = serializers.IntegerField(min_value=0, max_value=10**12, required=False, allow_null=True)
    query_password = serializers.CharField(
        max_length=128, required=False, allow_blank=True, allow_null=True, default=""
    )
    payment = PaymentIn(required=False, allow_null=True)
    deadline_at = Instant(required=False, allow_null=True, default=None)
    starts_at = Instant(required=False, allow_null=True, default=None)
    baseline_comments = serializers.IntegerField(
        min_value=0, max_value=10**12, required=False, allow_null=True, default=None
    )
    baseline_shares = serializers.IntegerField(
        min_value=0, max_value=10**12, required=False, allow_null=True, default=None
    )

    licence_ids = serializers.ListField(
        child=serializers.CharField(max_length=LONGEST),
        required=False,
        allow_null=True,
        max_length=MOST,
        help_text=mark("每份一个授权号，不多于数量；退款之前由授权服务收回"),
    )


class PinnedData(serializers.Serializer[Any]):
    code = serializers.CharField(source="policy_code")
    version = serializers.IntegerField(source="policy_version")
    hash = serializers.CharField(source="policy_hash")


class CountData(serializers.Serializer[Any]):
    """What was counted of the line, as the rollup has it; null while unknown or not measurable."""

    completed_at = serializers.DateTimeField(allow_null=True)
    delivered = serializers.IntegerField(allow_null=True)
    present = serializers.IntegerField(allow_null=True)
    observed_at = serializers.DateTimeField(allow_null=True)
    window_ends_at = serializers.DateTimeField(allow_null=True)
    warranty_ends_at = serializers.DateTimeField(allow_null=True)


class OrderData(serializers.ModelSerializer[Order]):
    sku = serializers.CharField(source="product.sku")
    title = serializers.CharField(source="product.title")
    kind = serializers.CharField(source="product.kind")
    policy = PinnedData(source="*")
    count = serializers.SerializerMethodField()

    class Meta:
        model = Order
        fields = [
            "order_no", "sku", "title", "kind", "quantity", "paid_fen", "list_fen", "paid_at", "target", "baseline",
            "deadline_at", "policy", "long_term", "count",
        ]  # fmt: skip

    def get_count(self, order: Order) -> CountData:
        rollup = order.rollup
        done = rollup.completed_at <= now()
        return {  # type: ignore[return-value]
            "completed_at": rfc3339(rollup.completed_at) if done else None,
            "delivered": rollup.delivered if done else None,
            "present": rollup.newest_present,
            "observed_at": rfc3339(rollup.newest_seen_at),
            "window_ends_at": rfc3339(rollup.window_ends_at) if done else None,
            "warranty_ends_at": rfc3339(rollup.warranty_ends_at) if done else None,
        }


class LicenceData(serializers.ModelSerializer[Licence]):
    """A unit's licence: what its service has confirmed."""

    state = serializers.ChoiceField(LICENCE_STATES)

    class Meta:
        model = Licence
        fields = ["unit", "licence_id", "state"]


class OrderDetailData(OrderData):
    """One order, with the licences of its units."""

    licences = serializers.SerializerMethodField()

    class Meta(OrderData.Meta):
        fields = [*OrderData.Meta.fields, "licences"]

    @extend_schema_field(LicenceData(many=True))
    def get_licences(self, order: Order) -> Any:
        return LicenceData(self.context["licences"], many=True).data
