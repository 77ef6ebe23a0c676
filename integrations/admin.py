"""What staff see of what leaves the building: everything to read, and the end of a standstill to say."""

from collections.abc import Mapping
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from common import clock, figures
from common.language import say
from common.reading import DeskAdmin, ReadOnlyAdmin
from integrations.models import HELD_LABELS, Intent, Standstill
from integrations.rules.bodies import MESSAGES
from integrations.services import standstill


@admin.register(Intent)
class IntentAdmin(ReadOnlyAdmin):
    list_display = ["order_no", "what", "state", "reason", "attempts", "reference", "next_at", "created_at"]
    plural = _("发出的请求")
    explains = _(
        "每一笔补单、退款发给供货商或商店退款后台的请求：发到哪一步，对方怎么说。系统自己发、自己查，这里只看；要动手的在「等人的补偿」。"
    )
    search_fields = ["=order_no", "=key", "=reference"]
    search_help_text = _("订单号、键，或对方单号")
    ordering = ["-id"]

    @admin.display(description=_("要什么"))
    def what(self, intent: Intent) -> str:
        if intent.provider == MESSAGES:  # to whom and with what words is nobody's to read here
            return intent.get_kind_display()
        figure = figures.yuan(intent.amount_fen) if intent.amount_fen is not None else f"{intent.quantity:,}"
        return f"{intent.get_kind_display()} {figure}"

    @admin.display(description=_("等人原因"))
    def reason(self, intent: Intent) -> Any:
        labels: dict[str, Any] = {held.value: label for held, label in HELD_LABELS.items()}
        return labels.get(intent.held_reason, intent.held_reason)


@admin.register(Standstill)
class StandstillAdmin(DeskAdmin):
    list_display = ["reason", "began_at", "since", "tries", "ended_at"]
    plural = _("暂停发送")
    explains = _(
        "数据库退回到以前的样子之后，系统不记得后来办过什么：先只对账，什么也不往外发，免得办两次。各方的清单核对完，自己恢复。"
    )
    nothing = _("没有停过。数据库没有退回过，该发的都照常发。")
    ordering = ["-id"]
    page_template = "admin/integrations/standstill/desk.html"

    def about(self, request: HttpRequest, row: Standstill) -> dict[str, Any]:
        now = clock.now()
        return {
            "title": row.get_reason_display(), "breaks": reverse("admin:ledger_break_changelist"),
            "facts": [
                (say("停于"), figures.full_moment(row.began_at)),
                (say("清单从"), figures.full_moment(row.since)),
                (say("要过清单"), say("{n} 次", n=row.tries)),
                (say("恢复于"), figures.full_moment(row.ended_at)) if row.ended_at
                else (say("下次要"), figures.moment(row.next_at, now=now)),
            ],
            "actions": [] if row.ended_at else [{
                "name": "resume", "label": say("对账没有问题，恢复发送"), "reason": True,
                "meaning": say("不再等各方的清单，马上恢复往外发。清单里还没说到的，就不再替您拦着。"),
            }],
        }  # fmt: skip

    def act(self, request: HttpRequest, row: Standstill, typed: Mapping[str, str]) -> tuple[str, bool]:
        by, reason = request.user.get_username(), typed.get("reason", "")
        standstill.resume(row=row, by=by, reason=reason, now=clock.now())
        return say("已恢复发送。"), True
