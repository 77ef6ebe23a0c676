"""The buyer's choice where goods are late: one press, and on to the case that it leads to."""

from typing import Any

from django.contrib import messages as notes
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from common import clock
from common.language import spoken
from common.pages import posted_from, refusals_as_pages
from common.refusals import StateMoved
from orders import queries as orders
from tickets import queries
from tickets.services import late
from tickets.services.claims import AlreadyOpen
from tickets.web import guests
from tickets.web.said import name_of


@posted_from("order")
@refusals_as_pages
def choose(request: HttpRequest, no: str) -> HttpResponse:
    now, choice = clock.now(), request.POST.get("choice", "")

    def look_up(reader: Any) -> Any:
        if not guests.is_buyer_side(reader):
            raise queries.TicketAbsent()
        return orders.find_order(reader=reader, order_no=no)

    found, reader = guests.find(request, look_up, order_no=no, now=now)
    if choice not in (late.WAIT, late.REFUND):
        return redirect("order", no)
    try:
        ticket = late.choose(
            order=found, choice=choice, channel="web", actor=name_of(reader), side="buyer", now=now
        )
    except AlreadyOpen as refusal:
        return redirect("ticket", refusal.extra["ticket_no"])
    except StateMoved as refusal:
        notes.error(request, spoken(refusal.detail))
        return redirect("order", no)
    return redirect("ticket", ticket.no)
