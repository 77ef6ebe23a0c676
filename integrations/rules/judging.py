"""What an answer makes of an intent: a pure function, the same for a send, a question and a call-back."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from integrations.rules import disputes, timing
from integrations.rules.answers import Abilities, Answer, Heard, Meaning, Report
from integrations.rules.disputes import Dispute
from integrations.rules.lifecycle import OUTAGES, Action, Held, State
from integrations.rules.standing import Standing, old_enough

SOON = timedelta(seconds=1)


@dataclass(frozen=True, kw_only=True)
class Change:
    """The move to make (None: the state stays), the fields to write, and what can't be explained."""

    action: Action | None = None
    fields: dict[str, Any] = field(default_factory=dict)
    dispute: Dispute | None = None


def judge(*, standing: Standing, answer: Answer, abilities: Abilities, now: datetime, luck: float) -> Change:
    """The change that the answer brings."""
    if answer.report is not None:
        return _reported(standing, answer.report, abilities, now, luck)
    if standing.final:
        return Change()
    if answer.heard == Heard.ABSENT:
        return _absent(standing, abilities, now, luck)
    if answer.heard == Heard.CONFLICT:
        return hold(standing, Held.CONFLICT, now, luck, Dispute("conflict", answer.why))
    if answer.heard == Heard.DECLINED:
        return _declined(standing, answer.why, now, luck)
    return _unheard(standing, answer, now, luck)


def _reported(standing: Standing, report: Report, abilities: Abilities, now: datetime, luck: float) -> Change:
    dispute = disputes.difference(standing=standing, report=report)
    if standing.final:
        return Change(dispute=disputes.contradiction(standing=standing, report=report) or dispute)
    if standing.disputed:
        return Change(dispute=dispute)
    if dispute:
        return hold(standing, Held.MISMATCH, now, luck, dispute)
    fields: dict[str, Any] = {
        "reference": report.reference or standing.reference,
        "faults": 0, "faulty_since": None, "last_error": "", "held_reason": "",
    }  # fmt: skip
    if report.meaning == Meaning.RUNNING:
        wait = timing.ask_held if abilities.unhurried else timing.poll
        return _running(standing, report, fields, now + wait(age=_age(standing, now), luck=luck))
    if report.meaning == Meaning.PARTIAL and report.delivered is None:
        # An end without its figure settles nothing: ask for the figure.
        return _running(standing, report, fields, now + SOON)
    return _ended(standing, report, fields)


def _running(standing: Standing, report: Report, fields: dict[str, Any], next_at: datetime) -> Change:
    fields |= {"delivered": max(standing.delivered, report.delivered or 0), "next_at": next_at}
    return Change(action=None if standing.state == State.PROCESSING else Action.ACCEPT, fields=fields)


def _ended(standing: Standing, report: Report, fields: dict[str, Any]) -> Change:
    if report.meaning == Meaning.DONE:
        fields["delivered"] = standing.quantity or 0
        return Change(action=Action.SETTLE, fields=fields)
    if report.meaning == Meaning.PARTIAL and report.delivered:
        fields["delivered"] = report.delivered
        return Change(action=Action.SETTLE, fields=fields)
    # Nothing came. Where we asked to void it that is the void, else a refusal.
    fields["last_error"] = report.said
    return Change(action=Action.VOID if standing.void_asked else Action.FAIL, fields=fields)


def _absent(standing: Standing, abilities: Abilities, now: datetime, luck: float) -> Change:
    """Definitely not there: only the caller may send again, and only once "not there" is to be believed."""
    if standing.state == State.SENDING:  # its sender will hear for itself
        return Change()
    if not old_enough(standing=standing, abilities=abilities, now=now):
        return _again(standing, now + timing.backoff(faults=max(standing.faults, 3), luck=luck))
    if standing.state in (State.UNKNOWN, State.HELD) and standing.void_asked:
        return Change(action=Action.VOID, fields={"held_reason": ""})
    if standing.state == State.PROCESSING:
        return hold(standing, Held.GONE, now, luck)
    if standing.state == State.UNKNOWN and not abilities.submit_idempotent:
        return hold(standing, Held.NO_SECOND_SEND, now, luck)
    if standing.state == State.HELD and abilities.unhurried and standing.held_reason in OUTAGES:
        fresh = {"next_at": now, "faults": 0, "faulty_since": None, "held_reason": ""}
        return Change(action=Action.RELEASE, fields=fresh)
    if standing.state == State.HELD:
        return _again(standing, now + timing.ask_held(age=_age(standing, now), luck=luck))
    return _again(standing, now + timing.backoff(faults=max(standing.faults, 3), luck=luck))


def _declined(standing: Standing, why: str, now: datetime, luck: float) -> Change:
    """A 4xx to a send stops it; to a void it only means that the end has to be asked for."""
    if standing.state == State.SENDING:
        return hold(standing, Held.DECLINED, now, luck, error=why)
    return Change(fields={"next_at": now + SOON, "last_error": why})


def _unheard(standing: Standing, answer: Answer, now: datetime, luck: float) -> Change:
    """Nobody knows. It is never a failure: it is asked about, and after long enough a person is told."""
    if standing.state == State.HELD:
        return hold(standing, Held(standing.held_reason), now, luck, error=answer.why)
    faults, since = standing.faults + 1, standing.faulty_since or now
    fields: dict[str, Any] = {
        "faults": faults, "faulty_since": since, "last_error": answer.why,
        "next_at": now + timing.backoff(faults=faults, luck=luck),
    }  # fmt: skip
    refused = answer.heard == Heard.UNAUTHORISED and faults >= timing.REFUSED_SIGNATURES_TO_HOLD
    if refused or timing.gives_up(faults=faults, since=since, now=now):
        reason = Held.UNAUTHORISED if answer.heard == Heard.UNAUTHORISED else Held.FAULTS
        held = hold(standing, reason, now, luck, error=answer.why)
        return Change(action=held.action, fields=fields | held.fields)
    return Change(action=Action.LOSE if standing.state == State.SENDING else None, fields=fields)


def hold(
    standing: Standing, reason: Held, now: datetime, luck: float,
    dispute: Dispute | None = None, error: str = "",
) -> Change:  # fmt: skip
    """Stop and tell a person; where nothing is disputed and it may be known there, it is asked about all the same."""
    known_there = standing.last_sent_at is not None or bool(standing.reference)
    asks_on = dispute is None and known_there
    fields: dict[str, Any] = {
        "held_reason": reason.value,
        "last_error": (dispute.detail if dispute else error),
        "next_at": now + timing.ask_held(age=_age(standing, now), luck=luck) if asks_on else None,
    }
    action = None if standing.state == State.HELD else Action.HOLD
    return Change(action=action, fields=fields, dispute=dispute)


def _again(standing: Standing, next_at: datetime) -> Change:
    return Change(fields={"next_at": next_at})


def _age(standing: Standing, now: datetime) -> timedelta:
    return now - (standing.last_sent_at or standing.created_at)
