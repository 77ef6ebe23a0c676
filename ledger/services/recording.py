"""What the record says of a transfer, and whether the books still say the same."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import Max

from evidence.services import log
from ledger.models import Transfer

KIND = "transfer"


def transfer(row: Transfer, *, now: datetime) -> None:
    log.record(kind=KIND, order_no=row.order_no, data=_said(row), now=now)


def transfers(*, after: int) -> Iterator[tuple[int, str, dict[str, Any]]]:
    """(id, order number, what the record must say) of every transfer after that id, as the books have it now."""
    rows = Transfer.objects.filter(pk__gt=after).select_related("debit", "credit").order_by("pk")
    return ((row.pk, row.order_no, _said(row)) for row in rows.iterator(chunk_size=2000))


def last() -> int:
    """The newest id, 0 where there is none."""
    return Transfer.objects.aggregate(last=Max("pk"))["last"] or 0


def _said(row: Transfer) -> dict[str, Any]:
    return {
        "id": row.pk, "debit": row.debit.code, "credit": row.credit.code, "unit": row.unit, "amount": row.amount,
        "reason": row.reason, "reference": row.reference, "booked_at": row.booked_at,
    }  # fmt: skip
