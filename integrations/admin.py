"""What staff see of the intents: everything, and nothing to change by hand."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from common.reading import ReadOnlyAdmin
from integrations.models import HELD_LABELS, Intent


@admin.register(Intent)
class IntentAdmin(ReadOnlyAdmin):
    list_display = [
        "order_no", "kind", "state", "reason", "quantity", "delivered", "amount_fen",
        "attempts", "reference", "next_at", "created_at",
    ]  # fmt: skip
    list_filter = ["state", "kind", "provider", "held_reason"]
    search_fields = ["order_no", "key", "reference"]
    search_help_text = _("订单号、幂等键或对方单号")
    ordering = ["-created_at", "-id"]
    list_per_page = 50

    @admin.display(description=_("等人原因"))
    def reason(self, intent: Intent) -> str:
        labels: dict[str, str] = {held.value: label for held, label in HELD_LABELS.items()}
        return labels.get(intent.held_reason, intent.held_reason)
