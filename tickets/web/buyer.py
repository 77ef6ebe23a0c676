"""A buyer's pages before there is a ticket: find the order, see what is owed, claim it with one press."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.contrib import messages as notes
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.services import guest_access
from common import clock
from common.language import say, spoken
from common.pages import posted_from, refusals_as_pages
from common.phrases import mark
from common.refusals import Invalid, Refusal
from common.uploads import FileTooLarge, NotTaken, Unreadable, too_much
from compensation import queries as compensation
from compensation.services.remedies import BudgetSpent
from orders import queries as orders
from tickets import queries
from tickets.permissions import may_claim
from tickets.rules.details import details_of
from tickets.services import attachments, claims, conversation, filing
from tickets.services.attachments import Checked
from tickets.web import card_keys, guests, present_lookup, read_order
from tickets.web.asking import listed_of
from tickets.web.order_sheet import OrderSheet
from tickets.web.present_lookup import LookupPage
from tickets.web.present_order import OrderPage, present_order
from tickets.web.said import files_of, first_of, name_of, typed

if TYPE_CHECKING:
    from orders.models import Order
    from tickets.models import Ticket

OF_FILES = (FileTooLarge, NotTaken, Unreadable, attachments.TooManyFiles)
PARTICULARS = frozenset({"fake_units", "accounts", "claim"})
PROMISED = "metered-standard"
STALE = mark("页面打开太久，情况已经变了，这次没有提交。下面是最新的结果，请照它重新申请。")


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
        "kinds": present_lookup.kinds(orders.kinds_on_sale()),
        "own_orders": read_order.own(reader=request.user, now=clock.now()) if own else (),
        "here": "home",
    }
    return render(request, "tickets/buyer/lookup.html", context, status=status)


@never_cache
@require_safe
@refusals_as_pages
def order(request: HttpRequest, no: str) -> HttpResponse:
    said = request.GET
    page = _order_page(request, no, clock.now(), ask=said.get("ask", ""), asked=said.get("quantity", "")[:20])
    return render(request, "tickets/buyer/order.html", {"page": page})


def _order_page(request: HttpRequest, no: str, now: datetime, *, ask: str = "", asked: str = "") -> OrderPage:
    def read(reader: Any) -> OrderSheet:
        return read_order.read(reader=reader, order_no=no, now=now, asked=asked)

    sheet, _ = guests.find(request, read, order_no=no, now=now)
    return present_order(sheet=sheet, now=now, ask=ask, unit=request.GET.get("unit", ""))


@posted_from("order")
@refusals_as_pages
def claim(request: HttpRequest, no: str) -> HttpResponse:
    """One press files the claim and lands on its ticket; a second press lands on the same one."""
    now = clock.now()
    asked, seen = (request.POST.get(name, "").strip()[:20] for name in ("quantity", "seen"))
    if asked != seen or "preview" in request.POST:  # nothing is filed whose sum was not shown
        return _preview(no, asked)
    found, reader = guests.find(
        request, lambda reader: orders.find_order(reader=reader, order_no=no), order_no=no, now=now
    )
    if not may_claim(reader):
        raise queries.TicketAbsent()
    reason, text = request.POST.get("reason", ""), typed(request).strip()
    said: dict[str, Any] = {"reason": reason, "typed": text, "given": request.POST}
    if "text" in request.POST and not text:
        return _refused_claim(request, no, now, **_blank(found, reason=reason, given=request.POST), **said)
    files: list[Checked] = []
    try:
        files = attachments.decoded(files=files_of(request)) if request.FILES or too_much(request) else []
        ticket = _file(request, found, reader=reader, files=files, now=now)
    except claims.AlreadyOpen as refusal:
        return _joined(request, refusal.extra["ticket_no"], reader=reader, text=text, files=files, now=now)
    except Invalid as refusal:
        if _is_of(refusal, "quantity"):
            return _preview(no, asked)
        if "text" not in request.POST:  # one press, on a page that was left open
            return _refused_claim(request, no, now, error=say(STALE))
        return _refused_claim(request, no, now, **_beside(refusal), **said)
    except OF_FILES as refusal:
        return _refused_claim(request, no, now, file_error=first_of(refusal), status=refusal.status, **said)
    except BudgetSpent as refusal:
        error = say("这一单已有一笔售后在办，这次没有另外提交。")
        return _refused_claim(request, no, now, error=error, status=refusal.status, spent=True)
    except Refusal as refusal:
        return _refused_claim(request, no, now, error=spoken(refusal.detail), status=refusal.status)
    return redirect("ticket", ticket.no)


def _file(request: HttpRequest, order: Order, *, reader: Any, files: list[Checked], now: datetime) -> Ticket:
    """The one service call: the form as its words, numbers and files."""
    given = request.POST
    asked = given.get("quantity", "").strip()[:20]
    return filing.file_claim(
        order=order, reason=given.get("reason") or None, text=typed(request).strip(), files=files, given=given,
        offered=given.getlist("offered") if guests.is_buyer_side(reader) else (),
        listed=listed_of(order), **card_keys.asked_for(given),
        quantity=int(asked) if asked.isdecimal() and asked != given.get("most") else None,
        channel="web", actor=name_of(reader), side="buyer" if guests.is_buyer_side(reader) else "ops", now=now,
    )  # fmt: skip


def _preview(no: str, asked: str) -> HttpResponse:
    """The order's page with the sum of so many units."""
    return redirect(f"{reverse('order', args=[no])}?{urlencode({'quantity': asked[:20]})}#slip")


def _beside(refusal: Invalid) -> dict[str, Any]:
    """Each sentence beside the field that it is about."""
    errors = {fault["field"]: spoken(fault["detail"]) for fault in refusal.errors}
    if "text" in errors:
        return {"form_error": errors["text"]}
    if errors.keys() <= PARTICULARS:
        return {"errors": errors}
    return {"reason_error": first_of(refusal)}


def _joined(
    request: HttpRequest, no: str, *, reader: Any, text: str, files: Sequence[Checked], now: datetime
) -> HttpResponse:
    """To the ticket already open for this; what was typed is added to it, once however often it was pressed."""
    found = queries.find_ticket(reader=reader, no=no)
    said = {event.text for event in queries.events_of(ticket=found, internal=False)}
    if text and text not in said and guests.is_buyer_side(reader):
        conversation.say(
            ticket=found, text=text, actor="buyer", name=name_of(reader), internal=False, now=now
        )
        if files:
            attachments.attach(ticket=found, files=files, name=name_of(reader), now=now)
        notes.info(request, say("这个问题已经有一张售后单在办，您写的加在里面了。"))
    return redirect("ticket", no)


def _blank(order: Order, *, reason: str, given: Any) -> dict[str, Any]:
    """No words, and what else is missing: the buyer mends it all in one go."""
    _, faults = details_of(reason=reason, given=given, ordered=order.quantity, listed=listed_of(order))
    errors = {fault["field"]: spoken(fault["detail"]) for fault in faults}
    return {"form_error": say("请写几句情况，我们才知道怎么帮您。"), "errors": errors}


def _is_of(refusal: Refusal, field: str) -> bool:
    return bool(refusal.errors) and refusal.errors[0].get("field") == field


def _refused_claim(
    request: HttpRequest, no: str, now: datetime, *, status: int = 422, **said: Any
) -> HttpResponse:
    page = _order_page(request, no, now).refused(**said, faulty=card_keys.asked_for(request.POST))
    return render(request, "tickets/buyer/order.html", {"page": page}, status=status)
