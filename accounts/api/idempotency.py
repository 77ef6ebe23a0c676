"""Views that honour Idempotency-Key on POST."""

import hashlib
from contextlib import ExitStack
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.db import transaction
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.crypto import salted_hmac
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.permissions import principal_of
from accounts.services import idempotency
from common import clock
from common.parsing import TooLarge


class _Replay(Exception):
    """The first answer stands; the handler is not called."""

    def __init__(self, answer: idempotency.Answer) -> None:
        self.answer = answer


class IdempotentMixin:
    """Before APIView or a generic view; `idempotent = False` opts out (quotes, previews, /auth/)."""

    idempotent = True
    _claim: idempotency.Claim | None = None
    _together: ExitStack
    _in_transaction = False

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)  # type: ignore[misc]
        if request.method == "POST":
            self._begin(request)
            self.prepare(request, *args, **kwargs)
            if self._claim:
                # What is done and the answer kept of it are one transaction: killed in between, neither is there.
                self._together.enter_context(transaction.atomic())
                self._in_transaction = True

    def prepare(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """What a POST does before it writes anything, outside of the transaction; for the views that need it."""

    def _begin(self, request: Request) -> None:
        key = request.headers.get("Idempotency-Key")
        principal = principal_of(request.user)
        if key is None or not self.idempotent or not principal:
            return
        outcome = idempotency.begin(
            principal=principal, method="POST", path=_short(request.path), key=key,
            body_hash=_fingerprint(request), now=clock.now(),
        )  # fmt: skip
        if isinstance(outcome, idempotency.Answer):
            raise _Replay(outcome)
        self._claim = outcome

    def handle_exception(self, exc: Exception) -> Any:
        if isinstance(exc, _Replay):
            first = exc.answer
            again = HttpResponse(first.body, status=first.status, content_type=first.content_type)
            again["Idempotency-Replayed"] = "true"
            return again
        return super().handle_exception(exc)  # type: ignore[misc]

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            with ExitStack() as self._together:
                response: HttpResponseBase = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
                if self._claim:
                    # Rendered here and not by Django, so that what is kept is what is sent, to the byte.
                    response = response.render() if isinstance(response, Response) else response
                    self._keep(response)
            if self._claim and response.status_code >= 500:
                idempotency.release(claim=self._claim)
        except idempotency.TakenOver:
            return self._refuse(request, idempotency.InProgress())
        except Exception:
            if self._claim:
                idempotency.release(claim=self._claim)
            raise
        return response

    def _keep(self, response: Any) -> None:
        """Together with what was done; where we failed neither stays, and the next try is carried out."""
        if response.status_code < 500:
            idempotency.finish(claim=self._claim, answer=_answer(response))  # type: ignore[arg-type]
        elif self._in_transaction:
            transaction.set_rollback(True)

    def _refuse(self, request: Any, refusal: Exception) -> HttpResponseBase:
        response = self.finalize_response(self.request, self.handle_exception(refusal))  # type: ignore[attr-defined]
        return response.render()


class IdempotentView(IdempotentMixin, APIView):
    """An APIView that honours Idempotency-Key."""


def _short(path: str) -> str:
    """The path as the table can hold it."""
    if len(path) <= 200 and path.isprintable():
        return path
    return "sha256:" + hashlib.sha256(path.encode("utf-8", "surrogatepass")).hexdigest()


def _answer(response: HttpResponse) -> idempotency.Answer:
    content_type = response.headers.get("Content-Type", "")
    return idempotency.Answer(response.status_code, response.content, content_type)


def _fingerprint(request: Request) -> str:
    """A keyed hash of the body, which may hold secrets; of the parts of a form with files, whose boundary differs."""
    if not (request.content_type or "").startswith("multipart/"):
        try:
            return _keyed(request._request.body)
        except RequestDataTooBig:
            raise TooLarge() from None
    parts = [(name, value) for name, values in request.POST.lists() for value in values]
    for name, files in request.FILES.lists():
        for file in files:
            parts.append((name, f"{file.name}:{hashlib.sha256(b''.join(file.chunks())).hexdigest()}"))
            file.seek(0)
    return _keyed(repr(sorted(parts)).encode())


def _keyed(body: bytes) -> str:
    return salted_hmac("accounts.idempotency", body, algorithm="sha256").hexdigest()
