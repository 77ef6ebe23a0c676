"""What the reader of a ticket's page can do there, and which of it helps."""

from __future__ import annotations

from dataclasses import dataclass

from tickets.web.ticket_sheet import TicketSheet

# Of these no picture says more than a few words do.
_TOLD_IN_WORDS = frozenset({"question", "suggestion", "refund", "delay"})


@dataclass(frozen=True)
class Choices:
    confirm: bool = False
    deny: bool = False  # what was answered can be said not to help
    doubt: bool = False  # what came can be said not to be right
    message: bool = False
    appeal: bool = False
    nudge: bool = False
    attach: bool = False
    show: bool = False  # a picture can help
    withdraw: bool = False
    rate: bool = False
    ask_anew: bool = False
    disagree: bool = False  # it was counted and found whole; the buyer may say that the count is wrong
    choose: bool = False  # late goods: to wait, or to have the money

    @property
    def pressed(self) -> tuple[bool, ...]:
        """What stands in the bar, as far as it can change while the page is open."""
        return (self.confirm, self.deny, self.doubt, self.attach, self.withdraw, self.nudge, self.disagree)


def choices_of(sheet: TicketSheet) -> Choices:
    may, asked = sheet.actions, sheet.state == "confirming" and "message" in sheet.actions
    return Choices(
        confirm="confirm" in may,
        deny=asked and not sheet.remedies,
        doubt=asked and bool(sheet.remedies),
        message="message" in may,
        appeal="appeal" in may,
        nudge="nudge" in may,
        attach="attach" in may,
        show="attach" in may and sheet.reason not in _TOLD_IN_WORDS,
        withdraw="withdraw" in may and sheet.state != "refused",  # then nothing is left to take back
        rate="rate" in may,
        ask_anew=sheet.state == "refused" and sheet.ruling is None and "appeal" in may,
        disagree=_found_whole(sheet),
        choose=_is_late(sheet),
    )


def _found_whole(sheet: TicketSheet) -> bool:
    counted = sheet.decision is not None and sheet.decision.clause == "drop.none"
    return counted and sheet.state in ("resolved", "closed")


def _is_late(sheet: TicketSheet) -> bool:
    """Late goods, as long as its buyer may still take the other way."""
    late = sheet.decision is not None and sheet.decision.clause == "delay.choice"
    return late and sheet.state in ("confirming", "fulfilling")
