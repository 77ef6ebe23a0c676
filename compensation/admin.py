"""Policies, decisions and remedies in the admin: to read."""

from django.contrib import admin

from common.reading import ReadOnlyAdmin
from compensation.models import DecisionRecord, LineBudget, PolicyVersion, Remedy


@admin.register(PolicyVersion)
class PolicyVersionAdmin(ReadOnlyAdmin):
    list_display = ["title", "code", "version", "kind", "hash", "published_at"]


@admin.register(Remedy)
class RemedyAdmin(ReadOnlyAdmin):
    list_display = [
        "created_at",
        "order",
        "kind",
        "amount_fen",
        "quantity",
        "delivered",
        "state",
        "held_reason",
    ]
    list_filter = ["state", "kind"]
    list_select_related = ["order"]
    search_fields = ["order__order_no", "key"]


@admin.register(DecisionRecord)
class DecisionRecordAdmin(ReadOnlyAdmin):
    list_display = ["decided_at", "order", "reason", "clause", "outcome", "requires_review"]
    list_filter = ["outcome", "reason"]
    list_select_related = ["order"]
    search_fields = ["order__order_no"]


@admin.register(LineBudget)
class LineBudgetAdmin(ReadOnlyAdmin):
    list_display = ["order", "paid_fen", "reserved_fen", "settled_fen", "refunded_units"]
    list_select_related = ["order"]
    search_fields = ["order__order_no"]
