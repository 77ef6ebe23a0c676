"""Counts come in: each row judged by itself, rollups in the same transaction."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from common.phrases import phrase
from orders.models import Delivery, Observation, Order
from orders.rules import rows
from orders.services import rollups

UNKNOWN = 0  # no order has this id


@dataclass
class Report:
    """What became of a batch: {accepted, duplicates, rejected: [{index, code, detail}]}."""

    accepted: int = 0
    duplicates: int = 0
    rejected: list[dict[str, Any]] = field(default_factory=list)

    def reject(self, index: int, code: str, detail: str) -> None:
        self.rejected.append({"index": index, "code": code, "detail": detail})

    def as_data(self) -> dict[str, Any]:
        self.rejected.sort(key=lambda row: row["index"])
        return {"accepted": self.accepted, "duplicates": self.duplicates, "rejected": self.rejected}


@transaction.atomic
def take_observations(*, raw_rows: Sequence[Any], now: datetime) -> Report:
    """Store counts; the same order and instant with another count is a conflict, with the same a duplicate."""
    report = Report()
    clean = _cleaned(raw_rows, rows.observation, report, now)
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
        if _judge(report, index, order_id, known, (order_id, row.observed_at), content, row.order_no):
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
    clean = _cleaned(raw_rows, rows.delivery, report, now)
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
        if _judge(report, index, order_id, known, (order_id, row.delivered_at), content, row.order_no):
            fresh.append(
                Delivery(order_id=order_id, delivered_at=row.delivered_at, quantity=row.quantity,
                         final=row.final, units=row.units)
            )  # fmt: skip
    Delivery.objects.bulk_create(fresh, batch_size=1000)
    rollups.refresh(order_ids=sorted({d.order_id for d in fresh}), now=now)
    return report


def _cleaned(
    raw_rows: Sequence[Any], clean: Callable[..., Any], report: Report, now: datetime
) -> list[tuple[int, Any]]:
    kept = []
    for index, raw in enumerate(raw_rows):
        try:
            kept.append((index, clean(raw, now=now)))
        except rows.RowError as error:
            report.reject(index, error.code, error.detail)
    return kept


def _orders_of(numbers: Iterable[str]) -> dict[str, int]:
    """order_no → id. The row locks keep two batches for one line apart on PostgreSQL; SQLite has one writer anyway.

    All are taken in one order, so that two batches never wait for each other; without the key, so that decisions,
    which only point at the order, don't wait at all.
    """
    some = Order.objects.filter(order_no__in=set(numbers)).order_by("id")
    return dict(some.select_for_update(of=("self",), no_key=True).values_list("order_no", "id"))


def _judge(
    report: Report,
    index: int,
    order_id: int,
    known: dict[Any, Any],
    key: Any,
    content: Any,
    order_no: str,
) -> bool:
    """True for a row that is new; `known` learns it, so that a repeat in the same batch is seen too."""
    if order_id == UNKNOWN:
        report.reject(
            index, "unknown_order", phrase("没有订单 {order_no}，请先推送订单。", order_no=order_no)
        )
    elif key not in known:
        known[key] = content
        report.accepted += 1
        return True
    elif known[key] == content:
        report.duplicates += 1
    else:
        report.reject(index, "conflict", phrase("同一订单同一时刻已有另一个数，先到的算数。"))
    return False
