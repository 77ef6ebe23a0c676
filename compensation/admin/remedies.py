"""Remedies in the admin: what needs a person first, and a page for each with what to do about it."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from common import clock
from common.language import say, spoken
from common.reading import DeskAdmin
from compensation.admin import present_remedy
from compensation.models import Remedy
from compensation.rules import held
from compensation.services import by_hand, paying_again
from compensation.services.by_hand import NotOffered, Outcome
from orders import queries as orders

SHOWN: dict[str, tuple[str, ...]] = {
    "held": ("held",),
    "approval": ("awaiting_approval",),
    "failed": ("failed",),
    "under_way": ("pending", "sending", "processing", "unknown"),
    "ended": ("settled", "voided"),
}
Act = Callable[[Remedy, str, Mapping[str, str], datetime], Outcome]


def _simple(step: Callable[..., Outcome]) -> Act:
    return lambda row, by, typed, now: step(remedy=row, by=by, reason=typed.get("reason", ""), now=now)


def _done(row: Remedy, by: str, typed: Mapping[str, str], now: datetime) -> Outcome:
    return by_hand.done_by_hand(
        remedy=row, by=by, reason=typed.get("reason", ""), reference=typed.get("reference", ""), now=now
    )


ACTS: dict[str, Act] = {
    held.ASK: lambda row, by, typed, now: by_hand.ask(remedy=row, now=now),
    held.SEND_AGAIN: _simple(by_hand.send_again),
    held.DONE_BY_HAND: _done,
    held.GIVE_UP: _simple(by_hand.give_up),
    held.PAY_AGAIN: _simple(paying_again.pay_again),
    held.PAY_BY_HAND: _simple(paying_again.pay_by_hand),
    held.LEAVE: _simple(paying_again.leave),
}


class ShownFilter(admin.SimpleListFilter):
    """Without a choice: what needs a person. A search looks through all."""

    title = _("看哪些")
    parameter_name = "show"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("held", _("等人处理")), ("approval", _("等人批准")), ("failed", _("没有办成")),
            ("under_way", _("在办")), ("ended", _("已了结")), ("all", _("全部")),
        ]  # fmt: skip

    def choices(self, changelist: Any) -> Any:
        yield from (
            {**one, "display": _("要人管的")} if n == 0 else one
            for n, one in enumerate(super().choices(changelist))
        )

    def queryset(self, request: HttpRequest, queryset: QuerySet[Remedy]) -> QuerySet[Remedy]:
        if self.value() in SHOWN:
            return queryset.filter(state__in=SHOWN[str(self.value())])
        if self.value() is None and not _looks_through_all(request):
            return by_hand.waiting(among=queryset)
        return queryset


def _looks_through_all(request: HttpRequest) -> bool:
    return bool(request.GET.get("q") or request.GET.get("state__exact"))


@admin.register(Remedy)
class RemedyAdmin(DeskAdmin):
    list_display = ["order_no", "what", "state", "why", "how_long"]
    list_filter = [ShownFilter]
    list_select_related = ["order"]
    search_fields = ["=order__order_no"]
    search_help_text = _("订单号（开头或最后几位）、买家，或对方用的键")
    nothing = _("没有要人管的补偿。停下等人的、没有办成的会列在这里，最久的在前；等批准的到售后单里批。")
    page_template = "admin/compensation/remedy/desk.html"

    def get_ordering(self, request: HttpRequest) -> list[str]:
        """The oldest first where it waits, else the newest."""
        waits = request.GET.get("show", "") in ("", "held", "approval") and not request.GET.get("q")
        return ["id"] if waits else ["-id"]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Remedy], search_term: str
    ) -> tuple[QuerySet[Remedy], bool]:
        try:
            return queryset.filter(key=UUID(search_term.strip())), False
        except ValueError:
            if not search_term:
                return queryset, False
            found = orders.ids_matching(text=search_term.strip(), most=self.list_per_page)
            return queryset.filter(order_id__in=found), False

    @admin.display(description=_("订单"), ordering="id")
    def order_no(self, row: Remedy) -> str:
        return row.order.order_no

    @admin.display(description=_("给什么"))
    def what(self, row: Remedy) -> str:
        return present_remedy.what(row)

    @admin.display(description=_("为什么等人"))
    def why(self, row: Remedy) -> str:
        return present_remedy.why(row)

    @admin.display(description=_("多久了"))
    def how_long(self, row: Remedy) -> str:
        return how_long(clock.now() - row.created_at)

    def about(self, request: HttpRequest, row: Remedy) -> dict[str, Any]:
        return present_remedy.page(row, now=clock.now()) | {
            "how_long": how_long(clock.now() - row.created_at)
        }

    def act(self, request: HttpRequest, row: Remedy, typed: Mapping[str, str]) -> tuple[str, bool]:
        step = ACTS.get(typed.get("action", ""))
        if step is None:
            raise NotOffered()
        done = step(row, request.user.get_username(), typed, clock.now())
        return spoken(done.says), done.carried_out


def how_long(age: timedelta) -> str:
    """3 分钟, 5 小时, 2 天: what a person sorts by."""
    minutes = max(1, int(age.total_seconds() // 60))
    if minutes < 60:
        return say("{n} 分钟", n=minutes)
    if minutes < 48 * 60:
        return say("{n} 小时", n=minutes // 60)
    return say("{n} 天", n=minutes // (24 * 60))
