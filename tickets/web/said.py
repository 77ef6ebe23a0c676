"""What a buyer's form said, under whose name, and what it is told."""

from typing import Any

from django.http import HttpRequest

from common import uploads
from common.language import spoken
from common.refusals import Refusal
from tickets.services.attachments import Given


def typed(request: HttpRequest, name: str = "text") -> str:
    """A line break counts once, as the browser's own limit counts it; it is sent as two characters."""
    return request.POST.get(name, "").replace("\r\n", "\n")


def too_much(request: HttpRequest) -> bool:
    """Whether the body was so large that nothing of it was read."""
    return bool(getattr(request, "too_much", False))


def files_of(request: HttpRequest) -> list[Given]:
    """What was chosen in the form; no more of a file than it takes to see that it is too large."""
    if too_much(request):
        raise uploads.FileTooLarge()
    files = request.FILES.getlist("file")
    return [Given(file.name or "", file.read(uploads.MOST_BYTES + 1)) for file in files]


def first_of(refusal: Refusal) -> str:
    """The sentence that stands beside the form."""
    return spoken(refusal.errors[0]["detail"] if refusal.errors else refusal.detail)


def name_of(reader: Any) -> str:
    name: str = reader.get_username()
    return name
