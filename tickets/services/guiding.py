"""Tutorials in a case: given by a decision of guidance or by ops, kept in the history as they read then."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from orders import queries as orders
from orders.rules.tutorials import SILENT
from orders.services import tutorials
from tickets.models import Event, Ticket
from tickets.services import history

if TYPE_CHECKING:
    from orders.models import Order, TutorialVersion

GUIDED, SOLVED, UNSOLVED = "guided", "guide_solved", "guide_unsolved"
MOST_AT_ONCE = 3


def guide(*, ticket: Ticket, now: datetime) -> None:
    """Where the decision is guidance: what fits its reason. In the caller's transaction."""
    if ticket.decision.clause != "guidance":
        return
    found = orders.tutorials_for(ticket.order.product, symptom=ticket.reason)
    for version in found[:MOST_AT_ONCE]:
        give(ticket=ticket, version=version, actor="system", name="", now=now)


def give(*, ticket: Ticket, version: TutorialVersion, actor: str, name: str, now: datetime) -> Event:
    """The buyer sees it from now on, in the words of this version. In the caller's transaction."""
    return history.log(ticket=ticket, kind=GUIDED, actor=actor, name=name, now=now, data=_said(version))


def was_given(*, ticket: Ticket, version: TutorialVersion) -> bool:
    """Whether this version is in the case's history."""
    return _keys(version) in [
        {name: data.get(name) for name in _keys(version)}
        for data in Event.objects.filter(ticket=ticket, kind=GUIDED).values_list("data", flat=True)
    ]


def passed_over(*, order: Order, keys: Iterable[str], reason: str, now: datetime) -> None:
    """What the form offered for this reason, and was filed after; `keys` as the form names them: no/version."""
    found = orders.tutorials_offered(order=order, keys=keys, symptom=reason)
    if found:
        tutorials.record(order=order, versions=found, said=SILENT, now=now)


def _keys(version: TutorialVersion) -> dict[str, Any]:
    return {"tutorial": version.tutorial.no, "version": version.number}


def _said(version: TutorialVersion) -> dict[str, Any]:
    return _keys(version) | {"title": version.title, "text": version.text}
