"""A buyer's pages: find the order, see what is owed, claim it with one press, follow the ticket."""

from datetime import datetime
from typing import Any

from django.contrib import messages as notes
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.services import guest_access
from common import clock
from common.pages import posted_from, refusals_as_pages
from common.refusals import Invalid, Refusal, StateMoved
from compensation import queries as compensation
from orders import queries as orders
from tickets import queries
from tickets.permissions import may_claim
from tickets.services import claims, conversation
from tickets.web import guests, present_lookup, read_order, read_ticket
from tickets.web.present_lookup import LookupPage
from tickets.web.present_order import OrderPage, present_order
from tickets.web.present_ticket import TicketPage, present_ticket

PROMISED = "metered-standard"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def lookup(request: HttpRequest) -> HttpResponse:
    """订单号 + 查询密码 → the order's page."""
    if request.method != "POST":
        return _lookup_page(request, LookupPage())
    now = clock.now()
    order_no, password = request.POST.get("order_no", "").strip(), request.POST.get("query_password", "")
    if not order_no or not password:
        return _lookup_page(request, present_lookup.blank(order_no=order_no), status=422)
    try:
        guests.open_order(request, order_no=order_no[:64], password=password[:128], now=now)
    except guest_access.TooManyTries as refusal:
        seconds = refusal.extra["retry_after"]
        page = present_lookup.locked(order_no=order_no, seconds=seconds, now=now)
        response = _lookup_page(request, page, status=429)
        response["Retry-After"] = str(seconds)
        return response
    except guest_access.WrongQueryPassword as refusal:
        return _lookup_page(
            request, present_lookup.wrong(order_no=order_no, detail=refusal.detail), status=422
        )
    return redirect("order", order_no)


def _lookup_page(request: HttpRequest, page: LookupPage, *, status: int = 200) -> HttpResponse:
    newest = compensation.newest_policy(PROMISED)
    policy = compensation.policy_version(newest.code, newest.version) if newest else None
    own = guests.is_buyer_side(request.user)
    context = {
        "lookup": page,
        "promise": present_lookup.promise(policy) if policy else None,
        "own_orders": read_order.own(reader=request.user, now=clock.now()) if own else (),
        "here": "home",
    }
    return render(request, "tickets/buyer/lookup.html", context, status=status)


@never_cache
@require_safe
@refusals_as_pages
def order(request: HttpRequest, no: str) -> HttpResponse:
    page = _order_page(request, no, clock.now(), asking="ask" in request.GET)
    return render(request, "tickets/buyer/order.html", {"page": page})


def _order_page(request: HttpRequest, no: str, now: datetime, *, asking: bool = False) -> OrderPage:
    sheet, _ = guests.find(
        request, lambda reader: read_order.read(reader=reader, order_no=no, now=now), order_no=no, now=now
    )
    return present_order(sheet=sheet, now=now, asking=asking)


@posted_from("order")
@refusals_as_pages
def claim(request: HttpRequest, no: str) -> HttpResponse:
    """One press files the claim and lands on its ticket; a second press lands on the same one."""
    now = clock.now()
    found, reader = guests.find(
        request, lambda reader: orders.find_order(reader=reader, order_no=no), order_no=no, now=now
    )
    if not may_claim(reader):
        raise queries.TicketAbsent()
    reason, text = request.POST.get("reason", ""), _typed(request).strip()
    if "text" in request.POST and not text:
        return _refused_claim(
            request, no, now, form_error="请写几句情况，我们才知道怎么帮您。", reason=reason
        )
    try:
        ticket = claims.open_claim(
            order=found,
            reason=reason or None,
            text=text,
            quantity=None,
            channel="web",
            actor=_name(reader),
            side="buyer" if guests.is_buyer_side(reader) else "ops",
            now=now,
        )
    except claims.AlreadyOpen as refusal:
        return _joined(request, refusal.extra["ticket_no"], reader=reader, text=text, now=now)
    except Invalid as refusal:
        return _refused_claim(request, no, now, form_error=_first(refusal), reason=reason, typed=text)
    except Refusal as refusal:
        return _refused_claim(request, no, now, error=refusal.detail, status=refusal.status)
    return redirect("ticket", ticket.no)


def _joined(request: HttpRequest, no: str, *, reader: Any, text: str, now: datetime) -> HttpResponse:
    """To the ticket already open for this; what was typed is added to it, once however often it was pressed."""
    found = queries.find_ticket(reader=reader, no=no)
    said = {event.text for event in queries.events_of(ticket=found, internal=False)}
    if text and text not in said and guests.is_buyer_side(reader):
        conversation.say(ticket=found, text=text, actor="buyer", name=_name(reader), internal=False, now=now)
        notes.info(request, "这个问题已经有一张售后单在办，您写的加在里面了。")
    return redirect("ticket", no)


def _refused_claim(
    request: HttpRequest, no: str, now: datetime, *, status: int = 422, **said: str
) -> HttpResponse:
    page = _order_page(request, no, now).refused(**said)
    return render(request, "tickets/buyer/order.html", {"page": page}, status=status)


@never_cache
@require_safe
@refusals_as_pages
def ticket(request: HttpRequest, no: str) -> HttpResponse:
    return render(request, "tickets/buyer/ticket.html", {"page": _ticket_page(request, no)})


@never_cache
@require_safe
@refusals_as_pages
def progress(request: HttpRequest, no: str) -> HttpResponse:
    """The moving part, asked for again and again; 204 leaves the page alone where nothing has moved."""
    page = _ticket_page(request, no)
    seen = request.GET.get("seen", "")
    if seen == page.fingerprint:
        return HttpResponse(status=204)
    context = {"page": page, "slip_changed": not seen.endswith(page.slip_fingerprint)}
    return render(request, "tickets/buyer/_update.html", context)


def _ticket_page(request: HttpRequest, no: str) -> TicketPage:
    now = clock.now()

    def read(reader: Any) -> Any:
        return read_ticket.read(reader=reader, no=no, acts=guests.is_buyer_side(reader), now=now)

    sheet, _ = guests.find(request, read, now=now)
    return present_ticket(sheet=sheet, now=now)


@posted_from("ticket")
@refusals_as_pages
def confirm(request: HttpRequest, no: str) -> HttpResponse:
    found, name = _own_ticket(request, no)
    if found.state == "resolved":  # pressed twice
        return redirect("ticket", no)
    return _moved(request, no, lambda: conversation.confirm(ticket=found, name=name, now=clock.now()))


@posted_from("ticket")
@refusals_as_pages
def withdraw(request: HttpRequest, no: str) -> HttpResponse:
    found, name = _own_ticket(request, no)
    if found.state == "withdrawn":
        return redirect("ticket", no)
    return _moved(request, no, lambda: conversation.withdraw(ticket=found, name=name, now=clock.now()))


@posted_from("ticket")
@refusals_as_pages
def say(request: HttpRequest, no: str) -> HttpResponse:
    found, name = _own_ticket(request, no)
    text = _typed(request)

    def speak() -> object:
        return conversation.say(
            ticket=found, text=text, actor="buyer", name=name, internal=False, now=clock.now()
        )

    return _moved(request, no, speak)


@posted_from("ticket")
@refusals_as_pages
def appeal(request: HttpRequest, no: str) -> HttpResponse:
    found, name = _own_ticket(request, no)
    text = _typed(request)
    return _moved(
        request, no, lambda: conversation.appeal(ticket=found, text=text, name=name, now=clock.now())
    )


def _own_ticket(request: HttpRequest, no: str) -> tuple[Any, str]:
    """The ticket and the name it is acted on under; absent for whoever only looks on."""

    def look_up(reader: Any) -> Any:
        if not guests.is_buyer_side(reader):
            raise queries.TicketAbsent()
        return queries.find_ticket(reader=reader, no=no)

    found, reader = guests.find(request, look_up, now=clock.now())
    return found, _name(reader)


def _moved(request: HttpRequest, no: str, step: Any) -> HttpResponse:
    """Back to the ticket either way: moved, or told why not with what was typed kept."""
    try:
        step()
    except Invalid as refusal:
        context = {
            "page": _ticket_page(request, no),
            "form_error": _first(refusal),
            "typed": _typed(request),
        }
        return render(request, "tickets/buyer/ticket.html", context, status=422)
    except StateMoved as refusal:
        notes.error(request, refusal.detail)
    return redirect("ticket", no)


def _typed(request: HttpRequest) -> str:
    """A line break counts once, as the browser's own limit counts it; it is sent as two characters."""
    return request.POST.get("text", "").replace("\r\n", "\n")


def _first(refusal: Invalid) -> str:
    return refusal.errors[0]["detail"] if refusal.errors else refusal.detail


def _name(reader: Any) -> str:
    return reader.get_username()
