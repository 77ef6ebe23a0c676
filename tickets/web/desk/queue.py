"""The queue: what waits for us, the most pressing first; found by order number, taken many at a time."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from accounts import queries as people
from common import clock
from tickets.models import QuickReply, Ticket
from tickets.web.desk import present_queue as words
from tickets.web.desk import read_queue
from tickets.web.desk.frame import for_ops, page
from tickets.web.desk.tab_counts import counts


@for_ops
@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    now = clock.now()
    want = read_queue.wanted(query=request.GET, now=now)
    found, beyond = read_queue.page_of(reader=request.user, want=want)
    if _is_the_one(found, want.search):
        return redirect("desk-ticket", found[0].pk)
    rows = [words.row(ticket, reader=request.user, now=now) for ticket in found]
    about = {
        "title": gettext("队列"),
        "want": want,
        "rows": rows,
        "may_approve": any(row.approvable for row in rows),
        "tabs": words.tabs(want, counts(reader=request.user, now=now)),
        "here": words.address(want, after=request.GET.get("after", "") if want.after else ""),
        "first": words.address(want) if want.after else "",
        "next": words.address(want, after=beyond),
        "more": bool(beyond),
        "export": words.address(want),
        "empty": words.empty(want),
        "colleagues": people.ops(),
        "quick": QuickReply.objects.all(),
    }
    return page(request, "queue.html", about)


def _is_the_one(found: list[Ticket], search: str) -> bool:
    """A whole number, and one ticket only: straight to it."""
    return len(found) == 1 and search in (found[0].no, found[0].no.lower(), found[0].order.order_no)
