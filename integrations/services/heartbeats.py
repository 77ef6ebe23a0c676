"""Say that something is alive."""

from datetime import datetime

from integrations.models import Heartbeat


def beat(*, name: str, now: datetime) -> None:
    """Write the newest beat; an older one never overwrites it."""
    if not Heartbeat.objects.filter(name=name, beat_at__lte=now).update(beat_at=now):
        Heartbeat.objects.get_or_create(name=name, defaults={"beat_at": now})
