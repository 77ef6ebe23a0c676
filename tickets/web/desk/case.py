"""One ticket on one screen, and what ops do to it: each button one service call."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from accounts import queries as people
from common import clock
from common.language import say, spoken
from common.refusals import Absent, Refusal
from tickets.models import QuickReply, Ticket
from tickets.web.desk import moves, present_case, read_case
from tickets.web.desk.frame import for_ops, page
from tickets.web.desk.quick import filled
from tickets.web.desk.steps import DONE, STEPS


@for_ops
@require_safe
def case(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, _find(request, pk), moves.Tried())


@for_ops
@require_POST
def act(request: HttpRequest, pk: int, action: str) -> HttpResponse:
    """A move, and back to the page: told what was done, or why not, with what was typed kept."""
    ticket, step = _find(request, pk), STEPS.get(action)
    if step is None:
        raise Http404
    try:
        step(ticket, request)
    except Absent as refusal:
        raise Http404(refusal.detail) from refusal
    except Refusal as refusal:
        tried = moves.Tried(action, request.POST.dict(), _at_fields(refusal))
        return _page(request, _find(request, pk), tried, status=refusal.status)
    messages.success(request, say("{no}：{done}。", no=ticket.no, done=spoken(DONE[action])))
    return redirect("desk-ticket", pk)


def _find(request: HttpRequest, pk: int) -> Ticket:
    try:
        return read_case.find(reader=request.user, pk=pk)
    except Absent as refusal:
        raise Http404(refusal.detail) from refusal


def _page(request: HttpRequest, ticket: Ticket, tried: moves.Tried, *, status: int = 200) -> HttpResponse:
    now = clock.now()
    found = read_case.read(ticket=ticket, reader=request.user)
    about = {
        "title": say("售后单 {no}", no=ticket.no),
        "ticket": ticket,
        "case": present_case.present(case=found, now=now),
        "forms": moves.forms(case=found, reader=request.user, colleagues=people.ops(), tried=tried),
        "quick": [(each.title, filled(each.text, ticket)) for each in QuickReply.objects.all()],
        "tutorials": read_case.tutorials_to_give(ticket),
        "tried": tried,
    }
    return page(request, "case.html", about, status=status)


def _at_fields(refusal: Refusal) -> Refusal:
    """A service names its rows by number; the form has one per kind: what it says of a row is said of the form."""
    for fault in refusal.errors:
        if fault["field"].startswith("remedies"):
            fault["field"] = "reason"
    return refusal
