"""The one place that reads the clock, and the shop's calendar (Asia/Shanghai)."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


def now() -> datetime:
    """This instant, aware, in UTC."""
    return datetime.now(UTC)


def shanghai(instant: datetime) -> datetime:
    """The instant as the shop's wall clock shows it."""
    return instant.astimezone(SHANGHAI)


def month_of(instant: datetime) -> tuple[int, int]:
    """(year, month) on the shop's calendar."""
    local = shanghai(instant)
    return local.year, local.month


def rfc3339(instant: datetime | None) -> str | None:
    """2026-11-22T05:05:00Z; microseconds only where there are some."""
    if instant is None:
        return None
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")
