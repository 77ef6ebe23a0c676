"""What does not add up is written down and stays until a person closes it."""

import hashlib
import logging
from datetime import datetime

from ledger.models import Break

log = logging.getLogger(__name__)
LONGEST: int = Break._meta.get_field("reference").max_length or 0


def open_break(*, kind: str, reference: str, detail: str, now: datetime) -> None:
    """Once while it is open, however often it is found."""
    reference = _that_fits(reference)
    fresh = Break(kind=kind, reference=reference, detail=detail, opened_at=now)
    if not Break.objects.filter(kind=kind, reference=reference, closed_at=None).exists():
        Break.objects.bulk_create([fresh], ignore_conflicts=True)
        log.error("对不上：%s %s：%s", kind, reference, detail)


def explain(*, kind: str, reference: str, more: str) -> Break | None:
    """What was found out since it was opened, said once; the row, if it is open."""
    row = Break.objects.filter(kind=kind, reference=_that_fits(reference), closed_at=None).first()
    if row and more not in row.detail:
        Break.objects.filter(pk=row.pk, closed_at=None).update(detail=f"{row.detail}。{more}")
    return row


def _that_fits(reference: str) -> str:
    """A provider names what it likes: too long a name keeps its beginning, and a digest that tells it from others."""
    if len(reference) <= LONGEST:
        return reference
    return f"{reference[: LONGEST - 17]}…{hashlib.sha256(reference.encode()).hexdigest()[:16]}"
