"""All that was counted, reported, handed over and established on an order, each row with its number."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from common import clock, figures
from common.clock import rfc3339
from common.language import say
from common.pages import refusals_as_pages
from common.phrases import mark
from compensation import queries as compensation
from orders import queries as orders
from tickets.web import guests
from tickets.web.found import found_words

A_PAGE = 50
_SEEN = {"course": mark("看过 {n} 节"), "game_item": mark("看过 {n} 件")}
_USED = {"course": mark("学了 {n} 节"), "game_item": mark("用了 {n} 件")}
_HANDED = {
    "metered": mark("交出 {n} 个"), "course": mark("交出 {n} 节"), "game_item": mark("交出 {n} 件"),
}  # fmt: skip


@dataclass(frozen=True)
class CountLine:
    anchor: str
    when: str
    said: str
    number: int


@dataclass(frozen=True)
class CountsPage:
    order_no: str
    masked: str
    counted: tuple[CountLine, ...]
    used: tuple[CountLine, ...]
    handed: tuple[CountLine, ...]
    found: tuple[CountLine, ...] = ()
    pruned: str = ""  # what went of its counts, and when
    older: str = ""  # from which instant the next page goes back


@never_cache
@require_safe
@refusals_as_pages
def counts(request: HttpRequest, no: str) -> HttpResponse:
    upto = _instant(request.GET.get("at", ""))
    page, _ = guests.find(
        request, lambda reader: read(reader=reader, no=no, upto=upto), order_no=no, now=clock.now()
    )
    return render(request, "tickets/buyer/counts.html", {"page": page})


def read(*, reader: Any, no: str, upto: datetime | None) -> CountsPage:
    """The reader's order, its rows from that instant back; another's looks absent."""
    order = orders.find_order(reader=reader, order_no=no)
    metered = order.product.kind == "metered"
    page = orders.counts_page if metered else orders.reports_page
    rows = page(order=order, upto=upto, most=A_PAGE)
    shown, rest = rows[:A_PAGE], rows[A_PAGE:]
    return CountsPage(
        order_no=order.order_no,
        masked=figures.mask_order(order.order_no),
        counted=tuple(_counted(row, order.baseline) for row in shown) if metered else (),
        used=() if metered else tuple(_used(row, order.product.kind) for row in shown),
        handed=tuple(
            _handed(row, order.product.kind) for row in orders.deliveries_of(order=order, most=A_PAGE)
        ),
        found=tuple(_found(row) for row in compensation.findings_of(order=order, most=A_PAGE)),
        pruned=_pruned(order) if metered else "",
        older=(rfc3339(rest[0].observed_at) or "") if rest else "",
    )


def _pruned(order: Any) -> str:
    gone = orders.pruned_of(order=order)
    if gone is None:
        return ""
    return say(
        "质保早已过了：到 {until} 为止的计数，有 {n} 条在 {day} 清理掉了。决定凭的那几条还在，算好的数没有变。",
        until=figures.full_day(gone.until), n=gone.number, day=figures.full_day(gone.pruned_at),
    )  # fmt: skip


def _instant(text: str) -> datetime | None:
    """What an address carries; what is no instant asks for nothing in particular."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo and 1970 <= at.year < 2200 else None


def _counted(row: Any, baseline: int) -> CountLine:
    if row.count is None or not row.measurable:
        said = say("没有数成")
    elif baseline:
        said = say(
            "{n} − 开始前 {before} = {present} 个",
            n=row.count,
            before=baseline,
            present=max(0, row.count - baseline),
        )
    else:
        said = say("数到 {n}", n=row.count)
    return CountLine(f"count-{row.pk}", figures.full_moment(row.observed_at), said, row.pk)


def _used(row: Any, kind: str) -> CountLine:
    said = []
    if row.used_units is not None:
        said.append(say(_USED.get(kind, mark("用了 {n} 份")), n=row.used_units))
    if row.used_seconds is not None:
        said.append(say("用了 {n} 秒", n=row.used_seconds))
    if row.revealed_units is not None:
        said.append(say(_SEEN.get(kind, mark("看过 {n} 份")), n=row.revealed_units))
    if row.outage_seconds is not None:
        said.append(say("停服 {n} 秒", n=row.outage_seconds))
    if row.supplier_unused is not None:
        said.append(say("供货方确认没用过") if row.supplier_unused else say("供货方没有确认"))
    words = say("，").join(said)
    return CountLine(f"usage-{row.pk}", figures.full_moment(row.observed_at), words, row.pk)


def _handed(row: Any, kind: str) -> CountLine:
    said = say(_HANDED.get(kind, mark("交出 {n} 份")), n=row.quantity)
    if row.final:
        said = say("{what}，送完", what=said)
    return CountLine(f"delivery-{row.pk}", figures.full_moment(row.delivered_at), said, row.pk)


def _found(row: Any) -> CountLine:
    """What and why, as the record tells the buyer too; not who."""
    said = say("{facts}。理由：{why}", facts=found_words(row.facts), why=row.why)
    return CountLine(f"finding-{row.pk}", figures.full_moment(row.at), said, row.pk)
