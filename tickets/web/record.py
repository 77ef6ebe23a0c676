"""The buyer takes the ticket's evidence home as a file."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from common import clock
from common.pages import refusals_as_pages
from tickets import queries
from tickets.web import guests


@never_cache
@require_safe
@refusals_as_pages
def download(request: HttpRequest, no: str) -> HttpResponse:
    def gather(reader: Any) -> dict[str, Any]:
        found = queries.find_ticket(reader=reader, no=no)
        return queries.bundle_of(ticket=found, reader=reader)

    bundle, _ = guests.find(request, gather, now=clock.now())
    response = JsonResponse(bundle, json_dumps_params={"ensure_ascii": False, "indent": 1})
    response["Content-Disposition"] = f'attachment; filename="evidence-{bundle["ticket_no"]}.json"'
    return response
