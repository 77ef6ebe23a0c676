"""Remedies that waited for a person go out, exactly as those go that needed none."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from compensation.models import DecisionRecord, LineBudget, Remedy
from compensation.services import recording, remedies


def release(
    *, rows: Sequence[Remedy], record: DecisionRecord, closes: bool, now: datetime, waits: bool | None = None
) -> None:
    """Hand them to the kernel; `closes`: nothing is left of the line after them. Needs the line's lock."""
    if closes:
        remedies.void_unfinished(record=record, but=rows, now=now)
    for row in rows:
        if row.state == "awaiting_approval":
            _free(row, now)
    for row in rows:
        remedies.send(remedy=row, now=now, waits=waits)
    if closes:
        LineBudget.objects.filter(order_id=record.order_id, closed_by=None).update(closed_by=record)


def _free(row: Remedy, now: datetime) -> None:
    row.state = "pending"
    Remedy.objects.filter(pk=row.pk, state="awaiting_approval").update(state="pending")
    recording.remedy(row, now=now)
