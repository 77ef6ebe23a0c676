"""The admin's sidebar and first page: what needs a person now, as figures that lead to the rows.

Nothing is counted whole: each figure stops at a cap, and all of the sidebar's are one statement.
"""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse

from accounts.permissions import is_ops, is_superuser
from common import clock, figures
from common.counting import counted, said
from common.language import say
from compensation import queries as compensation
from compensation.services import by_hand
from developers import queries as developers
from developers.models import Recall
from developers.queries import fund
from integrations.models import Standstill
from ledger.models import Break
from tickets.models import ShiftNote
from tickets.web.desk import present_queue, read_queue, tab_counts
from watch import queries as watch

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
            _item(request, say("停售提议"), "block", "admin:watch_proposal_changelist", badge.proposals),
            _item(request, say("一起出的事"), "crisis_alert", "admin:watch_incident_changelist", badge.incidents),
            _item(request, say("看板"), "insights", "desk-board"),
            _item(request, say("召回"), "assignment_return", "admin:developers_recall_changelist", badge.recalls),
            _item(request, say("开发者的异议"), "balance", "desk-contests", badge.contests),
            _item(request, say("保障基金的申请"), "savings", "admin:developers_fundclaim_changelist", badge.fund),
            _item(request, say("资金入账"), "payments", "admin:developers_fundmove_changelist", badge.money),
            _item(request, say("缺陷"), "bug_report", "developer-defects", badge.unanswered),
        ]),
        _group(say("查阅"), [
            _item(request, say("所有订单"), "receipt_long", "admin:orders_order_changelist"),
            _item(request, say("所有授权"), "key", "admin:orders_licence_changelist"),
            _item(request, say("掉量提醒"), "notifications", "admin:watch_dropwarning_changelist"),
            _item(request, say("互动检查"), "forum", "admin:watch_effectcheck_changelist"),
            _item(request, say("出错的单"), "error", "admin:watch_stumble_changelist"),
            _item(request, say("计数记录"), "monitoring", "admin:orders_observation_changelist"),
            _item(request, say("送达记录"), "local_shipping", "admin:orders_delivery_changelist"),
            _item(request, say("用量记录"), "data_usage", "admin:orders_usagereport_changelist"),
            _item(request, say("作过的决定"), "gavel", "admin:compensation_decisionrecord_changelist"),
            _item(request, say("所有补偿"), "redeem", "admin:compensation_remedy_changelist", query=EVERYTHING),
            _item(request, say("发出的请求"), "outbox", "admin:integrations_intent_changelist"),
            _item(request, say("账目分录"), "account_balance", "admin:ledger_transfer_changelist"),
            _item(request, say("暂停发送"), "pause_circle", "admin:integrations_standstill_changelist"),
        ]),
        _group(say("资料"), [
            _item(request, say("商品"), "inventory_2", "admin:orders_product_changelist"),
            _item(request, say("供货商"), "factory", "admin:orders_supplier_changelist"),
            _item(request, say("开发者信用"), "verified", "admin:developers_credit_changelist"),
            _item(request, say("售后规则"), "menu_book", "admin:compensation_policyversion_changelist"),
            _item(request, say("规则草稿"), "edit_note", "policy-drafts"),
            _item(request, say("导入记录"), "upload_file", "admin:orders_importrun_changelist"),
            _item(request, say("分症状的教程"), "school", "admin:orders_tutorial_changelist"),
            _item(request, say("快捷回复"), "quickreply", "admin:tickets_quickreply_changelist"),
            _item(request, say("所有买家"), "group", "admin:accounts_buyer_changelist"),
            _item(request, say("人员"), "badge", "admin:accounts_user_changelist", may=is_superuser),
        ]),
    ]  # fmt: skip


def icon(request: HttpRequest) -> str:
    return static("icon.svg")


class Badges:
    """The sidebar's figures of one request: asked for together, once, and no further than the cap."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    def _of(self, name: str) -> str:
        if "_desk_figures" not in self.request.__dict__:
            self.request.__dict__["_desk_figures"] = counted(
                {name: rows() for name, rows in _WAITING.items()}
            )
        return said(self.request.__dict__["_desk_figures"][name])

    def waiting(self) -> str:
        return self._of("waiting")

    def held(self) -> str:
        return self._of("held")

    def breaks(self) -> str:
        return self._of("breaks")

    def proposals(self) -> str:
        return self._of("proposals")

    def incidents(self) -> str:
        return self._of("incidents")

    def recalls(self) -> str:
        return self._of("recalls")

    def contests(self) -> str:
        return self._of("contests")

    def fund(self) -> str:
        return self._of("fund")

    def money(self) -> str:
        return self._of("money")

    def unanswered(self) -> str:
        return self._of("unanswered")


def held() -> QuerySet[Any]:
    return by_hand.waiting()


def breaks() -> QuerySet[Any]:
    return Break.objects.filter(closed_at=None)


def recalls() -> QuerySet[Any]:
    """What waits to be agreed to."""
    return Recall.objects.filter(state="shown", submitted_at__isnull=False)


def unanswered() -> QuerySet[Any]:
    """Defects whose developer has let the time for an answer pass."""
    return developers.overdue(now=clock.now())


# What needs a person, by the name of its figure.
_WAITING: dict[str, Callable[[], QuerySet[Any]]] = {
    "waiting": read_queue.waiting, "held": held, "breaks": breaks, "proposals": watch.open_proposals,
    "incidents": watch.open_incidents, "recalls": recalls, "contests": compensation.open_contests,
    "fund": fund.waiting_claims, "money": fund.waiting_moves, "unanswered": unanswered,
}  # fmt: skip


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
    if address == reverse("desk-queue") and request.path.startswith(reverse("desk-contests")):
        return False  # has an entry of its own, below the queue's address
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
    cases = tab_counts.counts(reader=request.user, now=now)
    yield say("超时"), cases["late"], f"{queue}?tab=late", True
    yield say("等我们"), badge.waiting(), f"{queue}?tab=ours", False
    yield say("我的"), cases["mine"], f"{queue}?tab=mine", False
    yield say("无人经办"), cases["nobodys"], f"{queue}?tab=nobodys", False
    yield say("申诉"), cases["appeals"], f"{queue}?tab=appeals", False
    held_list = reverse("admin:compensation_remedy_changelist")
    yield say("等人的补偿"), badge.held(), held_list, True
    yield say("对不上的账"), badge.breaks(), reverse("admin:ledger_break_changelist"), True
    if (late := badge.unanswered()) != "0":
        yield say("开发者没答"), late, f"{reverse('developer-defects')}?state=late", False


def _standstill(now: Any) -> str:
    row = Standstill.objects.filter(ended_at=None).first()
    if row is None:
        return ""
    return say(
        "数据库退回过，{when} 起只对账、不发送；清单齐了会自动恢复。",
        when=figures.moment(row.began_at, now=now),
    )
