"""What the twin takes in and gives out, whichever of its protocols it is."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

KEY = re.compile(r"[A-Za-z0-9._:-]{1,100}")


class Headers(Protocol):
    """Header lookup regardless of case, as the HTTP server's own message offers it."""

    def get(self, name: str) -> str | None: ...


@dataclass(frozen=True)
class Request:
    """What came in; `path` as sent, with its query."""

    method: str
    path: str
    headers: Headers
    body: bytes


@dataclass(frozen=True)
class Answer:
    """Status and JSON, what the request did, for the log, and how the answer is to go wrong on its way.

    `each`: {key: (digest of its part, what was done)} where one request brought many.
    """

    status: int
    data: object
    effect: str = "none"
    fault: str = ""
    each: Mapping[str, tuple[str, str]] = field(default_factory=dict)


class Refused(Exception):
    """The request gets this status and sentence, and changes nothing."""

    def __init__(self, status: int, detail: str, effect: str = "refused") -> None:
        super().__init__(detail)
        self.answer = Answer(status, {"detail": detail}, effect)


def key_in(request: Request) -> str:
    key = request.headers.get("Idempotency-Key") or ""
    if not KEY.fullmatch(key):
        raise Refused(400, "Idempotency-Key missing or malformed")
    return key


def parsed(body: bytes) -> tuple[dict[str, Any], str]:
    """The body, and the one way of writing it that tells two bodies apart."""
    try:
        found = json.loads(body)
        frozen = json.dumps(found, sort_keys=True, allow_nan=False)
    except (ValueError, RecursionError):
        raise Refused(400, "the body is not JSON") from None
    if not isinstance(found, dict):
        raise Refused(400, "the body is not a JSON object")
    return found, frozen
