"""What the admin's own pages show of tickets: words ready to send, to edit; the shifts' notes, to read.

The queue and the ticket are pages of `web/desk`; the URL map puts them where the admin's own list would stand.
"""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin

from accounts.permissions import is_ops
from common.reading import ReadOnlyAdmin
from tickets.models import QuickReply, ShiftNote, Ticket


class ForOps(ReadOnlyAdmin):
    """To everybody else on the staff there is no such page."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return super().has_module_permission(request) and is_ops(request.user)


@admin.register(Ticket)
class TicketAdmin(ForOps):
    """Only so that other pages of the admin can name it: its addresses are the desk's."""

    search_fields = ["no", "order__order_no"]


@admin.register(ShiftNote)
class ShiftNoteAdmin(ForOps):
    plural = _("历次交接班备注")
    list_display = ["at", "by", "text"]
    search_fields = ["text", "by"]


@admin.register(QuickReply)
class QuickReplyAdmin(ModelAdmin):
    """Ops write these for themselves; what was sent with them stays as it was sent."""

    list_display = ["title", "text", "position"]
    search_fields = ["title", "text"]
    show_full_result_count = False

    def has_module_permission(self, request: HttpRequest) -> bool:
        return request.user.is_active and is_ops(request.user)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_module_permission(request)

    def has_add_permission(self, request: HttpRequest, *_: Any) -> bool:
        return self.has_module_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_module_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_module_permission(request)
