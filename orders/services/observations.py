"""Counts come in: each row judged by itself, rollups in the same transaction."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from orders.models import Delivery, Observation
from orders.rules import rows
from orders.services import rollups
from orders.services.batches import UNKNOWN, Report, cleaned, judge, locked


@transaction.atomic
def take_observations(*, raw_rows: Sequence[Any], now: datetime) -> Report:
    """Store counts; the same order and instant with another count is a conflict, with the same a duplicate."""
    report = Report()
    clean = cleaned(raw_rows, rows.observation, report, now)
    orders = _orders_of(row.order_no for _, row in clean)
    known = {
        (o.order_id, o.observed_at): (o.count, o.comments, o.shares, o.measurable)
        for o in Observation.objects.filter(
            order_id__in=set(orders.values()), observed_at__in={row.observed_at for _, row in clean}
        )
    }
    fresh: list[Observation] = []
    for index, row in clean:
        order_id = orders.get(row.order_no, UNKNOWN)
        content = (row.count, row.comments, row.shares, row.measurable)
        if judge(report, index, order_id, known, (order_id, row.observed_at), content, row.order_no):
            fresh.append(
                Observation(
                    order_id=order_id, observed_at=row.observed_at, count=row.count,
                    comments=row.comments, shares=row.shares, measurable=row.measurable,
                )
            )  # fmt: skip
    Observation.objects.bulk_create(fresh, batch_size=1000)
    rollups.refresh(order_ids=sorted({o.order_id for o in fresh}), now=now)
    return report


@transaction.atomic
def take_deliveries(*, raw_rows: Sequence[Any], now: datetime) -> Report:
    """Store batches handed over; `final` completes the line."""
    report = Report()
    clean = cleaned(raw_rows, rows.delivery, report, now)
    orders = _orders_of(row.order_no for _, row in clean)
    known = {
        (d.order_id, d.delivered_at): (d.quantity, d.final, d.units)
        for d in Delivery.objects.filter(
            order_id__in=set(orders.values()), delivered_at__in={row.delivered_at for _, row in clean}
        )
    }
    fresh: list[Delivery] = []
    for index, row in clean:
        order_id = orders.get(row.order_no, UNKNOWN)
        content = (row.quantity, row.final, row.units)
        if judge(report, index, order_id, known, (order_id, row.delivered_at), content, row.order_no):
            fresh.append(
                Delivery(order_id=order_id, delivered_at=row.delivered_at, quantity=row.quantity,
                         final=row.final, units=row.units)
            )  # fmt: skip
    Delivery.objects.bulk_create(fresh, batch_size=1000)
    rollups.refresh(order_ids=sorted({d.order_id for d in fresh}), now=now)
    return report


def _orders_of(numbers: Iterable[str]) -> dict[str, int]:
    """order_no → id, locked."""
    return dict(locked(numbers).values_list("order_no", "id"))
