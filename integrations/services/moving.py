"""The one door of an intent's state: compare-and-set by version, then the news, in one transaction."""

import logging
from datetime import datetime
from typing import Any

from common import transitions
from integrations import signals
from integrations.models import Intent
from integrations.rules import lifecycle
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
        log.error("对外往来停下等人：%s %s，原因 %s", intent.kind, intent.key, intent.held_reason)
    signals.intent_moved.send(sender=Intent, intent=intent)


def touch(intent: Intent, **changes: Any) -> None:
    """Write beside the state, under the same compare-and-set; announced only where more was delivered."""
    before = intent.delivered
    transitions.move(intent, to=intent.state, **changes)
    if intent.delivered > before:
        signals.intent_moved.send(sender=Intent, intent=intent)
