"""What an order page is written from: the order, its counts and dates, and the decisions filing now would give."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tickets.web.curve import Count
from tickets.web.guides import Guide
from tickets.web.loyalty import Standing
from tickets.web.order_picking import Picking
from tickets.web.present_card_keys import KeysSheet
from tickets.web.together import Together


@dataclass(frozen=True)
class TicketLine:
    """A ticket of this order, as a line that opens it; `confirming` where something came and the buyer is asked."""

    no: str
    reason: str
    title: str
    note: str
    is_open: bool
    confirming: bool = False
    recalled: bool = False  # a recall gives it; nobody filed it
    until: datetime | None = None  # the buyer waits for late goods
    paid: bool = False  # money of it was paid back
    paying: bool = False  # money of it is still to be paid back


@dataclass(frozen=True)
class OrderSheet:
    """All the page may speak of: the order, its counts and dates, and the decisions filing now would give.

    `decision` answers `main_reason` (drop for metered goods, else refund); `refund` answers a refund of
    metered goods. `facts` are what the decision was made from, `counted_at` when their count was taken,
    `by_hand` why a person pays the refunds: the code under which they will be held; `takes_back` that a refund waits
    until the licences have been revoked; `used_at` up to when the shop reported what was used.
    """

    order_no: str
    title: str
    kind: str
    quantity: int
    paid_fen: int
    paid_at: datetime
    main_reason: str
    facts: Any
    decision: Any
    clause_text: str = ""
    counts: tuple[Count, ...] = ()
    counted_at: datetime | None = None
    completed_at: datetime | None = None
    deadline_at: datetime | None = None
    window_until: datetime | None = None
    filing_until: datetime | None = None
    warranty_until: datetime | None = None
    refund: Any = None
    refund_clause: str = ""
    picking: Picking | None = None
    listed: tuple[tuple[str, str], ...] = ()
    tickets: tuple[TicketLine, ...] = ()
    files_by_itself: bool = False
    together: Together | None = None
    by_hand: str = ""
    takes_back: bool = False
    used_at: datetime | None = None
    standing: Standing | None = None
    keys: KeysSheet | None = None
    guides: tuple[Guide, ...] = ()

    @property
    def newest(self) -> Count | None:
        return self.counts[-1] if self.counts else None

    @property
    def is_short(self) -> bool:
        """Delivery has ended, and not all of it came."""
        return self.kind == "metered" and bool(self.completed_at) and self.facts.delivered < self.quantity

    @property
    def open_ticket(self) -> TicketLine | None:
        return self.open_for(self.main_reason)

    @property
    def back(self) -> str:
        """How the money stands that was given back so far, whoever gave it: paid, paying, or both; "" of none."""
        if not (self.facts.refunded_fen or self.facts.refunded_units):
            return ""
        if not any(ticket.paying for ticket in self.tickets):
            return "paid"
        return "both" if any(ticket.paid for ticket in self.tickets) else "paying"

    def open_for(self, reason: str) -> TicketLine | None:
        return next((t for t in self.tickets if t.is_open and t.reason == reason), None)
