"""What a decision gave and never went out is taken back, so that another one starts from what the buyer really has."""

from __future__ import annotations

from datetime import datetime

from compensation.models import DecisionRecord, LineBudget, Remedy
from compensation.rules import held
from compensation.rules.fate import ENDED
from compensation.services import by_hand, hand_words, remedies
from integrations import queries as integrations

NOTHING = {"state__in": ("voided", "failed"), "delivered": 0}


def unsent(*, record: DecisionRecord) -> list[Remedy]:
    """Its remedies of which nothing has left the house: waiting for a person, or for their first try."""
    open_ones = list(record.remedies.exclude(state__in=ENDED).select_related("order").order_by("id"))
    waiting = integrations.never_sent(keys=[remedy.key for remedy in open_ones])
    return [
        remedy
        for remedy in open_ones
        if remedy.key in waiting
        or remedy.state == "awaiting_approval"
        or (remedy.state == "held" and remedy.held_reason in remedies.WITHOUT_INTENT)
    ]


def on_its_way(*, record: DecisionRecord) -> bool:
    """Whether something has gone out and is not known to have ended."""
    count = record.remedies.exclude(state__in=ENDED).count()
    return count > len(unsent(record=record))


def gave_something(*, record: DecisionRecord) -> bool:
    """Whether anything of it has gone out and did not come to nothing."""
    return record.remedies.exclude(**NOTHING).count() > len(unsent(record=record))


def take_back(*, record: DecisionRecord, by: str, reason: str, now: datetime) -> None:
    """Void what never went out; a line that it closed is open again where nothing of it was given. Needs the lock."""
    for remedy in unsent(record=record):
        remedies.call_back(remedy=remedy, now=now)
    _leave_what_failed(record, by, reason, now)
    if not record.remedies.exclude(**NOTHING).exists():
        LineBudget.objects.filter(order_id=record.order_id, closed_by=record).update(closed_by=None)


def _leave_what_failed(record: DecisionRecord, by: str, reason: str, now: datetime) -> None:
    """What is ruled now stands in its place: paid again beside it, the same would be given twice."""
    failed = record.remedies.filter(kind="refund", state="failed", followed_by=None)
    for remedy in failed.exclude(words__action=held.LEAVE).select_related("order").order_by("id"):
        word = hand_words.said(action=held.LEAVE, by=by, reason=reason)
        hand_words.keep(remedy=remedy, word=word, about="failed", carried_out=True, now=now)
        by_hand.close_breaks(remedy, word, now)
