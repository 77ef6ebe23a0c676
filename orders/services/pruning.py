"""Counts that nobody needs any more go, a batch of lines in one transaction; what they came to stays."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, F, Max, Q

from evidence.services import log
from orders.models import Observation, PrunedCounts, Rollup
from orders.services import bulk, rollups

BATCH = 100  # lines
NEVER = datetime(9999, 1, 1, tzinfo=UTC)
AGAIN = timedelta(days=7)  # what is still needed is asked again so much later, at the earliest
KIND = "pruning"
# Rows that the rollup's own figures are from stay, as do those that decisions name.
ROLLED_FROM = (
    Q(observed_at=F("order__rollup__delivered_seen_at"))
    | Q(observed_at=F("order__rollup__window_seen_at"))
    | Q(observed_at=F("order__rollup__newest_seen_at"))
)


@dataclass(frozen=True)
class Needs:
    """What the rooms above know of many lines at once: those something is going on with, and rows that are named."""

    lines: Callable[[Collection[int]], set[int]]
    rows: Callable[[Collection[int]], set[int]]


@dataclass(frozen=True)
class _Target:
    """All lines on one target: when the last one's window and warranty end."""

    lines: frozenset[int]
    ends_at: datetime


@transaction.atomic
def prune(*, keep_days: int, needs: Needs, now: datetime) -> int:
    """The next lines that may be over; how many were looked at. Stopped anywhere, it is as if it had not begun.

    A line is over when its target is: window and warranty ended so long ago, and nothing going on with any line there.
    Only metered lines are: of courses and the like a late delivery still counts, and they have no counts to prune.
    """
    keep = timedelta(days=keep_days)
    due = _due(now - keep, now)
    if not due:
        return 0
    rollups.hold(due.values())
    targets = _targets(due)
    around = {pk for one in targets.values() for pk in one.lines}
    busy = needs.lines(around)
    over = [
        pk for pk, one in targets.items() if one.ends_at <= now - keep and not one.lines & busy
    ]  # fmt: skip
    _drop(over, needs.rows(around), now)
    later = {pk: max(one.ends_at + keep, now + AGAIN) for pk, one in targets.items()}
    closed = {*over}
    rows = [(*((now, None) if pk in closed else (None, later[pk])), 0, pk) for pk in sorted(targets)]
    rows += [(None, NEVER, 0, pk) for pk in sorted({*due} - {*targets} - _closed(due))]
    bulk.write_rollups(rows, ("closed_at", "close_after"))
    return len(due)


def _due(limit: datetime, now: datetime) -> dict[int, str]:
    """{line: its number} of those whose time to be asked has come, by two partial indexes: again, and for once."""
    again = Rollup.objects.filter(close_after__isnull=False, close_after__lte=now).order_by("close_after")
    found = dict(again.values_list("pk", "order__order_no")[:BATCH])
    if len(found) < BATCH:
        first = Rollup.objects.filter(closed_at=None, close_after=None, window_ends_at__lte=limit)
        rows = first.order_by("window_ends_at").values_list("pk", "order__order_no")
        found |= dict(rows[: BATCH - len(found)])
    return found


def _targets(due: Collection[int]) -> dict[int, _Target]:
    """Of each held line that nobody closed meanwhile, all that are on its target, as they are now."""
    held = Rollup.objects.filter(pk__in=list(due)).values_list("order__product", "order__target")
    shared = {(product, target) for product, target in held if target}
    which = Q(pk__in=list(due)) | Q(
        order__target__in={target for _, target in shared}, order__product__in={one for one, _ in shared}
    )
    which &= Q(order__product__kind="metered")
    by_target: dict[Any, list[tuple[int, datetime]]] = defaultdict(list)
    open_ones: dict[int, Any] = {}
    columns = (
        "pk", "order__product", "order__target", "completed_at", "window_ends_at", "order__warranty_days", "closed_at",
    )  # fmt: skip
    for pk, product, target, completed, window, days, closed in Rollup.objects.filter(which).values_list(
        *columns
    ):
        key = (product, target) if target else pk
        by_target[key].append((pk, max(window, completed + timedelta(days=days))))
        if pk in due and closed is None:
            open_ones[pk] = key
    made = {key: _target(rows) for key, rows in by_target.items() if key in {*open_ones.values()}}
    return {pk: made[key] for pk, key in open_ones.items()}


def _closed(due: Collection[int]) -> set[int]:
    """Those that somebody closed meanwhile."""
    rows = Rollup.objects.filter(pk__in=list(due), closed_at__isnull=False)
    return set(rows.values_list("pk", flat=True))


def _target(rows: Sequence[tuple[int, datetime]]) -> _Target:
    return _Target(frozenset(pk for pk, _ in rows), max(ends for _, ends in rows))


def _drop(lines: Iterable[int], named: Collection[int], now: datetime) -> None:
    """First the rows that say what goes, which let it go; then the counts; and one entry for all."""
    counts = Observation.objects.filter(order_id__in=list(lines)).order_by()
    kept: dict[int, list[int]] = defaultdict(list)
    for line, row in counts.filter(Q(pk__in=list(named)) | ROLLED_FROM).values_list("order_id", "pk"):
        kept[line].append(row)
    going = counts.exclude(pk__in=[row for rows in kept.values() for row in rows])
    said = [
        PrunedCounts(order_id=line, until=until, number=n, kept=_listed(kept[line]), pruned_at=now)
        for line, n, until in going.values_list("order_id").annotate(n=Count("pk"), until=Max("observed_at"))
    ]
    if not said:
        return
    PrunedCounts.objects.bulk_create(said)
    going.filter(order_id__in=[one.order_id for one in said]).delete()
    data = {
        "lines": len(said), "counts": sum(one.number for one in said),
        "until": max(one.until for one in said).isoformat(),
    }  # fmt: skip
    log.record(kind=KIND, order_no="", data=data, internal=True, now=now)


def _listed(rows: Iterable[int]) -> str:
    """As the guard looks for them."""
    return "".join(f",{row}" for row in sorted(rows)) + ","
