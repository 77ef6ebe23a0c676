"""The one door of an intent's state: compare-and-set by version, then the news, in one transaction."""

import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F

from common import transitions
from integrations import signals
from integrations.models import Intent
from integrations.rules import lifecycle
from integrations.rules.bodies import MESSAGES
from integrations.rules.lifecycle import Action, State

log = logging.getLogger(__name__)
TRIES = 5  # reads again after losing a race; each loss means that somebody else got further


def move(intent: Intent, *, action: Action, now: datetime, **changes: Any) -> None:
    """Take the action on the row as it was read; StateMoved if somebody else was first."""
    to = lifecycle.after(intent.state, action)
    if to in lifecycle.FINAL:
        changes |= {"finished_at": now, "next_at": None}
    transitions.move(intent, to=to.value, **changes)
    if to == State.HELD:
        if (
            intent.provider == MESSAGES
        ):  # it goes on by itself, and is in the inbox: no reason to wake anybody
            log.warning("消息停下等对方恢复：%s，原因 %s", intent.key, intent.held_reason)
        else:
            log.error("对外往来停下等人：%s %s，原因 %s", intent.kind, intent.key, intent.held_reason)
    signals.intent_moved.send(sender=Intent, intent=intent)


def move_many(
    rows: Sequence[Intent], *, action: Action, now: datetime, held_by: UUID | None = None, **changes: Any
) -> int:
    """The same action on many messages of one state, in one statement; how many had not moved meanwhile.

    With `held_by`, only while that worker holds them. Nothing is booked on a message, so nobody is told.
    """
    if not rows:
        return 0
    to = lifecycle.after(rows[0].state, action)
    if to in lifecycle.FINAL:
        changes |= {"finished_at": now, "next_at": None}
    here = Intent.objects.filter(pk__in=[row.pk for row in rows], provider=MESSAGES, state=rows[0].state)
    held = here if held_by is None else here.filter(token=held_by)
    return held.update(state=to.value, version=F("version") + 1, **changes)


def touch(intent: Intent, **changes: Any) -> None:
    """Write beside the state, under the same compare-and-set; announced only where more was delivered."""
    before = intent.delivered
    transitions.move(intent, to=intent.state, **changes)
    if intent.delivered > before:
        signals.intent_moved.send(sender=Intent, intent=intent)
