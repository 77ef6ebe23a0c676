"""What pressing "approve" would do now for this person: what it gives, that it only answers, or why it can't be."""

from dataclasses import dataclass
from typing import Any

from common.language import say, spoken
from common.refusals import Refusal
from compensation.services import approving, standing
from tickets.services import desk_deciding
from tickets.web.desk.read_case import Case, Rulings


@dataclass(frozen=True)
class Approval:
    """`gives` nothing and not `blocked`: the reason is sent to the buyer as the answer."""

    gives: tuple[Any, ...] = ()
    blocked: str = ""


def approval(*, case: Case, reader: Any) -> Approval:
    """By the service's own rule, so that the button never promises what the press would refuse."""
    ticket, record = case.ticket, case.ticket.decision
    try:
        does = desk_deciding.what_is_to_give(ticket, record)
    except Refusal as refusal:
        return Approval(blocked=spoken(refusal.detail))
    if does == desk_deciding.ANSWER:
        return Approval()
    if does == desk_deciding.AGAIN:
        if not standing.is_as_decided(record=record):
            return Approval(blocked=spoken(approving.DecideAnew.detail))
        gives = tuple(record.body["remedies"])
    else:
        gives = tuple(row for row in case.remedies if row.state == "awaiting_approval")
    return Approval(gives, _not_theirs(case, reader))


def _not_theirs(case: Case, reader: Any) -> str:
    """Why this person can't be the one whose yes is missing."""
    rulings, name = case.rulings, reader.get_username()
    if rulings.override and rulings.override.by == name:
        return say("是您改判的，要由另一位同事批准。")
    filed_by = [event.name for event in case.events if event.kind == "opened" and event.actor == "ops"]
    if approving.is_own(record=case.ticket.decision, by=name, asked_by=filed_by):
        return spoken(approving.OwnRequest.detail)
    if rulings.needed > len(rulings.approvals) and any(row.by == name for row in rulings.approvals):
        return say("您已经批准过了，要由另一位同事再批。")
    return ""


def nth(rulings: Rulings) -> int:
    """Whose yes the next one would be: the first, the second."""
    return min(len(rulings.approvals) + 1, rulings.needed)
