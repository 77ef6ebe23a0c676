"""What a person does with a held intent: ask its provider now, or close it as done or as given up."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from common.refusals import Absent, StateMoved
from integrations.models import Intent
from integrations.rules import standing
from integrations.rules.answers import Answer, Heard, Meaning
from integrations.rules.lifecycle import Action, State
from integrations.services import moments, moving, settling
from integrations.vendors import registry


class Word(StrEnum):
    """What its provider says of it now."""

    NOTHING = "nothing"  # never asked of anybody, definitely not there, or refused
    ENDED = "ended"  # done there, in whole or in part, but not as we asked
    RUNNING = "running"  # it may still be done
    SILENT = "silent"  # nobody knows
    MOVED = "moved"  # it said enough: the answer has moved the intent like any other


@dataclass(frozen=True)
class Told:
    """The word, the intent as it stands after it, and how much of it is known to be done there."""

    word: Word
    intent: Intent
    known: int = 0


def ask(*, key: UUID, now: datetime) -> Told:
    """Ask the provider of a held intent, outside of any transaction; its answer settles as ever."""
    intent = _held(key)
    provider = registry.provider(intent.provider)
    if provider is None:
        unasked = intent.first_sent_at is None and not intent.reference
        return Told(Word.NOTHING if unasked else Word.SILENT, intent)
    clock = moments.running_from(now)
    answer = provider.ask(key=key)
    if answer.report is None and intent.standing().disputed:
        after: Intent | None = intent  # only a report can say more of what is disputed
    else:
        after = settling.settle(
            key=key, answer=answer, now=clock(),
            # "Not there" is old news as soon as anything else was heard.
            version=intent.version if answer.heard == Heard.ABSENT else None,
        )  # fmt: skip
    if after is None:
        raise StateMoved()
    return _told(after, answer, clock())


def _held(key: UUID) -> Intent:
    intent = Intent.objects.filter(key=key).first()
    if intent is None:
        raise Absent()
    if intent.state != State.HELD:
        raise StateMoved()
    return intent


def _told(intent: Intent, answer: Answer, now: datetime) -> Told:
    if intent.state != State.HELD:
        return Told(Word.MOVED, intent)
    report = answer.report
    if report is not None:
        if report.meaning == Meaning.RUNNING:
            return Told(Word.RUNNING, intent)
        if report.meaning == Meaning.REFUSED:
            return Told(Word.NOTHING, intent)
        whole = intent.amount_fen or intent.quantity or 0
        part = report.meaning == Meaning.PARTIAL and report.delivered is not None
        return Told(Word.ENDED, intent, known=report.delivered or 0 if part else whole)
    believed = answer.heard == Heard.ABSENT and standing.old_enough(
        standing=intent.standing(), abilities=registry.abilities(intent.provider), now=now
    )
    return Told(Word.NOTHING if believed else Word.SILENT, intent)


def close(*, told: Told, done: bool, now: datetime) -> None:
    """Close it as its person says, only if nothing was heard since `told`; inside the caller's transaction.

    Given up with a part delivered, it is settled with that part.
    """
    intent = told.intent
    delivered = intent.delivered if not done else (intent.quantity or 0)
    moving.move(
        intent, action=Action.DONE_BY_HAND if done or intent.delivered else Action.GIVE_UP, now=now,
        delivered=delivered, heard_at=now, held_reason="", closed_knowing=max(told.known, intent.delivered),
    )  # fmt: skip


def connected(*, key: UUID) -> bool:
    """Whether the provider of that intent can be reached at all."""
    return registry.provider(_held(key).provider) is not None
