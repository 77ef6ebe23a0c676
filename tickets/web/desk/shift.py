"""A note for the next shift, written on the admin's first page."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from common import clock
from common.language import say, spoken
from common.refusals import Invalid
from tickets.services import shift
from tickets.web.desk.frame import for_ops


@for_ops
@require_POST
def leave_note(request: HttpRequest) -> HttpResponse:
    try:
        shift.leave_note(text=request.POST.get("text", ""), by=request.user.get_username(), now=clock.now())
        messages.success(request, say("备注留下了。"))
    except Invalid as refusal:
        messages.error(request, spoken(refusal.errors[0]["detail"]))
    return redirect("admin:index")
