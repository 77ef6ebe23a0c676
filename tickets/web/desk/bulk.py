"""Many tickets at once: each its own step and its own transaction, and a summary that says which failed and why."""

from collections.abc import Callable, Iterator
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts import queries as people
from common import clock, digits
from common.language import say, spoken
from common.phrases import mark, phrase
from common.refusals import Invalid, Refusal
from tickets.models import QuickReply, Ticket
from tickets.services import conversation, desk
from tickets.web.desk import read_case
from tickets.web.desk.frame import back_to, for_ops
from tickets.web.desk.quick import filled

MOST = 200
TOLD = 10  # failures told by name; the rest are told as a number
Step = Callable[[Ticket, int], Any]


class TwoNeeded(Refusal):
    code = "two_needed"
    title = mark("要两个人批准")
    detail = mark("要两个人批准的，请打开这一张再批。")


@for_ops
@require_POST
def bulk(request: HttpRequest) -> HttpResponse:
    back = redirect(back_to(request, reverse("desk-queue")))
    try:
        chosen = dict(_chosen(request))
        if not chosen:
            raise Invalid(phrase("请先勾上要办的单。"))
        step, done = STEPS.get(request.POST.get("do", ""), _unknown)(request)
    except Invalid as refusal:
        messages.warning(request, spoken(refusal.detail))
        return back
    failed: list[tuple[str, str]] = []
    found = _tickets(request, chosen)
    for ticket in found:
        try:
            step(ticket, chosen[ticket.pk])
        except Refusal as refusal:
            failed.append((ticket.no, _why(refusal)))
    _tell(request, done, len(found) - len(failed), failed)
    return back


def _chosen(request: HttpRequest) -> Iterator[tuple[int, int]]:
    """(id, version as it was read) of what was ticked. Refuses: Invalid, where that is nothing a page of ours ticks."""
    for text in request.POST.getlist("chosen")[:MOST]:
        pk, version = (digits.whole(part) for part in text.partition(".")[::2])
        if pk is None or version is None:
            raise Invalid(phrase("勾选的单读不懂，请刷新后再勾。"))
        yield pk, version


def _tickets(request: HttpRequest, chosen: dict[int, int]) -> list[Ticket]:
    rows = Ticket.objects.visible_to(request.user).filter(pk__in=chosen)
    return list(rows.select_related("order__product", "order__rollup", "decision__policy").order_by("pk"))


def _why(refusal: Refusal) -> str:
    return spoken(refusal.errors[0]["detail"] if refusal.errors else refusal.detail)


def _tell(request: HttpRequest, done: str, count: int, failed: list[tuple[str, str]]) -> None:
    if count:
        messages.success(request, say("{done} {n} 张。", done=spoken(done), n=count))
    for no, why in failed[:TOLD]:
        messages.error(request, say("{no} 没有办成：{why}", no=no, why=why))
    if len(failed) > TOLD:
        messages.error(request, say("另有 {n} 张没有办成。", n=len(failed) - TOLD))


def _assign(to: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], tuple[Step, str]]:
    def prepared(request: HttpRequest) -> tuple[Step, str]:
        person, me = to(request), _me(request)

        def step(ticket: Ticket, version: int) -> None:
            desk.assign(ticket=ticket, to=person, by=me, version=version, now=clock.now())

        return step, mark("交出去")

    return prepared


def _me(request: HttpRequest) -> Any:
    return request.user


def _colleague(request: HttpRequest) -> Any:
    to = request.POST.get("to", "")
    found = next((each for each in people.ops() if str(each.pk) == to), None)
    if found is None:
        raise Invalid(phrase("请选一位同事。"))
    return found


def _approve(request: HttpRequest) -> tuple[Step, str]:
    reason = request.POST.get("reason", "").strip()
    if not reason:
        raise Invalid(phrase("请写批准的理由，买家看得到。"))

    me = _me(request)

    def step(ticket: Ticket, version: int) -> None:
        if read_case.rulings(ticket).needed > 1:
            raise TwoNeeded()
        desk.approve(ticket=ticket, by=me, reason=reason, version=version, now=clock.now())

    return step, mark("批准")


def _reply(request: HttpRequest) -> tuple[Step, str]:
    quick = request.POST.get("quick", "")
    number = digits.whole(quick)
    chosen = None if number is None else QuickReply.objects.filter(pk=number).first()
    if chosen is None:
        raise Invalid(phrase("请选一句快捷回复。"))

    def step(ticket: Ticket, version: int) -> None:
        conversation.say(
            ticket=ticket, text=filled(chosen.text, ticket), actor="ops", name=request.user.get_username(),
            internal=False, now=clock.now(),
        )  # fmt: skip

    return step, mark("发给买家")


def _unknown(request: HttpRequest) -> tuple[Step, str]:
    raise Invalid(phrase("请选要做的事。"))


STEPS: dict[str, Callable[[HttpRequest], tuple[Step, str]]] = {
    "mine": _assign(_me),
    "assign": _assign(_colleague),
    "approve": _approve,
    "reply": _reply,
}
