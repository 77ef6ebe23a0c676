"""The shapes of products and orders: as the shop sends them, as the API shows them."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from common.clock import now, rfc3339
from common.language import say
from common.phrases import mark
from orders.models import GATEWAYS, KINDS, LICENCE_STATES, Licence, Order, Product
from orders.rules.card_keys import LONGEST as LONGEST_SECRET
from orders.rules.card_keys import MOST as MOST_SECRETS
from orders.rules.licences import LONGEST, MOST


class Instant(serializers.DateTimeField):
    """An instant with its zone: a shop that writes local time without one would be eight hours off."""

    def enforce_timezone(self, value: Any) -> Any:
        if value.tzinfo is None:
            raise serializers.ValidationError(
                say("时刻要带时区，例如 2026-11-22T05:05:00Z。"), code="no_zone"
            )
        return super().enforce_timezone(value)


class PriceTier(serializers.Serializer[Any]):
    """From this unit price on (inclusive) another policy; how many there may be, the rule says."""

    from_fen = serializers.IntegerField(max_value=10**12)
    policy = serializers.CharField(max_length=64)


@extend_schema_field({"type": "object", "additionalProperties": {}})
class Specification(serializers.JSONField):
    """Claims by name, since "not as described" is measured against one of them: else there would be none to choose."""

    def to_internal_value(self, data: Any) -> Any:
        said = super().to_internal_value(data)
        if not isinstance(said, dict) or not all(name.strip() for name in said):
            raise serializers.ValidationError(
                say("商品说明要写成“名称: 内容”的一组，每一条都要有名称。"), code="not_claims"
            )
        return said


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
    specification = Specification(
        required=False, default=dict, help_text=mark("商品说明：一条一个名称和内容，和说明不一样照它核对")
    )
    tutorial = serializers.CharField(required=False, allow_blank=True, default="")
    warranty_days = serializers.IntegerField(min_value=0, max_value=36500, default=30)
    delivery_seconds = serializers.IntegerField(min_value=0, max_value=10**9, default=259200)
    duration_seconds = serializers.IntegerField(
        min_value=1, max_value=10**12, required=False, allow_null=True, default=None
    )
    revocable = serializers.BooleanField(default=True)
    # Not many=True, which would allow null for each tier too.
    price_tiers: serializers.ListSerializer[Any] = serializers.ListSerializer(
        child=PriceTier(),
        required=False,
        allow_null=True,
        default=None,
        help_text=mark("单价从几分起（含）按另一份规则；不写照这一类商品的，[] 是没有"),
    )
    credit_policy = serializers.CharField(
        max_length=64, required=False, allow_null=True, allow_blank=True, default=None,
        help_text=mark("开发者信用低的时候按哪一份规则卖，只能多给；不写照这一类商品的，空的是没有"),
    )  # fmt: skip


class ProductData(serializers.ModelSerializer[Product]):
    policy = serializers.CharField(source="policy_code")
    developer = serializers.CharField(source="developer.username", default=None)
    price_tiers = PriceTier(many=True, allow_null=True)

    class Meta:
        model = Product
        fields = [
            "sku", "title", "kind", "policy", "developer", "unit_price_fen", "description", "specification",
            "tutorial", "warranty_days", "delivery_seconds", "duration_seconds", "revocable",
            "price_tiers", "credit_policy",
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
    secrets = serializers.ListField(
        child=serializers.CharField(max_length=LONGEST_SECRET, trim_whitespace=False),
        required=False,
        allow_null=True,
        max_length=MOST_SECRETS,
        write_only=True,
        help_text=mark("每份一个卡密，不多于数量；封好再存，只给买家看，接口不再说出来"),
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
    gift_of = serializers.SerializerMethodField(help_text=mark("因哪一单赠送；不是赠送的为空"))
    count = serializers.SerializerMethodField()

    class Meta:
        model = Order
        fields = [
            "order_no", "sku", "title", "kind", "quantity", "paid_fen", "list_fen", "paid_at", "target", "baseline",
            "deadline_at", "policy", "long_term", "streak_months", "streak_needed", "gift_of",
            "count",
        ]  # fmt: skip

    def get_gift_of(self, order: Order) -> str | None:
        return order.origin_no or None

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
