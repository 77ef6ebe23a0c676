"""Policies in the admin: to read; ops retire one here."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts import permissions as who
from common import clock
from common.language import say, spoken
from common.reading import ReadOnlyAdmin
from common.refusals import Refusal
from compensation.models import PolicyRetirement, PolicyVersion
from compensation.rules.names import GOODS
from compensation.services import policies


@admin.register(PolicyVersion)
class PolicyVersionAdmin(ReadOnlyAdmin):
    list_display = ["title", "code", "version", "goods", "published_at", "retired_at"]
    list_select_related = ["retirement"]
    search_fields = ["=code", "title"]
    search_help_text = _("规则代码或名称")
    actions = ["retire"]

    @admin.display(description=_("商品种类"))
    def goods(self, row: PolicyVersion) -> str:
        return spoken(GOODS.get(row.kind, row.kind))

    @admin.display(description=_("停用于"))
    def retired_at(self, row: PolicyVersion) -> Any:
        return row.retirement.retired_at if hasattr(row, "retirement") else None

    def has_retire_permission(self, request: HttpRequest) -> bool:
        return who.is_ops(request.user)

    @admin.action(description=_("停用"), permissions=["retire"])
    def retire(self, request: HttpRequest, chosen: Any) -> HttpResponse | None:
        if len(chosen) != 1:
            self.message_user(request, say("请一次只选一版来停用。"), messages.WARNING)
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
            self.message_user(request, spoken(refused.detail), messages.ERROR)
            return redirect(request.get_full_path())
