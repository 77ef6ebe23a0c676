"""What a person does with a held intent: ask its provider now, or close it as done or as given up."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from common.refusals import Absent, StateMoved
from integrations.models import Intent
from integrations.rules import disputes, standing
from integrations.rules.answers import Answer, Heard, Meaning, Report
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


def ask(*, key: UUID, now: datetime, closing: bool = False) -> Told:
    """Ask the provider of a held intent, outside of any transaction; its answer settles as ever.

    With `closing`, an answer that leaves something undone moves nothing: its person is about to say how it ends, and
    what didn't come must not be ordered again meanwhile.
    """
    intent = _held(key)
    provider = registry.provider(intent.provider)
    if provider is None:
        unasked = intent.first_sent_at is None and not intent.reference
        return Told(Word.NOTHING if unasked else Word.SILENT, intent)
    clock = moments.running_from(now)
    answer = provider.ask(key=key, body=intent.body.encode())
    if answer.report is None and (closing or intent.standing().disputed):
        return _told(intent, answer, clock())  # only a report can say more of what is disputed
    if closing and (undone := _undone(intent, answer.report)) is not None:
        return Told(Word.NOTHING, intent, known=undone)
    after = settling.settle(
        key=key, answer=answer, now=clock(),
        # "Not there" is old news as soon as anything else was heard.
        version=intent.version if answer.heard == Heard.ABSENT else None,
    )  # fmt: skip
    if after is None:
        raise StateMoved()
    return _told(after, answer, clock())


def _undone(intent: Intent, report: Report | None) -> int | None:
    """How much came, where the report is an end with less than all of it; None: it is something else."""
    standing = intent.standing()
    if report is None or standing.disputed or disputes.difference(standing=standing, report=report):
        return None
    if report.meaning == Meaning.REFUSED:
        return 0
    return report.delivered if report.meaning == Meaning.PARTIAL else None


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
    intent, known = told.intent, max(told.known, told.intent.delivered)
    came = 0 if intent.quantity is None else intent.quantity if done else known
    moving.move(
        intent, action=Action.DONE_BY_HAND if done or came else Action.GIVE_UP, now=now, delivered=came,
        heard_at=now, held_reason="", closed_knowing=known,
    )  # fmt: skip


def connected(*, key: UUID) -> bool:
    """Whether the provider of that intent can be reached at all."""
    return registry.provider(_held(key).provider) is not None
