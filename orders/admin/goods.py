"""Products, orders, counts, usage and licences in the admin, to look up."""

from decimal import Decimal
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from common import figures
from common.language import say, spoken
from common.phrases import mark
from common.reading import ReadOnlyAdmin
from orders import queries
from orders.models import (
    CARD_KEY_STATES,
    KindTiers,
    Licence,
    Observation,
    Order,
    Product,
    Rollup,
    UsageReport,
)
from orders.rules.tiers import tiers_of

COMPLETED = {"count": mark("第一次数满"), "final": mark("商店说送完"), "deadline": mark("到了交付期限")}


@admin.register(Product)
class ProductAdmin(ReadOnlyAdmin):
    list_display = ["sku", "title", "kind", "policy_code", "by_price", "developer", "price"]
    exclude = ["price_tiers"]
    readonly_fields = ["by_price", "card_keys"]
    list_filter = ["kind"]
    list_select_related = ["developer"]
    search_fields = ["sku", "title"]
    search_help_text = _("货号或名称")

    @admin.display(description=_("单价"))
    def price(self, row: Product) -> str:
        return figures.yuan(row.unit_price_fen)

    @admin.display(description=_("按单价分的规则"))
    def by_price(self, row: Product) -> str:
        return "—" if row.price_tiers is None else _tiers(row.price_tiers)

    @admin.display(description=_("卡密"))
    def card_keys(self, row: Product) -> str:
        counts = queries.stock_counts(product=row)
        listed = [
            say("{state} {n}", state=label, n=counts[state])
            for state, label in CARD_KEY_STATES
            if counts[state]
        ]
        return say("，").join(listed) or "—"


def _tiers(rows: Any) -> str:
    """¥10.00 以上 metered-vip；…"""
    listed = [
        say("{price} 以上 {policy}", price=figures.yuan(tier.from_fen), policy=tier.policy)
        for tier in tiers_of(rows)
    ]
    return say("；").join(listed) or say("没有")


@admin.register(KindTiers)
class KindTiersAdmin(ReadOnlyAdmin):
    explains = _("商品没有自己写按单价分的规则，就照它这一类的；商店用接口写入。已经下的单不变。")
    list_display = ["kind", "by_price", "credit_policy", "updated_at"]
    exclude = ["price_tiers"]
    readonly_fields = ["by_price"]

    @admin.display(description=_("按单价分的规则"))
    def by_price(self, row: KindTiers) -> str:
        return _tiers(row.price_tiers)


@admin.register(Order)
class OrderAdmin(ReadOnlyAdmin):
    plural = _("所有订单")
    list_display = ["order_no", "product", "buyer", "quantity", "paid", "paid_at", "gateway"]
    list_select_related = ["product", "buyer"]
    search_fields = ["=order_no"]
    search_help_text = _("订单号（开头或最后几位）、买家的名字、编号或联系方式")

    @admin.display(description=_("实付"))
    def paid(self, row: Order) -> str:
        return figures.yuan(row.paid_fen)

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        if not search_term:
            return queryset, False
        found = queries.ids_matching(text=search_term.strip(), most=self.list_per_page)
        return queryset.filter(pk__in=found), False


@admin.register(Observation)
class ObservationAdmin(ReadOnlyAdmin):
    plural = _("计数记录")
    explains = _(
        "商店推来的每一次计数，只增不改；晚到的、重复的，结果都一样。设了保留天数的，质保过了那么久以后清理。"
    )
    list_display = ["order", "observed_at", "count", "comments", "shares", "measurable"]
    list_select_related = ["order"]
    search_fields = ["=order__order_no"]
    search_help_text = _("订单号")
    ordering = ["-id"]


@admin.register(UsageReport)
class UsageReportAdmin(ReadOnlyAdmin):
    plural = _("用量记录")
    explains = _(
        "商店推来的每一次用量，只增不改；同一项以最新一刻说的为准。退款照它算，决定里写着凭的是哪一刻。"
    )
    list_display = [
        "order",
        "observed_at",
        "used_units",
        "per_cent",
        "used_seconds",
        "revealed_units",
        "outage_seconds",
    ]
    list_select_related = ["order"]
    search_fields = ["=order__order_no"]
    search_help_text = _("订单号")
    ordering = ["-id"]

    @admin.display(description=_("进度"))
    def per_cent(self, row: UsageReport) -> str:
        return "—" if row.progress is None else f"{Decimal(row.progress) / 100}%"


@admin.register(Licence)
class LicenceAdmin(ReadOnlyAdmin):
    """Which unit works, and which one a refund has taken back."""

    plural = _("所有授权")
    explains = _("每份一个授权号。退款之前由授权服务收回，收回有了结果退款才发出。")
    list_display = ["order", "unit", "licence_id", "state", "wanted", "used_at", "changed_at"]
    list_filter = ["state"]
    list_select_related = ["order"]
    search_fields = ["=order__order_no", "=licence_id"]
    search_help_text = _("订单号或授权号")
    ordering = ["-id"]


@admin.register(Rollup)
class RollupAdmin(ReadOnlyAdmin):
    """Lines whose frozen completion or delivered count a later row contradicts are found by the filter."""

    plural = _("计数小结一览")
    list_display = [
        "order", "completed_at", "completed_how", "delivered", "window_present", "newest_present", "contradicted_at",
    ]  # fmt: skip
    list_filter = [("contradicted_at", admin.EmptyFieldListFilter)]
    list_select_related = ["order"]
    search_fields = ["=order__order_no"]
    search_help_text = _("订单号")
    ordering = ["-pk"]

    @admin.display(description=_("凭什么算送完"))
    def completed_how(self, row: Rollup) -> str:
        return spoken(COMPLETED.get(row.completed_by, row.completed_by))
