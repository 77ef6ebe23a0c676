"""What was handed over comes in, with the supplier and the batch it is from; each row judged by itself."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from orders.models import DeliveredBatch, Delivery
from orders.rules import rows
from orders.rules.rows import DeliveryRow
from orders.services import rollups, suppliers
from orders.services.batches import Report, cleaned, judge, reject_closed
from orders.services.rollups import Held

log = logging.getLogger(__name__)
_CONTENT = ("quantity", "final", "units", "supplier__code", "batch")


@transaction.atomic
def take_deliveries(*, raw_rows: Sequence[Any], now: datetime) -> Report:
    """Store batches handed over; `final` completes the line."""
    report = Report()
    clean = cleaned(raw_rows, rows.delivery, report, now)
    held = rollups.hold({row.order_no for _, row in clean})
    known = _known(held, {row.delivered_at for _, row in clean})
    fresh: list[tuple[int, DeliveryRow]] = []
    for index, row in clean:
        line = held.lines.get(row.order_no)
        if line is not None and line.closed_at:
            reject_closed(report, index, order_no=row.order_no, closed_at=line.closed_at)
            continue
        order_id = held.pk(row.order_no)
        if judge(report, index, order_id, known, (order_id, row.delivered_at), row.content, row.order_no):
            fresh.append((order_id, row))
    _keep(fresh, now)
    rollups.refresh(held=held, order_ids={order_id for order_id, _ in fresh}, now=now)
    return report


def _known(held: Held, instants: Iterable[datetime]) -> dict[tuple[int, datetime], tuple[Any, ...]]:
    there = Delivery.objects.filter(
        order_id__in=[line.pk for line in held.lines.values()], delivered_at__in=list(instants)
    )
    return {
        (order_id, at): (quantity, final, units, code or "", batch)
        for order_id, at, quantity, final, units, code, batch in there.values_list(
            "order_id", "delivered_at", *_CONTENT
        )
    }


def _keep(fresh: Sequence[tuple[int, DeliveryRow]], now: datetime) -> None:
    named = suppliers.called({row.supplier for _, row in fresh if row.supplier}, now=now)
    stored = []
    for order_id, row in fresh:
        supplier = named.get(row.supplier)
        stored.append(
            Delivery(
                order_id=order_id, delivered_at=row.delivered_at, quantity=row.quantity, final=row.final,
                units=row.units, supplier=supplier, batch=row.batch,
                while_suspended=suppliers.was_suspended(supplier, at=row.delivered_at),
            )
        )  # fmt: skip
    Delivery.objects.bulk_create(stored, batch_size=1000)
    DeliveredBatch.objects.bulk_create(
        (
            DeliveredBatch(delivery=one, batch=batch, order_id=one.order_id, delivered_at=one.delivered_at)
            for one, (_, row) in zip(stored, fresh, strict=True) for batch in row.batches
        ),
        batch_size=1000,
    )  # fmt: skip
    if flagged := sorted({str(one.supplier) for one in stored if one.while_suspended}):
        log.warning("停用的供货商还在送货，照收，标上了：%s", "、".join(flagged))
