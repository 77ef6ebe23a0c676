"""Rollups follow their facts in the same transaction; late rows count by their own time."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

from orders.models import Delivery, Observation, Order, Rollup
from orders.rules.line import Count, Rolled, contradicts, roll_up

FIELDS = [
    "final_at", "completed_at", "completed_by", "window_ends_at", "delivered", "delivered_seen_at",
    "window_seen_at", "window_present", "newest_seen_at", "newest_present", "contradicted_at",
]  # fmt: skip


def refresh(*, order_ids: Iterable[int], now: datetime) -> None:
    """Recompute the rollups of these lines from their facts. Three queries a thousand lines."""
    ids = list(order_ids)
    for start in range(0, len(ids), 1000):
        _refresh_some(ids[start : start + 1000], now)


def _refresh_some(ids: list[int], now: datetime) -> None:
    counts: dict[int, list[Count]] = defaultdict(list)
    rows = Observation.objects.filter(order_id__in=ids).order_by("order_id", "observed_at")
    for order_id, at, count, measurable in rows.values_list("order_id", "observed_at", "count", "measurable"):
        counts[order_id].append(Count(at, count, measurable))
    finals: dict[int, datetime] = {}
    for order_id, at in Delivery.objects.filter(order_id__in=ids, final=True).values_list(
        "order_id", "delivered_at"
    ):
        finals[order_id] = min(at, finals.get(order_id, at))
    # Locked until the new values are there: a decision that freezes them meanwhile waits, and is not overwritten.
    lines = Rollup.objects.filter(order_id__in=ids).order_by("order_id").select_related("order")
    rollups = list(lines.select_for_update(of=("self",), no_key=True))
    for rollup in rollups:
        _bring_up_to_date(rollup, counts[rollup.order_id], finals.get(rollup.order_id), now)
    # An upsert of rows that are all there: one statement a batch; bulk_update's CASE per column takes 4 times as long.
    Rollup.objects.bulk_create(
        rollups, batch_size=500, update_conflicts=True, update_fields=FIELDS, unique_fields=["order"]
    )


def _bring_up_to_date(rollup: Rollup, counts: list[Count], final_at: datetime | None, now: datetime) -> None:
    terms = rollup.order.terms(final_at=final_at)
    frozen = rollup.frozen()
    rollup.final_at = final_at
    write(rollup, roll_up(terms, counts, frozen=frozen), window_s=terms.window_s)
    if frozen and rollup.contradicted_at is None and contradicts(frozen, terms, counts):
        # Stored, flagged for ops, and no decision changes: rules.md §1.
        rollup.contradicted_at = now


def write(rollup: Rollup, rolled: Rolled, *, window_s: int) -> None:
    """Copy the pure result into the row (not saved)."""
    rollup.completed_at, rollup.completed_by = rolled.completed_at, rolled.completed_by
    rollup.window_ends_at = rolled.completed_at + timedelta(seconds=window_s)
    rollup.delivered, rollup.delivered_seen_at = rolled.delivered, rolled.delivered_seen_at
    rollup.window_seen_at = rolled.window.at if rolled.window else None
    rollup.window_present = rolled.window.present if rolled.window else None
    rollup.newest_seen_at = rolled.newest.at if rolled.newest else None
    rollup.newest_present = rolled.newest.present if rolled.newest else None


def first(order: Order) -> Rollup:
    """The rollup of a line nothing was counted for yet (not saved)."""
    rollup = Rollup(order=order)
    write(rollup, roll_up(order.terms(), []), window_s=order.window_seconds)
    return rollup


def freeze(*, order: Order, now: datetime) -> None:
    """Completion and delivered units stay what the line's first decision used, as `order.rollup` has it; once."""
    used = order.rollup
    # An unknown count is nothing to hold on to: a question asked before the first look must not spoil the line.
    if used.frozen_at or used.completed_at > now or used.delivered is None:
        return
    moving = Rollup.objects.filter(order=order, frozen_at=None)
    decisive = {"completed_at": used.completed_at, "delivered": used.delivered}
    if moving.filter(**decisive).update(frozen_at=now):
        return
    # A row that arrived while the decision was made moved them: the decision's stand, and the row is flagged.
    beside = {"completed_by": used.completed_by, "delivered_seen_at": used.delivered_seen_at}
    if moving.update(frozen_at=now, **decisive, **beside):
        refresh(order_ids=[order.pk], now=now)
