"""Hears from the room below what did not match."""

from typing import Any

from django.dispatch import receiver

from common.clock import now
from integrations.signals import mismatch
from ledger.services import breaks


@receiver(mismatch)
def on_mismatch(sender: Any, *, kind: str, reference: str, detail: str, **_: Any) -> None:
    breaks.open_break(kind=kind, reference=reference, detail=detail, now=now())
