"""Hears how remedies fare."""

from typing import Any

from django.dispatch import receiver

from common.clock import now
from compensation.signals import remedy_moved
from tickets.services import following


@receiver(remedy_moved)
def on_remedy_moved(sender: Any, *, remedy: Any, **_: Any) -> None:
    following.follow(remedy=remedy, now=now())
