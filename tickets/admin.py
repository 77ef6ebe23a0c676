"""Tickets in the admin: to read."""

from django.contrib import admin
from unfold.admin import TabularInline

from common.reading import ReadOnlyAdmin
from tickets.models import Clock, Event, Ticket


class ClockInline(TabularInline):
    model = Clock
    fields = ["kind", "state", "due_at", "stopped_at", "explanation"]
    readonly_fields = fields
    extra = 0
    can_delete = False


class EventInline(TabularInline):
    model = Event
    fields = ["at", "kind", "actor", "name", "text"]
    readonly_fields = fields
    extra = 0
    can_delete = False


@admin.register(Ticket)
class TicketAdmin(ReadOnlyAdmin):
    list_display = ["no", "order", "reason", "severity", "state", "due_at", "opened_at", "assignee"]
    list_filter = ["state", "severity", "reason"]
    list_select_related = ["order", "assignee"]
    search_fields = ["no", "order__order_no"]
    inlines = [ClockInline, EventInline]
