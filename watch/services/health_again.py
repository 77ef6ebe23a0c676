"""Lines that were counted are counted anew, where the figures of before were wrong; to the same sums where not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db import transaction

from orders.services import rollups
from watch.models import LineHealth
from watch.services import health


def run(*, now: datetime) -> Iterator[int]:
    """Every counted line, by id; after each batch the last id. Stopped anywhere and begun again, nothing counts twice.

    Lines that are over, of which counts were pruned, keep what they added.
    """
    after = 0
    while some := _counted(after):
        health.count(_due(some, now), now=now)
        after = max(some)
        yield after


def _counted(after: int) -> dict[int, str]:
    """{line: its number} of the next that were counted."""
    rows = LineHealth.objects.filter(pk__gt=after, day__isnull=False).order_by("pk")
    return dict(rows.values_list("pk", "order__order_no")[: health.BATCH])


@transaction.atomic
def _due(lines: dict[int, str], now: datetime) -> list[int]:
    """Marked first, so that workers go on with what a kill leaves, and no counts are pruned until they are read."""
    rollups.hold(lines.values())
    going = LineHealth.objects.filter(pk__in=lines, order__rollup__closed_at=None)
    ids = list(going.order_by("pk").values_list("pk", flat=True))
    LineHealth.objects.filter(pk__in=ids).update(due_at=now)
    return ids
