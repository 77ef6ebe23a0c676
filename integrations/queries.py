"""What others may ask this room."""

from datetime import datetime, timedelta

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
