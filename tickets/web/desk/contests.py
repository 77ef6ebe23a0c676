"""What developers said against bearing a cost and nobody has answered: the most pressing first."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from common import clock, figures
from common.language import say
from compensation import queries as compensation
from tickets import queries
from tickets.web.desk import words
from tickets.web.desk.frame import for_ops, page

MOST = 50


@dataclass(frozen=True)
class Row:
    pk: int
    no: str
    by: str
    gives: str  # what is at stake: what the decision gave the buyer
    text: str
    set_by: str
    until: str
    left: str
    late: bool


@for_ops
@require_safe
def contests(request: HttpRequest) -> HttpResponse:
    now = clock.now()
    found = list(compensation.open_contests().prefetch_related("bearer__decision__remedies")[:MOST])
    ids = dict(
        queries.tickets_of(request.user)
        .filter(no__in=[row.ticket_no for row in found])
        .prefetch_related(None)
        .values_list("no", "pk")
    )
    rows = [
        Row(
            ids[row.ticket_no], row.ticket_no, row.by,
            _at_stake(row.bearer.decision), row.text, row.bearer.by,
            figures.moment(row.answer_by, now=now), words.left(row.answer_by, now=now), row.answer_by < now,
        )
        for row in found
    ]  # fmt: skip
    return page(request, "contests.html", {"title": say("开发者的异议"), "rows": rows})


def _at_stake(record: Any) -> str:
    """What was decided; of a recall, what it gave."""
    return words.all_given(record.body["remedies"] or record.remedies.all())
