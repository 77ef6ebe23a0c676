"""What does not add up is written down and stays until a person closes it."""

import logging
from datetime import datetime

from ledger.models import Break

log = logging.getLogger(__name__)


def open_break(*, kind: str, reference: str, detail: str, now: datetime) -> None:
    """Once while it is open, however often it is found."""
    fresh = Break(kind=kind, reference=reference, detail=detail, opened_at=now)
    if not Break.objects.filter(kind=kind, reference=reference, closed_at=None).exists():
        Break.objects.bulk_create([fresh], ignore_conflicts=True)
        log.error("对不上：%s %s：%s", kind, reference, detail)
