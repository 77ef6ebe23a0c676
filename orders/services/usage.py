"""Reports of usage come in: each row judged by itself, what they come to in the same transaction."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from django.db import transaction

from orders.models import Usage, UsageReport
from orders.rules import usage as rules
from orders.rules.rows import RowError
from orders.rules.usage import Bought, Figures
from orders.services import usage_days
from orders.services.batches import UNKNOWN, Report, cleaned, judge, locked

FIGURES = tuple(field.name for field in fields(Figures))
KEPT = ("observed_at", "used_units", "used_seconds", "revealed_units", "outage_seconds", "supplier_unused")


@transaction.atomic
def take_usage(*, raw_rows: Sequence[Any], now: datetime) -> Report:
    """Store reports; the same order and instant with another content is a conflict, with the same a duplicate."""
    report = Report()
    clean = cleaned(raw_rows, rules.usage, report, now)
    bought = _bought(row.order_no for _, row in clean)
    ids = {order_id for order_id, *_ in bought.values()}
    known = _known(ids, {row.observed_at for _, row in clean})
    fresh: list[UsageReport] = []
    for index, row in clean:
        order_id, _, line = bought.get(row.order_no, (UNKNOWN, UNKNOWN, None))
        try:
            said = rules.of_line(row.said, line) if line else row.said
        except RowError as error:
            report.reject(index, error.code, error.detail)
            continue
        if judge(report, index, order_id, known, (order_id, row.observed_at), said, row.order_no):
            fresh.append(UsageReport(order_id=order_id, observed_at=row.observed_at, **asdict(said)))
    UsageReport.objects.bulk_create(fresh, batch_size=1000)
    came: dict[int, list[datetime]] = defaultdict(list)
    for one in fresh:
        came[one.order_id].append(one.observed_at)
    known_of = _refresh(sorted(came))
    products = {order_id: product_id for order_id, product_id, _ in bought.values()}
    usage_days.count(fresh=came, known=known_of, products=products)
    return report


def _bought(numbers: Iterable[str]) -> dict[str, tuple[int, int, Bought]]:
    """order_no → (id, product, what bounds its usage), locked."""
    wanted = ("order_no", "id", "product_id", "product__kind", "quantity", "product__duration_seconds")
    return {no: (pk, product, Bought(*of)) for no, pk, product, *of in locked(numbers).values_list(*wanted)}


def _known(ids: Iterable[int], instants: Iterable[datetime]) -> dict[Any, Figures]:
    rows = UsageReport.objects.filter(order_id__in=list(ids), observed_at__in=list(instants))
    return {
        (order_id, at): Figures(*said)
        for order_id, at, *said in rows.values_list("order_id", "observed_at", *FIGURES)
    }


def _refresh(ids: Sequence[int]) -> dict[int, list[datetime]]:
    """Bring what the reports of these lines come to up to date; three queries a thousand lines. Their instants."""
    instants: dict[int, list[datetime]] = {}
    for start in range(0, len(ids), 1000):
        said: dict[int, list[tuple[datetime, Figures]]] = defaultdict(list)
        rows = UsageReport.objects.filter(order_id__in=ids[start : start + 1000])
        for order_id, at, *figures in rows.values_list("order_id", "observed_at", *FIGURES):
            said[order_id].append((at, Figures(*figures)))
        Usage.objects.bulk_create(
            [_kept(order_id, reports) for order_id, reports in said.items()],
            batch_size=500, update_conflicts=True, update_fields=list(KEPT), unique_fields=["order"],
        )  # fmt: skip
        instants |= {order_id: [at for at, _ in reports] for order_id, reports in said.items()}
    return instants


def _kept(order_id: int, reports: list[tuple[datetime, Figures]]) -> Usage:
    found = rules.come_to(reports)
    assert found is not None
    at, said = found
    return Usage(
        order_id=order_id, observed_at=at, used_units=said.used_units, used_seconds=said.used_seconds,
        revealed_units=said.revealed_units or 0, outage_seconds=said.outage_seconds or 0,
        supplier_unused=bool(said.supplier_unused),
    )  # fmt: skip
