"""A claim with all that its buyer has to show: the screenshots and the particulars are there when it is opened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction

from common.refusals import Invalid
from common.transitions import again_on_deadlock
from tickets.models import Ticket
from tickets.rules.details import details_of
from tickets.services import anew, attachments, claims, guiding, history
from tickets.services.attachments import Checked

if TYPE_CHECKING:
    from orders.models import Order


def file_claim(
    *, order: Order, reason: str | None, files: Sequence[Checked], given: Mapping[str, str], listed: Mapping[str, str],
    actor: str, side: str, now: datetime, offered: Sequence[str] = (), **claim: Any,
) -> Ticket:  # fmt: skip
    """Open the claim with its proof and particulars, all or nothing. Refuses what `open_claim` and the details do.

    `given`: the particulars as they were typed; `listed`: the claims of the goods when the order was paid;
    `offered`: tutorials that the form had for its reader, who files all the same.
    """
    told, faults = details_of(reason=reason or "", given=given, ordered=order.quantity, listed=listed)
    if faults:
        raise Invalid(errors=faults)

    missed = anew.look(order=order, reason=reason, text=claim.get("text", ""), now=now)

    @transaction.atomic
    def step() -> Ticket:
        ticket = claims.open_claim(
            order=order, reason=reason, actor=actor, side=side, now=now, missed=missed, **claim
        )
        if told:
            history.log(ticket=ticket, kind="details", actor=side, name=actor, data=told, now=now)
        guiding.passed_over(order=order, keys=offered, reason=ticket.reason, now=now)
        attachments.add_all(ticket=ticket, kept=kept, side=side, name=actor, now=now)
        return ticket

    with attachments.on_disk(files) as kept:
        return again_on_deadlock(step)
