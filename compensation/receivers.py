"""Hears from the kernel how an intent fares."""

from typing import Any

from django.dispatch import receiver

from common.clock import now
from compensation.services import booking
from integrations.signals import intent_moved


@receiver(intent_moved)
def on_intent_moved(sender: Any, *, intent: Any, **_: Any) -> None:
    booking.book(intent=intent, now=now())
