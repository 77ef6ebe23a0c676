"""Which of a developer's goods have most trouble: by months, and of long stretches among those that can have it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from developers.models import GoodsDay, GoodsMonth
from developers.queries import statements
from developers.queries.claims import Cost
from developers.queries.days import Tally
from developers.queries.statements import quoted
from developers.rules import periods
from developers.rules.counting import FIGURES
from developers.rules.periods import DAY, Period

RANKED = 20


@dataclass
class Goods:
    """One product with its claims and cost in the period."""

    sku: str
    title: str
    tally: Tally = field(default_factory=Tally)

    @property
    def cost(self) -> Cost:
        return self.tally.cost


def most_trouble(*, developer: Any, period: Period, most: int) -> list[Goods]:
    """Those with most trouble first, one more than is shown where there are more."""
    start, end = period.this.days()
    if start.day == 1 and period.code != periods.DAYS_90:
        return _ranked(_of_month(developer, start, most + 1))
    # Months reach further back than the ninety days, so that whoever has most in these is among the first of those.
    near = _of_months(developer, start.replace(day=1), end)
    found = _ranked(_of_days(near, start, end)) if near else []
    return [row for row in found if row.tally.claims or row.cost.fen or row.cost.units][: most + 1]


def _of_month(developer: Any, month: date, most: int) -> list[tuple[Any, ...]]:
    columns = ", ".join(f"m.{quoted(name)}" for name in FIGURES)
    return statements.rows(
        f"SELECT p.sku, p.title, {columns} {_months()} AND m.month = %s"
        " AND (m.claims > 0 OR m.fen > 0 OR m.units > 0)"
        f" ORDER BY m.{quoted('real')} DESC, m.claims DESC, p.title LIMIT {most:d}",
        developer.pk, month,
    )  # fmt: skip


def _of_months(developer: Any, first: date, end: date) -> list[int]:
    """The products with most in these months."""
    real = f"sum(m.{quoted('real')})"
    found = statements.rows(
        f"SELECT m.product_id {_months()} AND m.month >= %s AND m.month < %s GROUP BY m.product_id"
        f" ORDER BY {real} DESC, sum(m.claims) DESC LIMIT {RANKED:d}",
        developer.pk, first, end,
    )  # fmt: skip
    return [pk for (pk,) in found]


def _months() -> str:
    goods = statements.related(GoodsMonth, "product")
    return f"FROM {statements.table(GoodsMonth)} m JOIN {goods} p ON p.id = m.product_id WHERE p.developer_id = %s"


def _of_days(products: Sequence[int], start: date, end: date) -> list[tuple[Any, ...]]:
    """Whole months without the days outside; of the first month the days inside where these are fewer."""
    first, after = start.replace(day=1), _next(end - DAY)
    less = start - first <= _next(first) - start
    months = (first if less else _next(first), after)
    names, minus = ", ".join(map(quoted, FIGURES)), ", ".join(f"-{quoted(name)}" for name in FIGURES)
    edge = (first, start) if less else (start, _next(first))
    these = f"product_id IN ({statements.places(products)})"
    days = f"FROM {statements.table(GoodsDay)} WHERE {these} AND day >= %s AND day < %s"
    return statements.rows(
        f"SELECT p.sku, p.title, {statements.sums(FIGURES, of='d.')} FROM (SELECT product_id, {names}"
        f" FROM {statements.table(GoodsMonth)} WHERE {these} AND month >= %s AND month < %s"
        f" UNION ALL SELECT product_id, {minus if less else names} {days}"
        f" UNION ALL SELECT product_id, {minus} {days}"
        f") d JOIN {statements.related(GoodsMonth, 'product')} p ON p.id = d.product_id"
        " GROUP BY p.id, p.sku, p.title",
        *products, *months, *products, *edge, *products, end, after,
    )  # fmt: skip


def _next(day: date) -> date:
    """The first of the next month."""
    return (day.replace(day=1) + 31 * DAY).replace(day=1)


def _ranked(rows: Sequence[tuple[Any, ...]]) -> list[Goods]:
    found = [Goods(sku, title, Tally.of(figures)) for sku, title, *figures in rows]
    return sorted(found, key=lambda row: (-row.tally.real, -row.tally.claims, row.title))
