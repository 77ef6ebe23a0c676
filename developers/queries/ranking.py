"""Which of a developer's goods have most trouble, are used most, are asked about most.

Months tell which could be among them; days only what these come to where a stretch does not begin with a month.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from developers.models import GoodsDay, GoodsMonth
from developers.queries import statements
from developers.queries.claims import Cost
from developers.queries.days import Tally
from developers.queries.statements import quoted
from developers.rules.counting import FIGURES
from developers.rules.periods import DAY, Period
from orders import queries as orders

# How many are shown, one more where it matters that more are left; and how many could be among these.
SHOWN, NEAR = (11, 5, 5), (20, 8, 8)
AT_ONCE = 200


@dataclass
class Goods:
    """One product with its claims and cost in the period."""

    sku: str
    title: str
    pk: int = 0
    tally: Tally = field(default_factory=Tally)

    @property
    def cost(self) -> Cost:
        return self.tally.cost


@dataclass(frozen=True)
class Asking:
    """Of one product: how many of one reason."""

    sku: str
    title: str
    reason: str
    number: int


@dataclass(frozen=True)
class Ranks:
    """Each list with its first on top: as long as the above allow, so that a reader of fewer sees if more are left."""

    trouble: list[Goods]
    used: list[Goods]
    asked: list[Goods]


def ranks(*, developer: Any, period: Period) -> Ranks:
    start, end = period.this.days()
    # Days to come have nothing, so that a stretch from the first of a month to today is these months.
    near = _near(developer, start.replace(day=1), end, exact=start.day == 1)
    goods = _goods(near, start, end) if near else []
    return Ranks(
        sorted(filter(_has_trouble, goods), key=lambda one: (-one.tally.real, -one.tally.claims, one.title)),
        sorted((one for one in goods if one.tally.active), key=lambda one: (-one.tally.active, one.title)),
        sorted(
            (one for one in goods if one.tally.questions), key=lambda one: (-one.tally.questions, one.title)
        ),
    )


def asked_for(*, products: Collection[int], period: Period, most: int) -> list[Asking]:
    """What these were asked about most, by reason."""
    if not products:
        return []
    start, end = period.this.days()
    found = statements.rows(
        f"SELECT p.sku, p.title, d.reason, CAST(sum(d.questions) AS bigint) FROM {statements.table(GoodsDay)} d"
        f" JOIN {statements.related(GoodsDay, 'product')} p ON p.id = d.product_id"
        f" WHERE d.product_id IN ({statements.places(products)}) AND d.day >= %s AND d.day < %s AND d.questions > 0"
        f" GROUP BY p.sku, p.title, d.reason ORDER BY 4 DESC, p.title, d.reason LIMIT {most:d}",
        *products, start, end,
    )  # fmt: skip
    return [Asking(*row) for row in found]


def all_goods(*, developer: Any, period: Period) -> Iterator[Goods]:
    """Every product with what it comes to in the period, nothing where nothing happened."""
    start, end = period.this.days()
    made = list(orders.goods_of(developer).values_list("pk", "sku", "title"))
    for at in range(0, len(made), AT_ONCE):
        some = made[at : at + AT_ONCE]
        found = {one.pk: one for one in _goods([pk for pk, *_ in some], start, end)}
        yield from (found.get(pk) or Goods(sku, title, pk) for pk, sku, title in some)


def _has_trouble(one: Goods) -> bool:
    return bool(one.tally.claims or one.cost.fen or one.cost.units)


def _near(developer: Any, first: date, end: date, *, exact: bool) -> list[int]:
    """The products that could be in one of the lists: what lies in these months is at least what lies in the days."""
    lists = (
        ("claims > 0 OR cost > 0", f"{quoted('real')} DESC, claims DESC"),
        ("active > 0", "active DESC"),
        ("questions > 0", "questions DESC"),
    )
    chosen = " UNION ".join(
        f"SELECT * FROM (SELECT pk FROM m WHERE {which} ORDER BY {order}, pk LIMIT {most:d}) l{at}"
        for at, (most, (which, order)) in enumerate(zip(SHOWN if exact else NEAR, lists, strict=True))
    )
    # As floating numbers, exact to 2⁵³: PostgreSQL adds up whole ones of 64 bits as numerics, at twice the cost.
    sums = ", ".join(
        f"sum(CAST({quoted(name)} AS double precision)) AS {quoted(name)}"
        for name in ("real", "claims", "active", "questions")
    )
    goods = f"SELECT id FROM {statements.related(GoodsMonth, 'product')} WHERE developer_id = %s"
    found = statements.rows(
        f"WITH m AS (SELECT product_id AS pk, {sums}, max(fen + units) AS cost FROM {statements.table(GoodsMonth)}"
        f" WHERE product_id IN ({goods}) AND month >= %s AND month < %s GROUP BY product_id) {chosen}",
        developer.pk, first, end,
    )  # fmt: skip
    return [pk for (pk,) in found]


def _goods(products: Sequence[int], start: date, end: date) -> list[Goods]:
    """Whole months without the days outside; of the first month the days inside where these are fewer."""
    first, after = start.replace(day=1), _next(end - DAY)
    less = start - first <= _next(first) - start
    months = list(_firsts(first if less else _next(first), after))
    names, minus = ", ".join(map(quoted, FIGURES)), ", ".join(f"-{quoted(name)}" for name in FIGURES)
    edge = (first, start) if less else (start, _next(first))
    these = f"product_id IN ({statements.places(products)})"
    days = f"FROM {statements.table(GoodsDay)} WHERE {these} AND day >= %s AND day < %s"
    shown = ", ".join(f"s.{quoted(name)}" for name in FIGURES)
    whole = f"WHERE {these} AND month IN ({statements.places(months)})" if months else "WHERE 1 = 0"
    found = statements.rows(
        f"SELECT p.sku, p.title, p.id, {shown} FROM (SELECT d.product_id,"
        f" {statements.sums(FIGURES, of='d.')} FROM (SELECT product_id, {names}"
        f" FROM {statements.table(GoodsMonth)} {whole}"
        f" UNION ALL SELECT product_id, {minus if less else names} {days}"
        f" UNION ALL SELECT product_id, {minus} {days}) d GROUP BY d.product_id"
        f") s JOIN {statements.related(GoodsMonth, 'product')} p ON p.id = s.product_id",
        *(products if months else ()), *months, *products, *edge, *products, end, after,
    )  # fmt: skip
    return [Goods(sku, title, pk, Tally.of(sums)) for sku, title, pk, *sums in found]


def _firsts(first: date, after: date) -> Iterator[date]:
    """The first days of the months from one to before another: named one by one, each is a look into the index."""
    while first < after:
        yield first
        first = _next(first)


def _next(day: date) -> date:
    """The first of the next month."""
    return (day.replace(day=1) + 31 * DAY).replace(day=1)
