"""What a ticket's page may speak of: its case as read, before it is put into words."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from common.language import is_english
from tickets.web.display import Resting
from tickets.web.guides import Guide
from tickets.web.loyalty import Standing
from tickets.web.rulings import RulingSheet

FINAL = frozenset({"resolved", "closed", "withdrawn"})
_BRIEF = 20
_ASKED = frozenset({"waiting_ops", "waiting_buyer", "waiting_developer"})


@dataclass(frozen=True)
class RemedySheet:
    """One remedy as it stands: `delivered` counts units that have come, `reference` is the payer's number."""

    kind: str
    state: str
    amount_fen: int | None = None
    quantity: int | None = None
    delivered: int = 0
    settled_at: datetime | None = None
    reference: str = ""
    held_reason: str = ""


@dataclass(frozen=True)
class EventSheet:
    """One entry of the history, already in words."""

    at: datetime
    text: str
    note: str = ""
    figure: str = ""


@dataclass(frozen=True)
class ProofSheet:
    """A file that was handed in; `token` opens it."""

    token: str
    name: str
    size: int
    at: datetime


@dataclass(frozen=True)
class RatingSheet:
    stars: int
    text: str = ""


@dataclass(frozen=True)
class TicketSheet:
    """All the page may speak of. `decision` is absent until there is one; `due_at` is whose-turn's limit."""

    no: str
    order_no: str
    product: str
    reason: str
    state: str
    turn: str
    opened_at: datetime
    decision: Any = None
    clause_text: str = ""
    counted_at: datetime | None = None
    decided_at: datetime | None = None
    resolved_at: datetime | None = None
    due_at: datetime | None = None
    moved_at: datetime | None = None  # what the stamp says happened then, where it wasn't the first decision
    remedies: tuple[RemedySheet, ...] = ()
    events: tuple[EventSheet, ...] = ()
    actions: frozenset[str] = frozenset()
    tutorial: str = ""
    guided: bool = False  # where no history was read: whether there are some of these
    guides: tuple[Guide, ...] = ()  # tutorials that were given, the newest first
    proofs: tuple[ProofSheet, ...] = ()
    rating: RatingSheet | None = None
    nudge_again_at: datetime | None = None
    reply_due: datetime | None = None  # a person was asked for haste, and has not said anything since
    asked: str = ""  # what a person wants to know of the buyer
    ruling: RulingSheet | None = None
    standing: Standing | None = None
    resting: tuple[Resting, ...] = ()  # the rows that the decision rests on
    agent: str = ""  # who looks after this buyer
    new_keys: bool = False  # a card key came in place of one that failed

    @property
    def holding(self) -> tuple[RemedySheet, ...]:
        """Its remedies without those that were taken back, where others are left."""
        alive = tuple(remedy for remedy in self.remedies if remedy.state != "voided")
        return alive or self.remedies

    @property
    def refunds(self) -> tuple[RemedySheet, ...]:
        return tuple(remedy for remedy in self.remedies if remedy.amount_fen is not None)

    @property
    def is_decided(self) -> bool:
        """What is given stands: whoever has it in hand carries it out, or looks at it once more."""
        if self.decided_at is None or self.state == "open":
            return False
        if self.state in _ASKED:
            states = {remedy.state for remedy in self.remedies} - {"voided"}
            return bool(states) and "awaiting_approval" not in states
        return self.state != "withdrawn" or bool(self.remedies)

    @property
    def is_under_way(self) -> bool:
        """Some of what was decided is not there yet, and comes by itself or by a person."""
        there = all(remedy.state == "settled" for remedy in self.holding)
        return self.is_decided and self.state in ("fulfilling", "waiting_ops") and not there

    @property
    def is_looked_at_again(self) -> bool:
        """All was given, and the buyer said that it is not right."""
        return self.is_decided and self.state in _ASKED and not self.is_under_way

    @property
    def asked_briefly(self) -> str:
        """What a person asks for where it is one short request; "" where it has to be read in full."""
        asked = self.asked.strip().rstrip("。.")
        brief = asked.startswith("请") and len(asked) <= _BRIEF and not set(asked) & set("\n。；？")
        return asked if brief and not is_english() else ""

    @property
    def lacks_tutorial(self) -> bool:
        """A question whose seller wrote no tutorial, which nobody has answered yet."""
        asks = self.decision and self.decision.clause == "guidance"
        return bool(asks) and not (self.ruling or self.tutorial.strip() or self.guides or self.guided)

    @property
    def is_unanswered(self) -> bool:
        """There is nothing yet to have a look at: the buyer says what a person should answer."""
        return self.state == "confirming" and self.lacks_tutorial
