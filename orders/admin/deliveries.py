"""What was handed over in the admin, and from whom: suppliers are named by the shop, and called there as ops like."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from common import figures
from common.language import say
from common.reading import ReadOnlyAdmin
from orders import queries
from orders.models import Delivery, Supplier
from orders.services import suppliers


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin):
    plural = _("送达记录")
    explains = _(
        "商店推来的每一批。停用的供货商送来的照收，标上「停用期间送的」：请问商店为什么还在向它下单。"
    )
    list_display = ["order", "delivered_at", "quantity", "final", "supplier", "batch", "while_suspended"]
    list_filter = ["while_suspended"]
    list_select_related = ["order", "supplier"]
    search_fields = ["=order__order_no"]
    search_help_text = _("订单号")
    ordering = ["-id"]


@admin.register(Supplier)
class SupplierAdmin(ReadOnlyAdmin):
    """To look up, but for the name, which is what pages call it."""

    explains = _(
        "发货第一次提到就列在这里。名称可以改，写在看板、召回和停售提议里；停不停在「停售提议」里定。"
    )
    nothing = _("还没有。商店推送发货时写上供货商的代号（supplier），这里就有。")
    list_display = ["title", "code", "state", "named_at"]
    list_filter = [("suspended_at", admin.EmptyFieldListFilter)]
    search_fields = ["=code", "title"]
    search_help_text = _("代号或名称")
    fields = ["title", "code", "state", "flagged", "named_at"]
    readonly_fields = ["code", "state", "flagged", "named_at"]
    ordering = ["code"]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_module_permission(request)

    def save_model(self, request: HttpRequest, obj: Supplier, form: Any, change: bool) -> None:
        suppliers.entitle(supplier=obj, title=form.cleaned_data["title"])

    @admin.display(description=_("现在"))
    def state(self, row: Supplier) -> str:
        if row.suspended_at is None:
            return say("照常")
        return say("{when} 停用", when=figures.full_moment(row.suspended_at))

    @admin.display(description=_("停用以后又送来"))
    def flagged(self, row: Supplier) -> str:
        return say("{n} 批", n=queries.came_while_suspended(codes=[row.code]).get(row.code, 0))
