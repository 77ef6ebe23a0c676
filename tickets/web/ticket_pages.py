"""The ticket's page and what a buyer does there: confirm, withdraw, say more, hand in proof, ask for haste, rate."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages as notes
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from common import clock, language, uploads
from common.language import spoken
from common.pages import posted_from, refusals_as_pages
from common.refusals import Refusal, StateMoved
from tickets import queries
from tickets.services import attachments, conversation, keeping, nudging, rating
from tickets.web import guests, read_ticket, ticket_words
from tickets.web.present_ticket import TicketPage, present_ticket
from tickets.web.said import files_of, first_of, name_of, typed


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
    text = typed(request)

    def speak() -> object:
        return conversation.say(
            ticket=found, text=text, actor="buyer", name=name, internal=False, now=clock.now()
        )

    return _moved(request, no, speak)


@posted_from("ticket")
@refusals_as_pages
def appeal(request: HttpRequest, no: str) -> HttpResponse:
    found, name = _own_ticket(request, no)
    text = typed(request)
    return _moved(
        request, no, lambda: conversation.appeal(ticket=found, text=text, name=name, now=clock.now())
    )


@posted_from("ticket")
@refusals_as_pages
def nudge(request: HttpRequest, no: str) -> HttpResponse:
    """What it did is said in words; pressed again too soon, when it may be pressed again."""
    found, name = _own_ticket(request, no)
    now = clock.now()
    try:
        nudging.nudge(ticket=found, name=name, now=now)
    except (nudging.NudgedBefore, StateMoved) as refusal:
        notes.error(request, spoken(refusal.detail))
    else:
        notes.success(request, ticket_words.nudged(_sheet(request, no)))
    return redirect("ticket", no)


def _sheet(request: HttpRequest, no: str) -> Any:
    now = clock.now()
    sheet, _ = guests.find(
        request, lambda reader: read_ticket.read(reader=reader, no=no, acts=True, now=now), now=now
    )
    return sheet


@posted_from("ticket")
@refusals_as_pages
def attach(request: HttpRequest, no: str) -> HttpResponse:
    """Several files at once; all are kept or none, and the words beside them stay where one is refused."""
    found, name = _own_ticket(request, no)
    many, text = len(request.FILES.getlist("file")), typed(request)

    def hand_in() -> object:
        proof = attachments.check(ticket=found, files=files_of(request))
        return attachments.attach(ticket=found, files=proof, text=text, name=name, now=clock.now())

    thanks = language.say("收到了 {n} 个文件，专人看得到。", n=many)
    return _moved(request, no, hand_in, form="attach", thanks=thanks)


@never_cache
@require_safe
@refusals_as_pages
def attachment(request: HttpRequest, no: str, token: str) -> HttpResponse:
    """A file for the buyer's side and ops; never shown as a page of ours."""

    def look_up(reader: Any) -> Any:
        return queries.find_attachment(reader=reader, no=no, token=token)

    found, _ = guests.find(request, look_up, now=clock.now())
    return uploads.as_download(name=found.name, content=keeping.copy_of(found.token))


@posted_from("ticket")
@refusals_as_pages
def rate(request: HttpRequest, no: str) -> HttpResponse:
    found, name = _own_ticket(request, no)
    stars, text = request.POST.get("stars", ""), typed(request)

    def say_so() -> object:
        chosen = int(stars) if stars in ("1", "2", "3", "4", "5") else None
        return rating.rate(ticket=found, stars=chosen, text=text, name=name, now=clock.now())

    return _moved(request, no, say_so, form="rate", thanks=language.say("谢谢您的评价。"))


def _own_ticket(request: HttpRequest, no: str) -> tuple[Any, str]:
    """The ticket and the name it is acted on under; absent for whoever only looks on."""

    def look_up(reader: Any) -> Any:
        if not guests.is_buyer_side(reader):
            raise queries.TicketAbsent()
        return queries.find_ticket(reader=reader, no=no)

    found, reader = guests.find(request, look_up, now=clock.now())
    return found, name_of(reader)


def _moved(
    request: HttpRequest, no: str, step: Callable[[], object], *, form: str = "say", thanks: str = ""
) -> HttpResponse:
    """Back to the ticket either way: moved, or told why not beside that form, with what was typed kept."""
    try:
        step()
    except StateMoved as refusal:
        notes.error(request, spoken(refusal.detail))
    except Refusal as refusal:
        failed = {"form": form, "error": first_of(refusal), "typed": typed(request)}
        failed["stars"] = request.POST.get("stars", "")
        context = {"page": _ticket_page(request, no), "failed": failed}
        return render(request, "tickets/buyer/ticket.html", context, status=refusal.status)
    else:
        if thanks:
            notes.success(request, thanks)
    return redirect("ticket", no)
