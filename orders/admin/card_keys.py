"""Card keys in the admin: where each is and what became of it; what it says is nobody's here to read."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from common.reading import ReadOnlyAdmin
from orders.models import CardKey


@admin.register(CardKey)
class CardKeyAdmin(ReadOnlyAdmin):
    plural = _("所有卡密")
    explains = _(
        "每个卡密在哪里、看过没有；写的是什么，只有买家看得到。"
        "与别处重复的，在「对不上的账」里写着怎么办；一件商品各有几个，看商品的那一页。"
    )
    nothing = _("还没有卡密。商店推订单时带上 secrets，或用 POST /products/货号/stock/ 补进库存。")
    list_display = [
        "product",
        "state",
        "order",
        "unit",
        "added_at",
        "delivered_at",
        "revealed_at",
        "reported_at",
        "ended_at",
    ]
    exclude = ["sealed", "digest", "key_id"]
    list_filter = ["state"]
    list_select_related = ["product", "order"]
    search_fields = ["=order__order_no", "=product__sku"]
    search_help_text = _("订单号或货号")
    ordering = ["-id"]
