"""The one settle: a send, a question, a call-back and the reconciliation all end here."""

import random
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import OperationalError, transaction

from common.refusals import StateMoved
from common.transitions import deadlocked
from integrations import signals
from integrations.models import Intent
from integrations.rules import judging
from integrations.rules.answers import Answer
from integrations.rules.judging import Change
from integrations.rules.lifecycle import Held
from integrations.services import moving
from integrations.vendors import registry


def settle(
    *, key: UUID, answer: Answer, now: datetime, token: UUID | None = None, version: int | None = None,
    **extra: Any,
) -> Intent | None:  # fmt: skip
    """Apply the answer in one transaction with whatever listens.

    With `token`, only while the asking worker still holds the row; with `version`, only if nothing was heard
    meanwhile. None where that is over: the answer is dropped, the row is asked about again.
    """
    if answer.report is not None:
        # Never later than now: a provider's clock may run ahead.
        extra["heard_at"] = min(answer.report.at or now, now)
    for _ in range(moving.TRIES):
        try:
            with transaction.atomic():
                intent = Intent.objects.get(key=key)
                if token is not None and intent.token != token:
                    return None
                if version is not None and intent.version != version:
                    return None
                change = judging.judge(
                    standing=intent.standing(), answer=answer, now=now, luck=random.random(),
                    abilities=registry.abilities(intent.provider),
                )  # fmt: skip
                apply(intent, change=change, now=now, **extra)
                return intent
        except StateMoved:  # somebody else heard something this instant: judge again
            continue
        except OperationalError as error:  # a claim on the line was in the way, and this one had to give way
            if not deadlocked(error):
                raise
    raise StateMoved()


def hold(*, intent: Intent, reason: Held, now: datetime) -> None:
    """Stop and tell a person."""
    with transaction.atomic():
        change = judging.hold(standing=intent.standing(), reason=reason, now=now, luck=random.random())
        apply(intent, change=change, now=now)


def apply(intent: Intent, *, change: Change, now: datetime, **extra: Any) -> None:
    """Write the change by compare-and-set and announce it; inside the caller's transaction."""
    fields = change.fields | ({} if intent.standing().final else extra)
    if change.action is not None:
        moving.move(intent, action=change.action, now=now, **fields)
    elif fields:
        moving.touch(intent, **fields)
    if change.dispute is not None:
        report_mismatch(
            intent=intent, kind=change.dispute.kind, provider=intent.provider, key=str(intent.key),
            detail=change.dispute.detail,
        )  # fmt: skip


def report_mismatch(*, intent: Intent | None, kind: str, provider: str, key: str, detail: str) -> None:
    """Tell the rooms above what can't be explained, once per kind and reference as they like."""
    moving.log.warning("与对方对不上：%s %s %s，%s", provider, key, kind, detail)
    signals.mismatch.send(
        sender=Intent, intent=intent, kind=kind, reference=reference_of(provider=provider, key=key),
        detail=detail,
    )  # fmt: skip


def reference_of(*, provider: str, key: str) -> str:
    """By what name a mismatch is told."""
    return f"{provider}:{key}"
