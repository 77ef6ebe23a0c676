"""Going through what only ever grows, from where the last pass stopped; and whose turn it is to pass."""

from __future__ import annotations

from datetime import datetime, timedelta

from watch.models import Pass


def reached(*, name: str) -> Pass:
    """How far it has been gone through; nobody else goes on from there until this transaction ends."""
    Pass.objects.get_or_create(name=name)
    return Pass.objects.select_for_update(no_key=True).get(name=name)


def is_due(*, name: str, every: timedelta, now: datetime) -> bool:
    """Whether the caller is the one to pass now: nobody else, and not again before its time."""
    row = Pass.objects.filter(name=name).first() or Pass.objects.get_or_create(name=name)[0]
    if row.until is not None and row.until > now:
        return False
    return bool(Pass.objects.filter(name=name, until=row.until).update(until=now + every))
