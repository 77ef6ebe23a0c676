"""The books in the admin: to read; and what doesn't add up, to look at and close."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from common import clock, figures
from common.language import say, spoken
from common.reading import DeskAdmin, ReadOnlyAdmin
from ledger.models import Account, Break, Hold, Transfer
from ledger.rules import names
from ledger.rules.breaks import KINDS
from ledger.services import breaks


@admin.register(Account)
class AccountAdmin(ReadOnlyAdmin):
    list_display = ["called", "code", "unit"]
    plural = _("账上的科目")
    ordering = ["unit", "code"]

    @admin.display(description=_("叫什么"))
    def called(self, row: Account) -> str:
        return spoken(names.account(row.code))


@admin.register(Transfer)
class TransferAdmin(ReadOnlyAdmin):
    list_display = ["booked_at", "order_no", "taken_from", "given_to", "figure", "why"]
    plural = _("账目分录")
    explains = _(
        "每一笔钱、每一批个数从哪个科目到哪个科目，一借一贷，只增不改。查一单的钱去了哪里，用订单号找。"
    )
    list_select_related = ["debit", "credit"]
    search_fields = ["=order_no", "=reference"]
    search_help_text = _("订单号，或补偿的键")
    ordering = ["-id"]

    @admin.display(description=_("借方"))
    def taken_from(self, row: Transfer) -> str:
        return spoken(names.account(row.debit.code))

    @admin.display(description=_("贷方"))
    def given_to(self, row: Transfer) -> str:
        return spoken(names.account(row.credit.code))

    @admin.display(description=_("数额"))
    def figure(self, row: Transfer) -> str:
        return _figure(row.amount, row.unit)

    @admin.display(description=_("事由"))
    def why(self, row: Transfer) -> str:
        return spoken(names.REASONS.get(row.reason, row.reason))


@admin.register(Hold)
class HoldAdmin(ReadOnlyAdmin):
    list_display = ["opened_at", "key", "reserved", "figure", "posted_figure", "state", "ended_at"]
    plural = _("账上的预留")
    list_select_related = ["reserve"]
    search_fields = ["=key"]
    search_help_text = _("补偿的键")
    ordering = ["-id"]

    @admin.display(description=_("预留"))
    def reserved(self, row: Hold) -> str:
        return spoken(names.account(row.reserve.code))

    @admin.display(description=_("数额"))
    def figure(self, row: Hold) -> str:
        return _figure(row.amount, row.reserve.unit)

    @admin.display(description=_("已入账"))
    def posted_figure(self, row: Hold) -> str:
        return _figure(row.posted, row.reserve.unit)


def _figure(amount: int, unit: str) -> str:
    return figures.yuan(amount) if unit == "fen" else f"{amount:,}"


class OpenFilter(admin.SimpleListFilter):
    """Without a choice: the open ones. A search looks through all."""

    title = _("看哪些")
    parameter_name = "show"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("closed", _("已结案")), ("all", _("全部"))]

    def choices(self, changelist: Any) -> Any:
        first, *rest = super().choices(changelist)
        yield {**first, "display": _("没有结案的")}
        yield from rest

    def queryset(self, request: HttpRequest, queryset: QuerySet[Break]) -> QuerySet[Break]:
        if self.value() == "closed":
            return queryset.exclude(closed_at=None)
        if self.value() is None and not request.GET.get("q"):
            return queryset.filter(closed_at=None)
        return queryset


@admin.register(Break)
class BreakAdmin(DeskAdmin):
    list_display = ["what", "detail", "opened_at", "closed_at"]
    list_filter = [OpenFilter]
    search_fields = ["reference", "detail"]
    search_help_text = _("订单号，或补偿的键")
    explains = _(
        "对账时说不通的：对方说的、我们记的，有一处不一样。按每一条写的先看哪里，写下核对的结果再结案。"
    )
    nothing = _("账都对得上。对账每几分钟自己做一遍，有对不上的会列在这里并报警。")
    page_template = "admin/ledger/break/desk.html"

    def get_ordering(self, request: HttpRequest) -> list[str]:
        """The oldest first where it is open, else the newest."""
        return ["-id"] if request.GET.get("show") or request.GET.get("q") else ["id"]

    @admin.display(description=_("对不上什么"))
    def what(self, row: Break) -> str:
        return what(row)

    def about(self, request: HttpRequest, row: Break) -> dict[str, Any]:
        advice = KINDS.get(row.kind)
        closing = getattr(row, "closing", None)
        return {
            "title": what(row), "first": spoken(advice.first) if advice else "", "closing": closing,
            "closed_at": figures.full_moment(closing.closed_at) if closing else "",
            "remedy": _remedy(row), "opened_at": figures.moment(row.opened_at, now=clock.now()),
            "actions": [] if row.closed_at else [{
                "name": "close", "label": say("核对过了，结案"), "reason": True,
                "meaning": say("结案以后，被它约束的订单就放开；同样的话不再提醒。"),
            }],
        }  # fmt: skip

    def act(self, request: HttpRequest, row: Break, typed: Mapping[str, str]) -> tuple[str, bool]:
        by, note = request.user.get_username(), typed.get("reason", "")
        breaks.close_break(pk=row.pk, by=by, note=note, now=clock.now())
        return say("已结案。"), True


def _remedy(row: Break) -> str:
    """Where the remedy of that key is found; '' where the reference is no key."""
    key = row.reference.rpartition(":")[2]
    try:
        return f"{reverse('admin:compensation_remedy_changelist')}?q={UUID(key)}"
    except ValueError:
        return ""


def what(row: Break) -> str:
    return spoken(KINDS[row.kind].label) if row.kind in KINDS else row.kind
