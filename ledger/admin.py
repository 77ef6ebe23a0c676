"""The books in the admin: to read, never to write."""

from django.contrib import admin

from common.reading import ReadOnlyAdmin
from ledger.models import Account, Break, Hold, Transfer


@admin.register(Account)
class AccountAdmin(ReadOnlyAdmin):
    list_display = ["code", "unit"]


@admin.register(Transfer)
class TransferAdmin(ReadOnlyAdmin):
    list_display = ["booked_at", "order_no", "debit", "credit", "amount", "unit", "reason"]
    list_select_related = ["debit", "credit"]
    list_filter = ["unit", "reason"]
    search_fields = ["order_no", "reference"]


@admin.register(Hold)
class HoldAdmin(ReadOnlyAdmin):
    list_display = ["opened_at", "key", "amount", "posted", "state", "ended_at"]
    list_filter = ["state"]


@admin.register(Break)
class BreakAdmin(ReadOnlyAdmin):
    list_display = ["opened_at", "kind", "reference", "detail", "closed_at"]
    list_filter = ["kind"]
