"""The admin's sidebar and first page: what needs a person now, as figures that lead to the rows.

Nothing is counted whole: each figure stops at a cap.
"""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse

from accounts.permissions import is_ops, is_superuser
from common import clock, figures
from common.language import say
from compensation.services import by_hand
from integrations.models import Standstill
from ledger.models import Break
from tickets.models import ShiftNote
from tickets.web.desk import present_queue, read_queue

CAP = 99
EVERYTHING = "?show=all"
NEXT, NOTES = 6, 3


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """The rooms as ops go through them in a day; whoever is not ops finds no desk there."""
    badge = Badges(request)
    return [
        _group("", [
            _item(request, say("要办的事"), "space_dashboard", "admin:index"),
            _item(request, say("售后单队列"), "support_agent", "desk-queue", badge.waiting),
            _item(request, say("等人的补偿"), "pan_tool", "admin:compensation_remedy_changelist", badge.held),
            _item(request, say("对不上的账"), "rule", "admin:ledger_break_changelist", badge.breaks),
        ]),
        _group(say("查阅"), [
            _item(request, say("所有订单"), "receipt_long", "admin:orders_order_changelist"),
            _item(request, say("所有授权"), "key", "admin:orders_licence_changelist"),
            _item(request, say("计数记录"), "monitoring", "admin:orders_observation_changelist"),
            _item(request, say("用量记录"), "data_usage", "admin:orders_usagereport_changelist"),
            _item(request, say("作过的决定"), "gavel", "admin:compensation_decisionrecord_changelist"),
            _item(request, say("所有补偿"), "redeem", "admin:compensation_remedy_changelist", query=EVERYTHING),
            _item(request, say("发出的请求"), "outbox", "admin:integrations_intent_changelist"),
            _item(request, say("账目分录"), "account_balance", "admin:ledger_transfer_changelist"),
            _item(request, say("暂停发送"), "pause_circle", "admin:integrations_standstill_changelist"),
        ]),
        _group(say("资料"), [
            _item(request, say("商品"), "inventory_2", "admin:orders_product_changelist"),
            _item(request, say("售后规则"), "menu_book", "admin:compensation_policyversion_changelist"),
            _item(request, say("规则草稿"), "edit_note", "policy-drafts"),
            _item(request, say("导入记录"), "upload_file", "admin:orders_importrun_changelist"),
            _item(request, say("快捷回复"), "quickreply", "admin:tickets_quickreply_changelist"),
            _item(request, say("所有买家"), "group", "admin:accounts_buyer_changelist"),
            _item(request, say("人员"), "badge", "admin:accounts_user_changelist", may=is_superuser),
        ]),
    ]  # fmt: skip


def icon(request: HttpRequest) -> str:
    return static("icon.svg")


class Badges:
    """Figures of one request, each asked for once and no further than the cap."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    def _of(self, name: str, rows: Callable[[], QuerySet[Any]]) -> str:
        known = self.request.__dict__.setdefault("_desk_figures", {})
        if name not in known:
            known[name] = capped(rows())
        return str(known[name])

    def waiting(self) -> str:
        return self._of("waiting", read_queue.waiting)

    def held(self) -> str:
        return self._of("held", held)

    def breaks(self) -> str:
        return self._of("breaks", breaks)


def capped(rows: QuerySet[Any]) -> str:
    """0 to 99, or 99+: the database stops looking there."""
    found = rows.order_by()[: CAP + 1].count()
    return f"{CAP}+" if found > CAP else str(found)


def held() -> QuerySet[Any]:
    return by_hand.waiting()


def breaks() -> QuerySet[Any]:
    return Break.objects.filter(closed_at=None)


def _group(title: str, items: list[dict[str, Any]]) -> dict[str, Any]:
    return {"title": title, "separator": bool(title), "items": items}


def _item(
    request: HttpRequest, title: str, icon: str, name: str, figure: Callable[[], str] | None = None,
    query: str = "", *, may: Callable[[Any], bool] = is_ops,
) -> dict[str, Any]:  # fmt: skip
    here, allowed = reverse(name), may(request.user)
    item: dict[str, Any] = {
        "title": title, "icon": icon, "link": here + query, "permission": lambda _: allowed,
        "active": _is_here(request, here, query),
    }  # fmt: skip
    if figure and allowed and (count := figure()) != "0":
        item |= {"badge": count, "badge_variant": "primary"}
    return item


def _is_here(request: HttpRequest, address: str, query: str) -> bool:
    if address == reverse("admin:index"):
        return request.path == address
    if address != reverse("admin:compensation_remedy_changelist"):
        return request.path.startswith(address)
    return request.path.startswith(address) and (request.GET.get("show") == "all") == bool(query)


def dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """The first page: figures, the next few to take up, a standstill, and what the last shift left."""
    if not is_ops(request.user):
        return context
    now = clock.now()
    want = read_queue.wanted(query={}, now=now)
    found, _ = read_queue.page_of(reader=request.user, want=want, size=NEXT)
    return context | {
        "desk": True,
        "figures": list(_figures(request, now)),
        "rows": [present_queue.row(ticket, reader=request.user, now=now) for ticket in found],
        "standstill": _standstill(now),
        "notes": [(note, figures.moment(note.at, now=now)) for note in ShiftNote.objects.all()[:NOTES]],
        "title": say("要办的事"),
    }


def _figures(request: HttpRequest, now: Any) -> Any:
    """(label, figure, where it leads, whether a person has to hurry)."""
    queue, badge = reverse("desk-queue"), Badges(request)
    mine = read_queue.rows_of(reader=request.user, want=read_queue.wanted(query={"tab": "mine"}, now=now))
    waiting = read_queue.waiting()
    yield say("超时"), capped(read_queue.late(now=now)), f"{queue}?tab=late", True
    yield say("等我们"), badge.waiting(), f"{queue}?tab=ours", False
    yield say("我的"), capped(mine), f"{queue}?tab=mine", False
    yield say("无人经办"), capped(waiting.filter(assignee=None)), f"{queue}?tab=nobodys", False
    yield say("申诉"), capped(waiting.filter(state="appealed")), f"{queue}?tab=appeals", False
    held_list = reverse("admin:compensation_remedy_changelist")
    yield say("等人的补偿"), badge.held(), held_list, True
    yield say("对不上的账"), badge.breaks(), reverse("admin:ledger_break_changelist"), True


def _standstill(now: Any) -> str:
    row = Standstill.objects.filter(ended_at=None).first()
    if row is None:
        return ""
    return say(
        "数据库退回过，{when} 起只对账、不发送；清单齐了会自动恢复。",
        when=figures.moment(row.began_at, now=now),
    )
