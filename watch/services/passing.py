"""Going through what only ever grows, from where the last pass stopped; and whose turn it is to pass."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.db.models import Q

from watch.models import Pass

Place = tuple[datetime, int]  # of a row among those that come due: when, and its number


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


def place(*, name: str) -> Place:
    """Up to where all that came due has been looked at."""
    row = Pass.objects.filter(name=name).first()
    return (row.until, row.after) if row and row.until else (datetime.min.replace(tzinfo=UTC), 0)


def go_on_to(at: Place, *, name: str) -> None:
    """Only forwards, so that no pass takes another back."""
    until, after = at
    Pass.objects.get_or_create(name=name)
    behind = Q(until=None) | Q(until__lt=until) | Q(until=until, after__lt=after)
    Pass.objects.filter(behind, name=name).update(until=until, after=after)
