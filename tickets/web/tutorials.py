"""解决了 or 还是不行: what a reader says of a tutorial, before filing and in a case."""

from typing import Any

from django.contrib import messages as notes
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from common import clock
from common.language import say, spoken
from common.pages import posted_from, refusals_as_pages
from common.refusals import StateMoved
from orders import queries as orders
from tickets import queries
from tickets.services import teaching
from tickets.web import card_keys, guests, read_order
from tickets.web.present_order import present_order
from tickets.web.said import name_of, typed


@posted_from("order")
@refusals_as_pages
def before_filing(request: HttpRequest, no: str) -> HttpResponse:
    """Solved: thanked, and nothing is filed. If not: back to the form, with all that was typed in it."""
    now = clock.now()

    def look_up(reader: Any) -> Any:
        if not guests.is_buyer_side(reader):
            raise queries.TicketAbsent()
        return orders.find_order(reader=reader, order_no=no)

    found, reader = guests.find(request, look_up, order_no=no, now=now)
    said = _said(request)
    shown = teaching.hear(order=found, ticket=None, name=name_of(reader), now=now, **said)
    if said["helped"]:
        notes.success(request, say("解决了就好，没有提交售后单。之后要是又不行，随时可以在这里提交。"))
        return redirect("order", no)
    return _on_to_filing(request, no, reader, shown.tutorial.symptom)


def _on_to_filing(request: HttpRequest, no: str, reader: Any, symptom: str) -> HttpResponse:
    now, given = clock.now(), request.POST
    page = present_order(sheet=read_order.read(reader=reader, order_no=no, now=now), now=now)
    page = page.refused(
        reason=given.get("reason") or symptom, typed=typed(request).strip(), given=given, asking=True,
        faulty=card_keys.asked_for(given),
    )  # fmt: skip
    told = say("记下了，教程没有解决。写几句情况，按「提交」就交给我们。")
    again = say("选过的图片请再选一次。") if request.FILES else ""
    notes.info(request, f"{told}{again}")
    return render(request, "tickets/buyer/order.html", {"page": page})


@posted_from("ticket")
@refusals_as_pages
def in_a_case(request: HttpRequest, no: str) -> HttpResponse:
    """Solved: the case is resolved. If not: it stays open, and a person goes on."""
    now = clock.now()

    def look_up(reader: Any) -> Any:
        if not guests.is_buyer_side(reader):
            raise queries.TicketAbsent()
        return queries.find_ticket(reader=reader, no=no)

    found, reader = guests.find(request, look_up, now=now)
    try:
        teaching.hear(order=found.order, ticket=found, name=name_of(reader), now=now, **_said(request))
    except StateMoved as refusal:
        notes.error(request, spoken(refusal.detail))
    return redirect("ticket", no)


def _said(request: HttpRequest) -> dict[str, Any]:
    """Which version, and what of it: the pressed button's name and value."""
    helped = "solved" in request.POST
    no, _, version = request.POST.get("solved" if helped else "unsolved", "").partition("/")
    number = int(version) if version.isascii() and version.isdecimal() and len(version) < 10 else 0
    return {"no": no, "version": number, "helped": helped}
