"""What others may ask this room."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count

from integrations.models import Heartbeat, Intent
from integrations.rules.lifecycle import FINAL


def unfinished() -> dict[str, int]:
    """How many intents wait in each state that is no end."""
    rows = Intent.objects.exclude(state__in=FINAL).order_by().values_list("state").annotate(Count("id"))
    return dict(rows)


def stale(*, name: str, now: datetime, age: timedelta) -> bool:
    """Whether the last beat is older than that, or there never was one."""
    return not Heartbeat.objects.filter(name=name, beat_at__gte=now - age).exists()


def never_sent(*, keys: Iterable[UUID]) -> set[UUID]:
    """Those of the keys whose intents wait and of which no byte has gone out."""
    waiting = Intent.objects.filter(key__in=list(keys), first_sent_at=None, state__in=("pending", "held"))
    return set(waiting.values_list("key", flat=True))


def references(*, keys: Iterable[UUID]) -> dict[UUID, str]:
    """{key: the provider's own number}, where it has named one."""
    rows = Intent.objects.filter(key__in=list(keys)).exclude(reference="").order_by()
    return dict(rows.values_list("key", "reference"))


def filed(*, order_no: str, kind: str) -> int:
    """How many of a kind were ever filed for an order: the ordinals that are used up."""
    return Intent.objects.filter(order_no=order_no, kind=kind).count()


def intent(*, key: UUID) -> Intent | None:
    """How what is owed under that key fares outside; None where nothing was ever filed."""
    return Intent.objects.filter(key=key).first()


def sent(*, keys: Iterable[UUID]) -> dict[UUID, tuple[str, datetime]]:
    """{key: (who was asked, when for the first time)} of what went out."""
    rows = Intent.objects.filter(key__in=list(keys), first_sent_at__isnull=False).order_by()
    return {
        key: (provider, at)
        for key, provider, at in rows.values_list("key", "provider", "first_sent_at")
        if at
    }
