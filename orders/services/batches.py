"""A batch of rows that the shop sends in: each judged by itself, and what became of all of them."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from common.clock import shanghai
from common.phrases import phrase
from orders.models import Order
from orders.rules import rows

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


def cleaned(
    raw_rows: Sequence[Any], clean: Callable[..., Any], report: Report, now: datetime
) -> list[tuple[int, Any]]:
    kept = []
    for index, raw in enumerate(raw_rows):
        try:
            kept.append((index, clean(raw, now=now)))
        except rows.RowError as error:
            report.reject(index, error.code, error.detail)
    return kept


def locked(numbers: Iterable[str]) -> Any:
    """The orders called so. Their locks keep two batches for one line apart on PostgreSQL; SQLite has one writer.

    All are taken in one order, so that two batches never wait for each other; without the key, so that decisions,
    which only point at the order, don't wait at all.
    """
    some = Order.objects.filter(order_no__in=set(numbers)).order_by("id")
    return some.select_for_update(of=("self",), no_key=True)


def reject_closed(report: Report, index: int, *, order_no: str, closed_at: datetime) -> None:
    """Its counts were pruned: what they came to can't be worked out again, so nothing is added to it."""
    day = shanghai(closed_at).date().isoformat()
    said = phrase("订单 {order_no} 的质保早已过了，计数已在 {day} 清理，不再收。", order_no=order_no, day=day)
    report.reject(index, "counts_closed", said)


def judge(
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
