"""A developer's credit on a page, what each of its figures is made of, and the same as a file."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from common.clock import rfc3339, shanghai
from common.language import say, spoken
from common.pages import refusals_as_pages
from common.refusals import Absent
from common.tables import defused
from developers.models import Credit
from developers.permissions import developer_for
from developers.queries import credit as queries
from developers.rules import masking
from developers.rules.credit import NAMES
from developers.rules.credit_words import CAME_TO
from developers.web import present_credit
from developers.web.present_credit import SALES

A_PAGE = 30


@never_cache
@require_safe
@login_required
@refusals_as_pages
def credit(request: HttpRequest) -> HttpResponse:
    developer, month = _whose(request), request.GET.get("month", "")[:7]
    history = queries.history(developer=developer)
    if not history and not month:
        return render(request, "developers/credit.html", _context(request, developer))
    known = {row.month: row for row in history}
    row = known.get(month or history[0].month) or queries.credit_of(developer=developer, month=month)
    page = present_credit.present(row, history)
    return render(request, "developers/credit.html", _context(request, developer) | {"page": page})


@never_cache
@require_safe
@login_required
@refusals_as_pages
def behind(request: HttpRequest) -> HttpResponse:
    """What one figure is made of, a page at a time."""
    developer, row = _which(request)
    part = request.GET.get("part", "")
    if part == SALES:
        found = queries.sales_behind(credit=row, before=_before(request), most=A_PAGE)
        rows = [present_credit.sold(order) for order in found[:A_PAGE]]
        last = (
            {"at": rfc3339(found[A_PAGE - 1].paid_at), "id": found[A_PAGE - 1].pk} if found[A_PAGE:] else {}
        )
    elif part in NAMES:
        counted = queries.rows_behind(credit=row, part=part, after=_after(request), most=A_PAGE)
        rows = [present_credit.behind(one) for one in counted[:A_PAGE]]
        last = {"after": counted[A_PAGE - 1].pk} if counted[A_PAGE:] else {}
    else:
        raise Absent()
    context = _context(request, developer)
    kept = {"month": row.month, "part": part} | ({"developer": context["named"]} if context["named"] else {})
    more = urlencode(kept | last) if last else ""
    heading = say("卖了的每一单") if part == SALES else say("「{part}」数了哪些", part=spoken(NAMES[part]))
    context |= {"rows": rows, "more": more, "month": row.month, "heading": heading}
    return render(request, "developers/credit_behind.html", context)


@never_cache
@require_safe
@login_required
@refusals_as_pages
def file(request: HttpRequest) -> Any:
    developer, row = _which(request)
    name = f"credit-{developer.username}-{row.month}.csv"
    return StreamingHttpResponse(
        _lines(row), content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )  # fmt: skip


def _lines(row: Credit) -> Iterator[str]:
    writer = csv.writer(_Echo())
    heads = [say("哪一部分"), say("结果"), say("售后单"), say("订单（已遮）"), say("商品"), say("时间")]
    yield "\ufeff" + writer.writerow(heads)
    for one in queries.all_rows(credit=row).iterator(chunk_size=500):
        order = one.ticket.order if one.ticket else None
        yield writer.writerow([
            defused(text) for text in (
                spoken(NAMES[one.part]), spoken(CAME_TO[one.source, one.bad]), one.ticket.no if one.ticket else "",
                masking.order_no(order.order_no) if order else "", order.product.title if order else "",
                f"{shanghai(one.at):%Y-%m-%d %H:%M}",
            )
        ])  # fmt: skip


def _context(request: HttpRequest, developer: Any) -> dict[str, Any]:
    return {"named": "" if developer == request.user else developer.username, "here": "developers"}


def _whose(request: HttpRequest) -> Any:
    return developer_for(reader=request.user, named=request.GET.get("developer", ""))


def _which(request: HttpRequest) -> tuple[Any, Credit]:
    developer = _whose(request)
    return developer, queries.credit_of(developer=developer, month=request.GET.get("month", "")[:7])


def _after(request: HttpRequest) -> int:
    text = request.GET.get("after", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


def _before(request: HttpRequest) -> tuple[datetime, int] | None:
    pk = request.GET.get("id", "")
    try:
        at = datetime.fromisoformat(request.GET.get("at", ""))
    except ValueError:
        return None
    if not (pk.isascii() and pk.isdigit() and len(pk) < 19 and at.tzinfo and 1970 <= at.year < 2200):
        return None
    return at, int(pk)


class _Echo:
    """What csv.writer asks of a file: each row is handed back as it is."""

    def write(self, text: str) -> str:
        return text
