"""The queue in finished words: one frozen row per ticket, the tabs, and what the address of each is."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext

from common import figures
from common.language import say
from common.phrases import mark
from tickets.models import Ticket
from tickets.rules.lifecycle import allowed
from tickets.web.desk import words
from tickets.web.desk.read_queue import TABS, Wanted, limit_of

TAB_NAMES = {
    "ours": mark("等我们"),
    "late": mark("超时"),
    "mine": mark("我的"),
    "nobodys": mark("无人经办"),
    "appeals": mark("申诉"),
    "all": mark("全部"),
}
EMPTY = {
    "ours": mark("没有等我们的单。来了新的，这里按轻重和时限排好。"),
    "late": mark("没有超时的单。"),
    "mine": mark("还没有交给您的单。在队列里勾上，按「交给我」。"),
    "nobodys": mark("等我们的每一张都有人经办。"),
    "appeals": mark("没有待答复的申诉。"),
    "all": mark("还没有售后单。买家一提交，这里就有。"),
}


@dataclass(frozen=True)
class Row:
    pk: int
    version: int
    no: str
    order_no: str
    product: str
    reason: str
    gives: str
    severity: str
    severity_words: str
    state: str
    turn: str
    ours: bool
    left: str
    late: bool
    due: str
    assignee: str
    mine: bool
    buyer: str
    long_term: bool
    nudged: bool
    approvable: bool


@dataclass(frozen=True)
class Tab:
    name: str
    address: str
    chosen: bool
    count: str
    hurry: bool


def row(ticket: Ticket, *, reader: Any, now: datetime) -> Row:
    limit = None if ticket.is_final else limit_of(ticket)
    return Row(
        pk=ticket.pk, version=ticket.version, no=ticket.no, order_no=ticket.order.order_no,
        product=ticket.order.product.title, reason=ticket.get_reason_display(), gives=gives(ticket),
        severity=ticket.severity, severity_words=gettext(words.SEVERITIES[ticket.severity]),
        state=words.state(ticket.state), turn=words.turn(ticket.turn), ours=words.is_ours(ticket.state),
        left=words.left(limit, now=now), late=limit is not None and limit < now,
        due=figures.moment(limit, now=now) if limit else "",
        assignee=ticket.assignee.get_username() if ticket.assignee else "",
        mine=ticket.assignee_id == reader.pk, buyer=words.buyer(ticket.order.buyer),
        long_term=ticket.order.long_term, nudged=ticket.nudged_at is not None and not ticket.is_final,
        approvable="approve" in allowed(ticket.state, "ops"),
    )  # fmt: skip


def gives(ticket: Ticket) -> str:
    """What the decision computed, in a few words."""
    return words.all_given(ticket.decision.body["remedies"])


def tabs(want: Wanted, counts: dict[str, str]) -> list[Tab]:
    """`hurry`: what is late, where something is."""
    return [
        Tab(
            name=gettext(TAB_NAMES[tab]), address=f"?tab={tab}", chosen=tab == want.tab and not want.search,
            count=counts.get(tab, ""), hurry=tab == "late" and counts.get(tab) != "0",
        )
        for tab in TABS
    ]  # fmt: skip


def empty(want: Wanted) -> str:
    if want.search:
        return say(
            "没有找到「{q}」。可以写订单号（前几位或末四位）、售后单号、买家的称呼或客户号。", q=want.search
        )
    return gettext(EMPTY[want.tab])


def address(want: Wanted, **more: str) -> str:
    """The same list again, with more said."""
    said = {"q": want.search} if want.search else {"tab": want.tab}
    return "?" + urlencode(said | {name: value for name, value in more.items() if value})
