"""What others may ask this room."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count

from integrations.models import Heartbeat, Intent
from integrations.rules.lifecycle import FINAL


def find(*, key: UUID) -> Intent | None:
    """The intent under that key."""
    return Intent.objects.filter(key=key).first()


def of_order(*, order_no: str) -> list[Intent]:
    """Everything that left, or is to leave, for that order; oldest first."""
    return list(Intent.objects.filter(order_no=order_no).order_by("id"))


def unfinished() -> dict[str, int]:
    """How many intents wait in each state that is no end."""
    rows = Intent.objects.exclude(state__in=FINAL).order_by().values_list("state").annotate(Count("id"))
    return dict(rows)


def stale(*, name: str, now: datetime, age: timedelta) -> bool:
    """Whether the last beat is older than that, or there never was one."""
    return not Heartbeat.objects.filter(name=name, beat_at__gte=now - age).exists()
