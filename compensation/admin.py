"""Policies, decisions and remedies in the admin: to read; ops retire a policy here."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from accounts import permissions as who
from common import clock
from common.reading import ReadOnlyAdmin
from common.refusals import Refusal
from compensation.models import (
    DecisionRecord,
    ForgottenRemedy,
    LineBudget,
    PolicyRetirement,
    PolicyVersion,
    Remedy,
)
from compensation.services import policies


@admin.register(PolicyVersion)
class PolicyVersionAdmin(ReadOnlyAdmin):
    list_display = ["title", "code", "version", "kind", "hash", "published_at", "retired_at"]
    list_select_related = ["retirement"]
    actions = ["retire"]

    @admin.display(description="停用于")
    def retired_at(self, row: PolicyVersion) -> Any:
        return row.retirement.retired_at if hasattr(row, "retirement") else None

    def has_retire_permission(self, request: HttpRequest) -> bool:
        return who.is_ops(request.user)

    @admin.action(description="停用", permissions=["retire"])
    def retire(self, request: HttpRequest, chosen: Any) -> HttpResponse | None:
        if len(chosen) != 1:
            self.message_user(request, "请一次只选一版来停用。", messages.WARNING)
            return None
        return redirect(f"{reverse('admin:compensation_policyretirement_add')}?policy={chosen[0].pk}")


@admin.register(PolicyRetirement)
class PolicyRetirementAdmin(ReadOnlyAdmin):
    list_display = ["retired_at", "policy", "reason", "by"]
    list_select_related = ["policy"]
    fields = ["policy", "reason", "by", "retired_at"]
    readonly_fields = ["by", "retired_at"]

    def has_add_permission(self, request: HttpRequest, *_: Any) -> bool:
        return self.has_module_permission(request) and who.is_ops(request.user)

    def save_model(self, request: HttpRequest, obj: PolicyRetirement, *_: Any) -> None:
        made = policies.retire(
            code=obj.policy.code, version=obj.policy.version, reason=obj.reason,
            by=request.user.get_username(), now=clock.now(),
        )  # fmt: skip
        obj.__dict__.update(made.__dict__)

    def add_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return super().add_view(request, *args, **kwargs)
        except Refusal as refused:
            self.message_user(request, refused.detail, messages.ERROR)
            return redirect(request.get_full_path())


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


@admin.register(ForgottenRemedy)
class ForgottenRemedyAdmin(ReadOnlyAdmin):
    list_display = ["found_at", "order", "kind", "amount_fen", "quantity", "told_by", "answered_by"]
    list_select_related = ["order", "told_by", "answered_by__order"]
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
