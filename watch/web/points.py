"""A buyer's points: how many there are, and of each order what it earned, will earn, or why it earned none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts import permissions as who
from common import clock, figures
from common.language import say, spoken
from common.pages import refusals_as_pages
from common.phrases import mark
from common.refusals import Absent
from compensation.rules import points as rules
from ledger import queries as ledger
from orders import queries as orders
from watch import queries
from watch.services import earning_facts
from watch.services.earning_facts import Standing

if TYPE_CHECKING:
    from orders.models import Order
    from watch.models import OrderPoints

A_PAGE = 20
_NONE = {
    rules.CLAIMED: mark("申请过售后，没有积分"),
    rules.REFUNDED: mark("退过款，没有积分"),
    rules.SMALL: mark("实付不满 1 元，没有积分"),
}


@dataclass(frozen=True)
class PointsRow:
    """An order, and what it earned or may earn."""

    title: str
    order: str
    note: str
    points: str
    booked: bool
    address: str


@never_cache
@require_safe
@refusals_as_pages
def points(request: HttpRequest) -> HttpResponse:
    """A buyer's own; to others there is no such page."""
    buyer_id = who.buyer_id_of(request.user)
    if buyer_id is None:
        raise Absent()
    after, now = request.GET.get("after", ""), clock.now()
    found = orders.paid_by(reader=request.user, after=after, most=A_PAGE + 1)
    shown = found[:A_PAGE]
    known, ended = earning_facts.read(shown), queries.points_of_orders(ids=[order.pk for order in shown])
    rows = [_row(order, known[order.pk], ended.get(order.pk), now) for order in shown]
    context = {
        "balance": ledger.points_of(buyer_id=buyer_id), "rows": rows,
        "older": shown[-1].order_no if len(found) > A_PAGE else "", "newest": not after,
    }  # fmt: skip
    return render(request, "watch/buyer/points.html", context)


def _row(order: Order, standing: Standing, ended: OrderPoints | None, now: datetime) -> PointsRow:
    n, why = rules.worth(order.paid_fen), (ended.result if ended else "") or standing.why
    booked_at = ended.ended_at if ended is not None and why not in _NONE else None
    if why in _NONE:
        note, worth = spoken(_NONE[why]), "0"
    elif booked_at is not None:
        note, worth = say("{day} 记上了", day=figures.day(booked_at, now=now)), f"+{n}"
    else:
        note, worth = _coming(standing, ended.due_at if ended else None, now), say("可得 {n}", n=n)
    address = reverse("order", args=[order.order_no])
    no = figures.mask_order(order.order_no)
    return PointsRow(order.product.title, no, note, worth, booked_at is not None, address)


def _coming(standing: Standing, looked_at: datetime | None, now: datetime) -> str:
    """`looked_at`: when it is looked at next; None: as soon as it is known here."""
    if standing.ends_at is None:
        return say("还没有发货的记录，发货以后才起算")
    if standing.why == rules.OPEN:
        return say("有一笔退款还在路上，办完再算")
    if standing.ends_at >= now:
        day = figures.day(standing.ends_at, now=now)
        return say("{day} 到期，没申请、没退款就记上", day=day)
    if looked_at and looked_at > now:
        return say("期限过了，{moment} 左右记上", moment=figures.moment(looked_at, now=now))
    return say("期限过了，正在记")
