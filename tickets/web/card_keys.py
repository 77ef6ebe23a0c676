"""卡密: the page of what was bought, shown one at a time to whoever bought it, and never by a GET."""

from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from common import clock
from common.language import spoken
from common.pages import refusals_as_pages
from common.refusals import Absent, Refusal
from compensation.permissions import may_reveal
from compensation.services import revealing
from orders import queries as orders
from tickets.web import guests
from tickets.web.present_card_keys import KeySheet, KeysSheet, present_keys

WANTS = ("refund", "replacement")
MOST_UNITS = 500


@never_cache  # no-store among others: neither the browser nor anything between keeps a page with a secret
@require_http_methods(["GET", "HEAD", "POST"])
@refusals_as_pages
def card_keys(request: HttpRequest, no: str) -> HttpResponse:
    now = clock.now()
    order, reader = guests.find(
        request, lambda reader: orders.find_order(reader=reader, order_no=no), order_no=no, now=now
    )
    told, error, status = None, "", 200
    if request.method == "POST":
        if not may_reveal(reader):
            raise Absent()
        try:
            found = revealing.reveal(order=order, unit=_unit(request.POST.get("unit", "")), now=now)
            told = (found.unit, found.secret, found.revealed_at)
        except Absent:
            raise
        except Refusal as refusal:
            error, status = spoken(refusal.detail), refusal.status
    sheet = read(order=order, reader=reader, shut=revealing.shut(order=order))
    if not sheet.keys:
        raise Absent()
    page = present_keys(sheet=sheet, now=now, told=told, error=error)
    return render(request, "tickets/buyer/card_keys.html", {"page": page}, status=status)


def read(*, order: Any, reader: Any, shut: bool) -> KeysSheet:
    """The keys of an order of `find_order` as the reader may see that there are any; no secret is opened for it."""
    rows = orders.card_keys_of(order=order, reader=reader).defer("sealed") if order.keyed else ()
    keys = tuple(
        KeySheet(row.unit, row.state, row.revealed_at, in_place=row.taken_by is not None) for row in rows
    )
    return KeysSheet(
        order_no=order.order_no,
        title=order.product.title,
        keys=keys,
        in_stock=order.stocked,
        may_look=may_reveal(reader),
        for_good=not order.product.revocable,
        shut=shut,
    )


def section(*, order: Any, reader: Any, facts: Any) -> KeysSheet | None:
    """What the order's page shows of them; None where there is nothing to show or to choose."""
    if order.product.kind == "metered":  # counted outside, and nobody asks twice for it
        return None
    sheet = read(order=order, reader=reader, shut=facts.closed)
    seen = sum(1 for key in sheet.keys if key.revealed_at)
    back = facts.refunded_units > 0 and seen + facts.refunded_units >= order.quantity
    return replace(sheet, shut=facts.closed or back) if sheet.keys or sheet.in_stock else None


def _unit(typed: str) -> int:
    if not typed.isascii() or not typed.isdigit() or len(typed) > 9:
        raise Absent()
    return int(typed)


def asked_for(form: QueryDict) -> dict[str, Any]:
    """What a claim's form says of faulty goods: which units, and whether money or new ones."""
    units = {unit for unit in form.getlist("units")[:MOST_UNITS] if unit.isascii() and unit.isdigit()}
    wants = form.get("wants", "")
    return {
        "units": sorted(int(unit) for unit in units if len(unit) < 10),
        "wants": wants if wants in WANTS else "refund",
    }
