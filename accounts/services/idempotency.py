"""The same request sent again gets the first answer again, and is carried out once."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from accounts.models import IdempotencyKey
from common.phrases import mark
from common.refusals import Refusal

KEPT = timedelta(hours=24)
STUCK = timedelta(seconds=20)  # a request takes five at most: whoever carried it out is dead
MAX_KEY = 200
# Not an outcome of the request but a call to come back: the next try must be carried out.
COME_BACK = 429


class BadKey(Refusal):
    code = "idempotency_key_invalid"
    title = mark("Idempotency-Key 不合用")
    detail = mark("Idempotency-Key 要有 1 到 200 个可见字符。")


class KeyReused(Refusal):
    code = "idempotency_key_reused"
    title = mark("这个 Idempotency-Key 已经用过")
    detail = mark("同一个 Idempotency-Key 上次带的内容不同。换了内容就要换一个新的。")


class InProgress(Refusal):
    status = 409
    code = "idempotency_in_progress"
    title = mark("上一次还在处理")
    detail = mark("同一个请求正在处理，请过几秒再用同一个 Idempotency-Key 查看结果。")

    def __init__(self) -> None:
        super().__init__(extra={"retry_after": 2})


class TakenOver(Exception):
    """We took too long, and somebody else carries the request out: what we did must not stay."""


@dataclass(frozen=True)
class Claim:
    """The right to carry a request out, until somebody else takes it over."""

    pk: int
    started: datetime


@dataclass(frozen=True)
class Answer:
    """What was answered the first time."""

    status: int
    body: bytes
    content_type: str


def begin(
    *, principal: str, method: str, path: str, key: str, body_hash: str, now: datetime
) -> Claim | Answer:
    """Carry it out (Claim), or give the first answer again (Answer); refused while the first runs."""
    if not (0 < len(key) <= MAX_KEY and key.isprintable()):
        raise BadKey()
    scope = {"principal": principal, "method": method, "path": path, "key": key}
    try:
        with transaction.atomic():
            row = IdempotencyKey.objects.create(**scope, body_hash=body_hash, created_at=now)
        return Claim(pk=row.pk, started=now)
    except IntegrityError:
        known = IdempotencyKey.objects.filter(**scope).first()
    if known is None:  # the first one failed and let go while we looked
        raise InProgress()
    return _again(known, body_hash=body_hash, now=now)


def finish(*, claim: Claim, answer: Answer) -> None:
    """Keep the answer, in the transaction of what it tells of; TakenOver undoes both.

    A call to come back is not kept: the next try is carried out.
    """
    if answer.status == COME_BACK:
        release(claim=claim)
        return
    kept = _held(claim).update(
        state="done",
        status=answer.status,
        response_body=answer.body,
        response_content_type=answer.content_type,
    )
    if not kept:
        raise TakenOver()


def release(*, claim: Claim) -> None:
    """Forget the key, so that the next try is carried out."""
    _held(claim).delete()


def _held(claim: Claim):  # type: ignore[no-untyped-def]  # a queryset of our own table
    return IdempotencyKey.objects.filter(pk=claim.pk, state="running", created_at=claim.started)


def _again(known: IdempotencyKey, *, body_hash: str, now: datetime) -> Claim | Answer:
    """The key is known: answer, refuse, or take over what has expired or is stuck."""
    age = now - known.created_at
    if age < KEPT:
        if known.body_hash != body_hash:
            raise KeyReused()
        if known.state == "done":
            return Answer(known.status or 200, bytes(known.response_body), known.response_content_type)
        if age < STUCK:
            raise InProgress()
    mine = IdempotencyKey.objects.filter(pk=known.pk, state=known.state, created_at=known.created_at).update(
        state="running", body_hash=body_hash, created_at=now, status=None, response_body=b"",
        response_content_type="",
    )  # fmt: skip
    if mine != 1:
        raise InProgress()
    return Claim(pk=known.pk, started=now)
