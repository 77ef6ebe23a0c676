"""补单记录: the page of all that an order was given back, unit by unit."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from common import clock
from common.pages import refusals_as_pages
from common.refusals import Absent
from compensation import queries as compensation
from compensation.permissions import account_for
from integrations import queries as integrations
from orders import queries as orders
from tickets import queries
from tickets.web import guests
from tickets.web.present_records import Promise, RecordsSheet, UnitSheet, present_records
from tickets.web.ticket_sheet import RemedySheet

A_PAGE = 50
TABS = ("", "here", "missing")


@never_cache
@require_safe
@refusals_as_pages
def records(request: HttpRequest, no: str) -> HttpResponse:
    now, asked = clock.now(), request.GET
    tab, before = asked.get("state", ""), asked.get("before", "")
    sheet, _ = guests.find(
        request,
        lambda reader: read(
            reader=reader, no=no, chosen=asked.get("of", ""), tab=tab if tab in TABS else "",
            before=int(before) if before.isascii() and before.isdigit() and len(before) < 19 else None,
        ),
        order_no=no,
        now=now,
    )  # fmt: skip
    page = present_records(sheet=sheet, now=now)
    return render(request, "tickets/buyer/records.html", {"page": page})


def read(*, reader: Any, no: str, chosen: str, tab: str, before: int | None) -> RecordsSheet:
    """The order's remedies with one page of their units; `chosen` is the key of one of them."""
    order = orders.find_order(reader=reader, order_no=no)
    chains = _chains(compensation.remedies_of(order=order))
    numbers = integrations.references(keys=[row.key for chain in chains for row in chain])
    promises = [_promise(chain, numbers) for chain in chains]
    units = [each for each in promises if each.remedy.amount_fen is None]
    if chosen and chosen not in {each.key for each in units}:
        raise Absent()
    wanted = [row.pk for chain in chains for row in chain if chosen in ("", str(chain[0].key))]
    rows = [] if tab == "missing" else _page(order, wanted if chosen else None, before)
    return RecordsSheet(
        order_no=order.order_no,
        ticket_no=queries.newest_ticket_no(order=order),
        promises=tuple(units),
        refunds=tuple(each for each in promises if each.remedy.amount_fen is not None),
        chosen=chosen,
        tab=tab,
        units=tuple(
            UnitSheet(account_for(account_id=row.account_id, reader=reader), row.delivered_at)
            for row in rows[:A_PAGE]
        ),
        first_page=before is None,
        more=rows[A_PAGE - 1].pk if len(rows) > A_PAGE else None,
    )


def _page(order: Any, remedies: list[int] | None, before: int | None) -> list[Any]:
    """One more than is shown, to know whether there are more; by key, never by offset."""
    rows = compensation.delivered_units(order=order, remedies=remedies)
    return list((rows if before is None else rows.filter(pk__lt=before))[: A_PAGE + 1])


def _chains(rows: Iterable[Any]) -> list[list[Any]]:
    """What was ordered again for the rest belongs to the first; the newest promise comes first."""
    chains: dict[int, list[Any]] = {}
    root: dict[int, int] = {}
    for row in rows:
        root[row.pk] = root.get(row.follows_id, row.pk) if row.follows_id else row.pk
        chains.setdefault(root[row.pk], []).append(row)
    return list(chains.values())[::-1]


def _promise(chain: list[Any], numbers: dict[Any, str]) -> Promise:
    first, last = chain[0], chain[-1]
    lists = [getattr(row, "unit_list", None) for row in chain]
    batches: list[tuple[int, datetime]] = [
        (batch.quantity, batch.delivered_at) for row in chain for batch in row.deliveries.all()
    ]
    return Promise(
        key=str(first.key),
        remedy=RemedySheet(
            kind=first.kind, state=last.state, amount_fen=first.amount_fen, quantity=first.quantity,
            delivered=sum(row.delivered for row in chain), settled_at=last.settled_at,
            reference=numbers.get(last.key, ""), held_reason=last.held_reason,
        ),
        since=first.created_at,
        came=tuple(batches),
        listed=sum(one.known for one in lists if one),
        asking=any(one and one.next_at for one in lists),
    )  # fmt: skip
