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


def files_of(request: HttpRequest) -> list[Given]:
    """What was chosen in the form. Refuses: FileTooLarge."""
    return [Given(*file) for file in uploads.chosen(request)]


def first_of(refusal: Refusal) -> str:
    """The sentence that stands beside the form."""
    return spoken(refusal.errors[0]["detail"] if refusal.errors else refusal.detail)


def name_of(reader: Any) -> str:
    name: str = reader.get_username()
    return name
