"""A refund that failed: paid again under a key of its own, handed to a person, or left."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from common.phrases import phrase
from common.transitions import again_on_deadlock
from compensation.models import Remedy
from compensation.rules import held
from compensation.services import binding, by_hand, hand_words, remedies
from compensation.services.by_hand import NotOffered, Outcome, StillBound
from compensation.services.hand_words import Word, said
from compensation.signals import remedy_moved


def pay_again(*, remedy: Remedy, by: str, reason: str, now: datetime) -> Outcome:
    """A fresh refund under the next ordinal, within the budget, sent at once."""
    word = said(action=held.PAY_AGAIN, by=by, reason=reason)
    return again_on_deadlock(lambda: _pay_once(remedy, word, now))


def pay_by_hand(*, remedy: Remedy, by: str, reason: str, now: datetime) -> Outcome:
    """A fresh refund that waits for whoever pays it outside of here."""
    word = said(action=held.PAY_BY_HAND, by=by, reason=reason)
    return again_on_deadlock(lambda: _pay_once(remedy, word, now))


def leave(*, remedy: Remedy, by: str, reason: str, now: datetime) -> Outcome:
    """It stays unpaid; the case goes on without it."""
    word = said(action=held.LEAVE, by=by, reason=reason)
    return again_on_deadlock(lambda: _leave_once(remedy, word, now))


@transaction.atomic
def _pay_once(remedy: Remedy, word: Word, now: datetime) -> Outcome:
    failed = _locked(remedy, word, now)
    if binding.stops(remedy=failed):
        raise StillBound()
    remedies.reserve(record=failed.decision, amount_fen=failed.amount_fen or 0, units=failed.units_back)
    fresh = remedies.add(
        record=failed.decision, kind="refund", amount_fen=failed.amount_fen, units_back=failed.units_back,
        follows=failed, override=failed.override, state="pending", now=now,
    )  # fmt: skip
    if word.action == held.PAY_BY_HAND:
        remedies.hold(remedy=fresh, reason="refund_again", now=now)
        return Outcome(True, phrase("已另记一笔，等人在系统外退好。"))
    remedies.send(remedy=fresh, now=now)
    remedy_moved.send(sender=Remedy, remedy=fresh)
    return Outcome(True, phrase("已另记一笔同样金额的退款，几秒内发出。"))


@transaction.atomic
def _leave_once(remedy: Remedy, word: Word, now: datetime) -> Outcome:
    _locked(remedy, word, now)
    return Outcome(True, phrase("已记为不再退。"))


def _locked(remedy: Remedy, word: Word, now: datetime) -> Remedy:
    """The failed refund under its line's lock, once: its break is closed with what was decided."""
    failed = by_hand.locked(remedy, word.action)
    over = Remedy.objects.filter(follows=failed).exists() or failed.words.filter(action=held.LEAVE).exists()
    if over or by_hand.replaced(remedy=failed):
        raise NotOffered()
    hand_words.keep(remedy=failed, word=word, about="failed", carried_out=True, now=now)
    by_hand.close_breaks(failed, word, now)
    return failed
