"""Where anybody finds the newest head of the record, and how to check against it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from common import figures
from common.clock import shanghai
from evidence.queries import newest_head


@never_cache
@require_safe
def record(request: HttpRequest) -> HttpResponse:
    head = newest_head()
    page = None
    if head is not None:
        page = {
            "size": f"{head.size:,}", "root": _in_groups(head.root), "key": _in_groups(head.key),
            "sealed_at": f"{figures.full_moment(head.sealed_at)}:{shanghai(head.sealed_at):%S}",
        }  # fmt: skip
    return render(request, "evidence/public/record.html", {"head": page, "here": "record"})


def _in_groups(text: str) -> list[str]:
    """A hash as people compare it: eight characters at a time."""
    return [text[at : at + 8] for at in range(0, len(text), 8)]
