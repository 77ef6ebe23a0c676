"""What each button of the ticket's page does: the form's words turned into one service call."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest

from accounts import queries as people
from common import clock
from common.phrases import mark
from tickets.models import Ticket
from tickets.services import contesting, conversation, desk, teaching
from tickets.web.desk import typed

Step = Callable[[Ticket, HttpRequest], Any]


def _by(request: HttpRequest) -> dict[str, Any]:
    return {"by": request.user, "version": typed.version(request.POST), "now": clock.now()}


def _because(request: HttpRequest) -> dict[str, Any]:
    return _by(request) | {"reason": request.POST.get("reason", "")}


def _assign(ticket: Ticket, request: HttpRequest) -> None:
    to = request.POST.get("to", "")
    person = next((each for each in people.ops() if str(each.pk) == to), None)
    desk.assign(ticket=ticket, to=person, **_by(request))


def _request_proof(ticket: Ticket, request: HttpRequest) -> None:
    whom = "developer" if request.POST.get("whom") == "developer" else "buyer"
    desk.request_proof(ticket=ticket, whom=whom, text=request.POST.get("text", ""), **_by(request))


def _override(ticket: Ticket, request: HttpRequest) -> None:
    desk.override(ticket=ticket, remedies=typed.remedies(request.POST), **_because(request))


def _say(ticket: Ticket, request: HttpRequest) -> None:
    """A reply, or a note between colleagues; a quick reply chosen without a script counts as typed.

    A tutorial goes to the buyer, never into a note.
    """
    text, note = request.POST.get("text", ""), request.POST.get("do") == "note"
    text = text if text.strip() else request.POST.get("quick", "")
    by: dict[str, Any] = {
        "ticket": ticket,
        "text": text,
        "name": request.user.get_username(),
        "now": clock.now(),
    }
    if (no := request.POST.get("tutorial", "")) and not note:
        teaching.reply(no=no, **by)
    else:
        conversation.say(actor="ops", internal=note, **by)


STEPS: dict[str, Step] = {
    "approve": lambda ticket, request: desk.approve(ticket=ticket, **_because(request)),
    "override": _override,
    "refuse": lambda ticket, request: desk.refuse(ticket=ticket, **_because(request)),
    "request_proof": _request_proof,
    "establish": lambda ticket, request: desk.establish(
        ticket=ticket, facts=typed.facts(request.POST), **_because(request)
    ),
    "set_responsibility": lambda ticket, request: desk.set_responsibility(
        ticket=ticket, party=request.POST.get("party", ""), **_because(request)
    ),
    "answer_contest": lambda ticket, request: contesting.answer(
        ticket=ticket, party=request.POST.get("party", ""), **_because(request)
    ),
    "assign": _assign,
    "say": _say,
}
DONE = {
    "approve": mark("批准记下了"),
    "override": mark("改判记下了"),
    "refuse": mark("已答复买家，不予补偿"),
    "request_proof": mark("已经去问了"),
    "establish": mark("事实记下了，已照它重新决定"),
    "set_responsibility": mark("责任方记下了"),
    "answer_contest": mark("异议答复了"),
    "assign": mark("经办人换好了"),
    "say": mark("记下了"),
}
