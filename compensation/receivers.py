"""Hears from the kernel how an intent fares, and from the books what a person has looked at."""

from typing import Any

from django.dispatch import receiver

from common.clock import now
from compensation.services import bearing, booking, forgotten, revoking
from compensation.signals import remedy_moved
from integrations.rules.bodies import OWING
from integrations.signals import intent_moved
from ledger.signals import break_closed


@receiver(intent_moved)
def on_intent_moved(sender: Any, *, intent: Any, **_: Any) -> None:
    if intent.provider not in OWING:  # a message to a buyer: nothing of it is booked
        return
    booking.book(intent=intent, now=now())
    revoking.heard(intent=intent, now=now())


@receiver(break_closed)
def on_break_closed(sender: Any, *, found: Any, **_: Any) -> None:
    forgotten.looked_at(told_by=found.pk)


@receiver(remedy_moved)
def on_remedy_moved(sender: Any, *, remedy: Any, **_: Any) -> None:
    bearing.settled(remedy=remedy, now=now())
