"""Take a call-back whose signature was already checked: its id once, its effect in the same transaction."""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from common.phrases import mark, phrase
from common.refusals import Malformed, Refusal
from integrations.models import InboundEvent, Intent
from integrations.rules import answers, bodies
from integrations.rules.answers import Report
from integrations.services import settling
from integrations.vendors import registry


class Taken(StrEnum):
    APPLIED = "applied"
    REPEATED = "repeated"
    UNKNOWN_KEY = "unknown_key"


class EventReused(Refusal):
    """The same event id with other bytes: one of the two was not made by the provider."""

    status = 401
    code = "event_reused"
    title = mark("这个事件号已经用过")
    detail = mark("同一个事件号来过内容不同的回调，这一份没有采用。")


def take_callback(*, channel: str, body: bytes, now: datetime) -> Taken:
    """Remember the event and settle by it, both or neither. Answer 2xx only after this has returned."""
    event_id, key, report = _read(channel, body)
    digest = hashlib.sha256(body).hexdigest()
    with transaction.atomic():
        if not _remember(channel, event_id, digest=digest, key=key, now=now):
            return Taken.REPEATED
        intent = _intent(channel, key)
        if intent is None:
            settling.report_mismatch(
                intent=None, kind="unknown_key", provider=channel, key=key,
                detail=f"对方回调说 {report.meaning}，单号 {report.reference}",
            )  # fmt: skip
            return Taken.UNKNOWN_KEY
        settling.settle(key=intent.key, answer=answers.told(report), now=now)
        return Taken.APPLIED


def _read(channel: str, body: bytes) -> tuple[str, str, Report]:
    try:
        raw: Mapping[str, Any] = bodies.read_object(body)
        event_id = bodies.text_of(raw, "event_id")
        key = bodies.text_of(raw, "key")
        report = registry.speaks(channel).report_of({**raw, "key": None})
        return event_id, key, replace(report, at=bodies.instant_of(raw, "occurred_at"))
    except bodies.Unreadable as error:
        raise Malformed(phrase("回调的内容读不懂：{why}", why=str(error))) from None


def _remember(channel: str, event_id: str, *, digest: str, key: str, now: datetime) -> bool:
    """True for a new event, False for one known with these very bytes."""
    try:
        with transaction.atomic():
            InboundEvent.objects.create(
                channel=channel, event_id=event_id, digest=digest, key=key, received_at=now
            )
        return True
    except IntegrityError:
        known = InboundEvent.objects.get(channel=channel, event_id=event_id)
    if known.digest != digest:
        raise EventReused()
    return False


def _intent(channel: str, key: str) -> Intent | None:
    """The intent of that key, if it is this provider's: one provider can't speak for another."""
    try:
        uuid = UUID(key)
    except ValueError:
        return None
    return Intent.objects.filter(key=uuid, provider=channel).first() if str(uuid) == key else None
