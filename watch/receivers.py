"""Hears of claims as they are filed."""

from datetime import datetime
from typing import Any

from django.dispatch import receiver

from tickets.signals import claim_filed
from watch.services import majors


@receiver(claim_filed)
def on_claim_filed(sender: Any, *, order: Any, reason: str, now: datetime, **_: Any) -> dict[str, Any] | None:
    return majors.why(order=order, reason=reason, now=now)
